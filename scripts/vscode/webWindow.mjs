// Serves VS Code for the web from the set-up of .vscode-real: a window without any machine behind it, whose extensions run in the browser alone.
// Knows nothing of what is shown in it.
import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { ensureVsCodeServer } from "./setup.mjs";

const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".ttf": "font/ttf", ".wasm": "application/wasm" };

// The server flavour's page always connects to the machine that serves it, and keeps the user's settings there. VS Code for the web does neither.
const ofMachine = [
  [/remoteAuthority:location\.host/, "remoteAuthority:void 0"],
  [/(this\.userDataPath\)\.with\(\{scheme:\w+\.)vscodeRemote/, "$1vscodeUserData"],
];
/** What that page wants to be told besides. */
const told = { userDataPath: "/", isEnabledFileDownloads: true, isEnabledFileUploads: true, isEnabledCoderGettingStarted: false };

/**
 * Starts to serve.
 * @param folders folders of this machine by the first step of their path: { "extension": "/home/…" }
 * @param texts texts by their path
 * @param options what the window starts with, as a function of the server's address: VS Code's own IWorkbenchConstructionOptions
 * @returns its address, and stop()
 */
export async function startWebWindow({ folders, texts = {}, options }) {
  const { vscode } = await ensureVsCodeServer();
  const places = { ...folders, build: vscode };
  const server = createServer((request, response) => answer(new URL(request.url, "http://localhost").pathname, response));
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${server.address().port}`;
  const page = pageOf(url, options(new URL(url)));

  function answer(name, response) {
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (name === "/") return void response.setHeader("Content-Type", "text/html").end(page);
    if (texts[name] !== undefined) return void response.setHeader("Content-Type", "application/json").end(texts[name]);
    const [, first, ...rest] = decodeURIComponent(name).split("/");
    const file = Object.hasOwn(places, first) ? path.join(places[first], ...rest) : undefined;
    const isThere = file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile();
    response.setHeader("Content-Type", types[path.extname(name)] ?? "application/octet-stream");
    // The server flavour comes without the browsers' part of some extensions: they do nothing here.
    if (!isThere && /^\/build\/extensions\/.*\.js$/.test(name)) return void response.end("");
    if (!isThere) return void response.writeHead(404).end();
    if (file.endsWith("/browser/workbench/workbench.js")) response.end(withoutMachine(file));
    else createReadStream(file).pipe(response);
  }

  return { url, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

function withoutMachine(file) {
  return ofMachine.reduce((text, [pattern, replacement]) => {
    if (!pattern.test(text)) throw new Error(`VS Code's page has nothing like ${pattern} any more: scripts/vscode/webWindow.mjs has to be changed.`);
    return text.replace(pattern, replacement);
  }, readFileSync(file, "utf8"));
}

function pageOf(url, { productConfiguration = {}, ...options }) {
  const own = new URL(url);
  const configuration = {
    ...told,
    ...options,
    productConfiguration: {
      enableTelemetry: false,
      webEndpointUrlTemplate: `http://{{uuid}}.${own.host}/build`,
      webviewContentExternalBaseUrlTemplate: `${url}/build/out/vs/workbench/contrib/webview/browser/pre/`,
      ...productConfiguration,
    },
  };
  const attribute = JSON.stringify(configuration).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta id="vscode-workbench-web-configuration" data-settings="${attribute}">
<meta id="vscode-workbench-web-base-url" data-settings="/build">
<link rel="stylesheet" href="/build/out/vs/code/browser/workbench/workbench.css">
</head>
<body aria-label="">
</body>
<script>globalThis._VSCODE_FILE_ROOT = "${url}/build/out/";</script>
<script type="module" src="/build/out/nls.messages.js"></script>
<script type="module" src="/build/out/vs/code/browser/workbench/workbench.js"></script>
</html>
`;
}
