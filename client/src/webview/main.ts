// The page of the memory map: keeps what the reader chose, asks for views, and passes on what they do. Knows neither VS Code's API beyond its
// messages, nor the text; the extension does.
import type { MapView, MapViewOptions, ViewFinding, ViewRow } from "../../../core/src/index";
import { pageStyle } from "../../../core/src/index";
import { byId, count, element } from "./elements";
import { MapPane } from "./mapPane";
import type { FromPage, PageState, ToPage } from "./messages";
import { PciePane } from "./pciePane";
import { RegionTable } from "./regionTable";
import { Tooltip } from "./tooltip";

interface PageApi {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): PageApi;

const api = acquireVsCodeApi();
const FRESH: PageState = { tab: "map", isTableShown: false, opened: [], isUnfolded: false, filter: "", locate: "", zoom: 1 };
const ZOOMS = [1, 1.25, 1.5, 2, 3];
const ALL_ROWS = 2000;
/** Pixels of a row, about: what is in sight decides how many a lane has. */
const ROW_HEIGHT = 36;
const LEAST_ROWS = 28;

class Page {
  private state: PageState = { ...FRESH, ...api.getState() };
  private view: MapView | undefined;
  private file = "";
  private restoredTop = this.state.top;
  private readonly scroller = byId("map-scroller");
  private readonly filter = byId<HTMLInputElement>("filter");
  private readonly locate = byId<HTMLInputElement>("locate");
  private readonly pane: MapPane;
  private readonly table: RegionTable;
  private readonly pcie: PciePane;

  constructor() {
    const unfolded = (fold: string): void => this.change({ opened: [...this.state.opened, fold] });
    this.pane = new MapPane(this.scroller, byId("canvas"), new Tooltip(), {
      selected: (row, takesFocus) => this.choose(row, takesFocus),
      unfolded,
      findingChosen: (finding) => this.showFinding(finding),
    });
    this.table = new RegionTable(byId<HTMLTableElement>("regions"), {
      focused: (row) => this.select(row.id, true),
      chosen: (row, takesFocus) => this.choose(row, takesFocus),
      unfolded,
      folded: (fold) => this.change({ opened: this.state.opened.filter((one) => one !== fold) }),
    });
    this.pcie = new PciePane(byId("pcie-heading"), byId<HTMLTableElement>("functions"), byId("pcie-details"), {
      chosen: (row, takesFocus) => {
        this.remember({ device: row.id });
        api.postMessage({ type: "reveal", place: `function:${row.id}`, takesFocus });
      },
      mapWanted: (row) => this.change({ tab: "map", ...(row.lane !== undefined && { lanes: [row.lane, "pa"] }) }),
    });
  }

