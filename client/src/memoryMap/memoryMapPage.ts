// The places that the script of the memory map's page fills. Nothing of a document is in it.
import type { PageParts } from "../pages/pageFrame";

export const memoryMapPage: PageParts = {
  title: "Memory Map",
  styles: ["memoryMap.css"],
  script: "memoryMap.js",
  body: `<header id="bar">
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
<div id="announcer" class="unseen" aria-live="polite"></div>`,
};
