// Opens a folder in the server flavour of VS Code with the extension of this checkout, for people: in their own
// browser.
import { capture, findProgram, root } from "../run.mjs";
import { extensionPayload, pageUrl, startVsCodeServer } from "./server.mjs";

/** Starts VS Code, says its address, opens it in the desktop's browser if there is one, and runs until interrupted. */
export async function openInBrowser(folder) {
  const server = await startVsCodeServer();
  const payload = [extensionPayload(server, root)];
  const url = pageUrl(server, { folder, payload });
  console.log(`\nVS Code shows ${folder} at\n\n  ${url}\n\nPress Ctrl+C to end it.`);
  const opener = process.platform === "darwin" ? findProgram("open") : findProgram("xdg-open");
  if (opener !== undefined) {
    // What it prints is of no use here: the address has been said.
    await capture(opener, [url]);
  }
}
