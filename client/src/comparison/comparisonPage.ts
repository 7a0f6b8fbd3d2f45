// The places that the script of a comparison's page fills. Nothing of a document is in it.
import type { PageParts } from "../pages/pageFrame";

export const comparisonPage: PageParts = {
  title: "Comparison of Maps",
  styles: ["memoryMap.css", "comparison.css"],
  script: "comparison.js",
  body: `<header id="bar">
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
</main>`,
};