  start(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(pageStyle(".pm"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    this.filter.value = this.state.filter;
    this.locate.value = this.state.locate;
    this.listen();
    this.showTabs();
    api.postMessage({ type: "ready", state: this.state });
    this.ask();
  }

  private listen(): void {
    window.addEventListener("message", (event: MessageEvent<ToPage>) => this.received(event.data));
    this.filter.addEventListener("input", () => this.change({ filter: this.filter.value }));
    this.locate.addEventListener("change", () => this.change({ locate: this.locate.value.trim() }));
    this.scroller.addEventListener("scroll", () => this.remember({ top: this.pane.top() }), { passive: true });
    this.scroller.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    document.addEventListener("keydown", (event) => this.pressed(event));
    new ResizeObserver(() => this.resized()).observe(this.scroller);
    for (const tab of ["map", "pcie"] as const) byId(`tab-${tab}`).addEventListener("click", () => this.change({ tab }));
    byId("zoom-in").addEventListener("click", () => this.zoomBy(1));
    byId("zoom-out").addEventListener("click", () => this.zoomBy(-1));
    byId("unfold").addEventListener("click", () => this.change({ isUnfolded: !this.state.isUnfolded, opened: [] }));
    byId("table").addEventListener("click", () => this.change({ isTableShown: !this.state.isTableShown }));
  }

  private received(message: ToPage): void {
    if (message.type === "map") this.show(message);
    else if (message.type === "nothing") this.showNothing(message.because);
    else if (message.type === "cursor") this.followCursor(message.regions, message.functions);
    else {
      this.change({ tab: "map" });
      this.locate.focus();
      this.locate.select();
    }
  }

  private show({ uri, file, view, isStale }: ToPage & { type: "map" }): void {
    const isOther = this.state.uri !== undefined && this.state.uri !== uri;
    if (isOther) {
      const { tab, isTableShown, zoom } = this.state;
      this.state = { ...FRESH, tab, isTableShown, zoom, uri };
      [this.filter.value, this.locate.value] = ["", ""];
      this.scroller.scrollTop = 0;
    }
    this.remember({ uri });
    document.body.dataset["shown"] = uri;
    if (isEmpty(view)) return this.showNothing("Nothing here has an address yet. The map appears with the first entry of memory, devices or reserved that has a base and a size.");
    [this.view, this.file] = [view, file];
    byId("nothing").hidden = true;
    byId("body").hidden = false;
    this.showStale(isStale);
    this.renderChips(view);
    this.renderFindings(view);
    this.renderLocated(view);
    this.pane.render(view, this.state.zoom, this.restoredTop);
    this.restoredTop = undefined;
    this.table.render(view);
    this.pcie.render(view);
    this.showTabs();
    if (this.state.device !== undefined) this.pcie.select(this.state.device, false);
    this.select(this.state.selected, false);
  }

  private showNothing(because: string): void {
    this.view = undefined;
    byId("nothing").hidden = false;
    byId("body").hidden = true;
    byId("nothing").textContent = because;
    this.showStale(false);
    this.pane.clear();
    this.table.clear();
    this.pcie.clear();
  }

  /** Said once, quietly: the picture stays. */
  private showStale(isStale: boolean): void {
    const line = byId("stale");
    if (isStale !== line.hidden) return;
    line.hidden = !isStale;
    line.textContent = isStale ? "The text has syntax errors. This is the map of the last text without any." : "";
  }

  private renderChips({ lanes }: MapView): void {
    byId("lanes").replaceChildren(
      ...lanes.map((lane) => {
        const chip = element("button", { type: "button", class: "chip", "aria-pressed": String(lane.isShown), title: `${lane.subtitle}; ${count(lane.regions, "region")}` }, lane.title);
        if (lane.findings > 0) chip.append(element("span", { class: "badge" }, ` ${lane.findings}`), element("span", { class: "unseen" }, ` ${lane.findings === 1 ? "finding" : "findings"}`));
        chip.addEventListener("click", () => this.toggleLane(lane.id));
        return chip;
      }),
    );
    byId("lane-bar").hidden = lanes.length < 2;
  }

  private toggleLane(id: string): void {
    const shown = (this.view?.lanes ?? []).filter((lane) => lane.isShown).map((lane) => lane.id);
    const lanes = shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id];
    if (lanes.length > 0) this.change({ lanes });
  }

  private renderFindings({ findings, title, lanes }: MapView): void {
    const regions = lanes.reduce((sum, lane) => sum + (lane.isShown ? lane.regions : 0), 0);
    byId("summary").textContent = `${title}: ${findings.length === 0 ? "nothing found" : count(findings.length, "finding")} in ${count(regions, "region")}`;
    byId("findings").replaceChildren(
      ...findings.map((finding) => {
        const button = element("button", { type: "button", class: "finding" }, element("span", { class: `flag ${finding.severity}` }, String(finding.number)), element("span", { class: "rule" }, finding.rule), ` ${finding.message}`);
        button.addEventListener("click", () => this.showFinding(finding));
        return element("li", {}, button);
      }),
    );
  }

  private renderLocated({ located }: MapView): void {
    const box = byId("located");
    box.hidden = located === undefined || this.state.locate === "";
    if (!located || this.state.locate === "") return box.replaceChildren();
    if ("problem" in located) return box.replaceChildren(element("p", {}, `Not an address: ${located.problem}`));
    box.replaceChildren(
      element("h2", {}, located.address),
      element(
        "dl",
        {},
        ...located.places.flatMap(({ title, lane, regions, words, isShown }) => {
          const button = element("button", { type: "button", class: "link" }, title);
          button.addEventListener("click", () => this.showLocated(lane, isShown, regions.at(-1)));
          return [element("dt", {}, button), ...words.map((line) => element("dd", {}, line))];
        }),
      ),
    );
  }

  private showLocated(lane: string, isShown: boolean, region: string | undefined): void {
    const shown = (this.view?.lanes ?? []).filter((one) => one.isShown).map(({ id }) => id);
    this.change({ ...(region !== undefined && { selected: region }), ...(!isShown && { lanes: [...shown, lane] }) });
    if (region !== undefined) api.postMessage({ type: "reveal", place: `region:${region}`, takesFocus: false });
  }

  private showFinding(finding: ViewFinding): void {
    const [region] = finding.regions;
    if (region !== undefined) this.showRegions([region]);
    api.postMessage({ type: "reveal", place: `finding:${finding.number}`, takesFocus: false });
  }

  private choose(row: ViewRow, takesFocus: boolean): void {
    this.select(row.id, false);
    if (row.count === 1) api.postMessage({ type: "reveal", place: `region:${row.id}`, takesFocus });
  }

  private select(id: string | undefined, isShown: boolean): void {
    this.remember({ selected: id });
    const row = this.view?.rows.find((one) => one.id === id);
    this.pane.select(row ? [row.id, ...row.related] : [], isShown);
    this.table.select(row?.id);
  }

  /** The reader's own choice stays where it is one of several that the cursor is at. */
  private followCursor(regions: readonly string[], functions: readonly string[]): void {
    const [device] = functions;
    if (device !== undefined) {
      this.remember({ device });
      this.pcie.select(device, this.state.tab === "pcie");
    }
    if (regions.length > 0 && !regions.includes(this.state.selected ?? "")) this.showRegions(regions);
  }

  /** Selects the first of these that is in sight; one that is folded gets a row. */
  private showRegions(ids: readonly string[]): void {
    const shown = ids.find((id) => this.view?.rows.some((row) => row.id === id));
    if (shown !== undefined) return this.select(shown, true);
    const [first] = ids;
    if (first === undefined) return;
    this.remember({ selected: first });
    this.isSelectedWanted = true;
    this.ask();
  }

  /** The selection is to be brought into sight when it has a row. */
  private isSelectedWanted = false;

  private pressed(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "=" || event.key === "+") this.zoomBy(1);
      else if (event.key === "-") this.zoomBy(-1);
      else return;
    } else if (event.key === "Escape") this.escape(event.target);
    else if (isTyping || event.altKey) return;
    else if (event.key === "/") this.filter.focus();
    else if (event.key === "t" || event.key === "T") this.change({ isTableShown: !this.state.isTableShown });
    else if (event.key === "F8") this.goToFinding(event.shiftKey);
    else return;
    event.preventDefault();
  }

  private escape(target: EventTarget | null): void {
    if (target === this.filter && this.filter.value !== "") {
      this.filter.value = "";
      this.change({ filter: "" });
    } else if (target === this.locate && this.locate.value !== "") {
      this.locate.value = "";
      this.change({ locate: "" });
    } else api.postMessage({ type: "leave" });
  }

  private goToFinding(backward: boolean): void {
    const row = this.table.nextFinding(backward);
    if (!row) return;
    this.select(row.id, true);
    this.table.focus();
    const finding = this.view?.findings.find(({ number }) => number === row.findings[0]);
    byId("announcer").textContent = finding ? `${finding.severity}: ${finding.message}` : "";
  }

  private wheeled(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1 : -1);
  }

  private zoomBy(step: 1 | -1): void {
    const zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(this.state.zoom) + step))] ?? 1;
    if (zoom !== this.state.zoom) this.change({ zoom });
  }

  private width = 0;

  private resized(): void {
    const width = this.scroller.clientWidth;
    if (width === 0 || Math.abs(width - this.width) < 8) return;
    this.ask();
  }

  private change(changes: Partial<PageState>): void {
    this.remember(changes);
    this.showTabs();
    this.ask();
  }

  private remember(changes: { [K in keyof PageState]?: PageState[K] | undefined }): void {
    this.state = Object.fromEntries(Object.entries({ ...this.state, ...changes }).filter(([, value]) => value !== undefined)) as unknown as PageState;
    api.setState(this.state);
  }

  private ask(): void {
    const { lanes, opened, filter, locate, selected, isUnfolded, zoom } = this.state;
    this.width = this.scroller.clientWidth;
    const rows = Math.max(LEAST_ROWS, Math.floor(this.scroller.clientHeight / ROW_HEIGHT));
    const options: MapViewOptions = {
      ...(lanes && { lanes }),
      opened,
      budget: isUnfolded ? ALL_ROWS : rows,
      ...(selected !== undefined && { selected: [selected] }),
      ...(filter !== "" && { filter }),
      ...(locate !== "" && { locate }),
      ...(this.width > 0 && { width: Math.floor(this.width / zoom) }),
    };
    api.postMessage({ type: "ask", options });
  }

  private showTabs(): void {
    const { tab, isTableShown, isUnfolded, zoom } = this.state;
    for (const one of ["map", "pcie"] as const) {
      byId(`tab-${one}`).setAttribute("aria-selected", String(one === tab));
      byId(`tab-${one}`).tabIndex = one === tab ? 0 : -1;
      byId(`pane-${one}`).hidden = one !== tab;
    }
    byId("pane-map").classList.toggle("with-table", isTableShown);
    byId("table").setAttribute("aria-pressed", String(isTableShown));
    byId("unfold").setAttribute("aria-pressed", String(isUnfolded));
    byId("zoom").textContent = `${Math.round(zoom * 100)} %`;
    document.title = this.file;
    if (this.isSelectedWanted && this.view?.rows.some(({ id }) => id === this.state.selected)) {
      this.isSelectedWanted = false;
      this.select(this.state.selected, true);
    }
  }
}

function isEmpty({ lanes, pcie }: MapView): boolean {
  return pcie.rows.length === 0 && lanes.every(({ regions }) => regions === 0);
}

new Page().start();
