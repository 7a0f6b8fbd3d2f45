// The frame of the memory map's page: what may run in it, and the places that its script fills. Nothing of a document is in it.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The page; scripts and styles come from the extension's own folder alone. */
export function panelPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Memory Map</title>
<link rel="stylesheet" href="${file("memoryMap.css")}">
</head>
<body>
<header id="bar">
<h1 class="unseen">Memory map</h1>
<div role="tablist" aria-label="View">
<button type="button" role="tab" id="tab-map" aria-controls="pane-map" aria-selected="true">Map</button>
<button type="button" role="tab" id="tab-pcie" aria-controls="pane-pcie" aria-selected="false">PCIe</button>
</div>
<input id="filter" type="search" aria-label="Filter regions by name, type or address" placeholder="Filter ( / )" spellcheck="false" autocomplete="off">
<input id="locate" type="search" aria-label="Locate an address" placeholder="Locate 0x…" spellcheck="false" autocomplete="off">
<span class="grow"></span>
<button type="button" id="unfold" aria-pressed="false" title="Give every region a row of its own">Unfold</button>
<button type="button" id="table" aria-pressed="false" title="Show the map as a table (T)">Table</button>
<span class="zoom"><button type="button" id="zoom-out" aria-label="Smaller">−</button><span id="zoom">100 %</span><button type="button" id="zoom-in" aria-label="Larger">+</button></span>
</header>
<main>
<p id="stale" role="status" hidden></p>
<p id="nothing" role="status">Reading the description…</p>
<div id="body" hidden>
<section id="pane-map" role="tabpanel" aria-labelledby="tab-map">
<div id="lane-bar"><div id="lanes" role="group" aria-label="Lanes"></div></div>
<div id="map-scroller" role="region" aria-label="Drawing" tabindex="0"><div id="canvas"></div></div>
<div id="table-box"><table id="regions" role="treegrid" aria-label="Regions of the memory map"></table></div>
<div id="located" role="region" aria-label="The address" hidden></div>
<details id="found" open><summary id="summary"></summary><ul id="findings"></ul></details>
</section>
<section id="pane-pcie" role="tabpanel" aria-labelledby="tab-pcie" hidden>
<p id="pcie-heading"></p>
<div id="pcie-scroller"><table id="functions" role="treegrid" aria-label="PCI functions"></table></div>
<div id="pcie-details" role="region" aria-label="The function"></div>
</section>
</div>
</main>
<div id="announcer" class="unseen" aria-live="polite"></div>
<script nonce="${nonce}" src="${file("memoryMap.js")}"></script>
</body>
</html>`;
}
