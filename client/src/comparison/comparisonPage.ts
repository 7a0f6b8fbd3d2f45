// The frame of a comparison's page: what may run in it, and the places that its script fills. Nothing of a document is in it.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The page; scripts and styles come from the extension's own folder alone. */
export function comparisonPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comparison of Maps</title>
<link rel="stylesheet" href="${file("memoryMap.css")}">
<link rel="stylesheet" href="${file("comparison.css")}">
</head>
<body>
<header id="bar">
<h1 class="unseen">Comparison of two maps</h1>
<div id="sides"><span>before</span><b id="left-name"></b><span>after</span><b id="right-name"></b></div>
<button type="button" id="exchange" title="Compare the other way round">Exchange</button>
<button type="button" id="whole" aria-pressed="false" title="The table has what is the same, too" hidden>All Rows</button>
<button type="button" id="table" aria-pressed="false" title="Show the comparison as a table (T)">Table</button>
<span class="zoom"><button type="button" id="zoom-out" aria-label="Smaller">−</button><span id="zoom">100 %</span><button type="button" id="zoom-in" aria-label="Larger">+</button></span>
</header>
<main>
<p id="stale" role="status" hidden></p>
<p id="nothing" role="status">Comparing…</p>
<div id="body" hidden>
<div id="maps">
<div id="lane-bar"><div id="lanes" role="group" aria-label="Address spaces"></div></div>
<div id="map-scroller" role="region" aria-label="Drawing" tabindex="0"><div id="canvas"></div></div>
<div id="table-box"><table id="things" role="grid" aria-label="What each thing was and is. Enter shows its line after the change, Shift+Enter the line before."></table></div>
</div>
<details id="found" open><summary id="summary"></summary><ul id="changes"></ul></details>
</div>
</main>
<script nonce="${nonce}" src="${file("comparison.js")}"></script>
</body>
</html>`;
}
