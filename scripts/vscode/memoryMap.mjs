// Opens the memory map of a file in the real VS Code, as a person does: by the button in the editor's title bar. Knows nothing of what is done with it.
import path from "node:path";
import { root } from "../run.mjs";
import { extensionPayload, pageUrl, remoteUri } from "./server.mjs";

const patience = 60_000;

/** Shows a file in a page of the browser, with the extension of this checkout. */
export async function openFile(page, server, file, line = 1) {
  const payload = [
    extensionPayload(server, root),
    ["openFile", `${remoteUri(server, file)}:${line}:1`],
    ["gotoLineMode", "true"],
    ["skipWelcome", "true"],
  ];
  await page.goto(pageUrl(server, { folder: path.dirname(file), payload }));
  await page.locator(".monaco-editor .view-line").first().waitFor({ timeout: patience });
}

/** Loads the window again as it was left: without the file that it was told to open, which would take the place of what was open. */
export async function reloadWindow(page) {
  const url = new URL(page.url());
  const kept = JSON.parse(url.searchParams.get("payload") ?? "[]").filter(([option]) => option !== "openFile");
  url.searchParams.set("payload", JSON.stringify(kept));
  await page.goto(url.href);
}

/** Presses the button, and resolves to the frame of the map once it shows something. */
export async function openMemoryMap(page) {
  await page.locator(".editor-actions .codicon-map").first().click({ timeout: patience });
  return memoryMapFrame(page);
}

/** The frame of the map's page: VS Code puts pages of extensions into a frame in a frame. */
export async function memoryMapFrame(page) {
  const frame = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await frame.locator("body[data-shown]").waitFor({ state: "attached", timeout: patience });
  return frame;
}
