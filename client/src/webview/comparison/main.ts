// The page of a comparison: the changes in sentences, the two maps, and the table twin; keeps what the reader chose, and passes on what they do.
// Knows neither VS Code's API beyond its messages, nor the texts; the extension does.
import type { ComparisonRow, ComparisonViewOptions, Side } from "../../../../core/src/index";
import { comparisonStyle, pageStyle } from "../../../../core/src/index";
import { byId, count, element } from "../elements";
import { Tooltip } from "../tooltip";
import { ComparisonPane } from "./comparisonPane";
import { ComparisonTable } from "./comparisonTable";
import type { ComparisonState, FromComparisonPage, ShownComparison, ShownItem, ToComparisonPage } from "./messages";

interface PageApi {
  postMessage(message: FromComparisonPage): void;
  getState(): ComparisonState | undefined;
  setState(state: ComparisonState): void;
}

declare function acquireVsCodeApi(): PageApi;

const api = acquireVsCodeApi();
const FRESH: ComparisonState = { isTableShown: false, isWhole: false, opened: [], zoom: 1 };
const ZOOMS = [1, 1.25, 1.5, 2, 3];
/** Pixels of a row, about: what is in sight decides how many a lane has. */
const ROW_HEIGHT = 36;
const LEAST_ROWS = 28;

class Page {
  private state: ComparisonState = { ...FRESH, ...api.getState() };
  private shown: ShownComparison | undefined;
  private width = 0;
  private readonly scroller = byId("map-scroller");
  private readonly pane: ComparisonPane;
  private readonly table: ComparisonTable;

  constructor() {
    const unfolded = (fold: string): void => this.change({ opened: [...this.state.opened, fold] });
    this.pane = new ComparisonPane(this.scroller, byId("canvas"), new Tooltip(), {
      chosen: (row, side, takesFocus) => this.choose(row, side, takesFocus),
      itemsChosen: ([first]) => this.chooseItem(this.shown?.items.find(({ number }) => number === first)),
      unfolded,
      sentencesOf: (items) => this.shown?.items.filter(({ number }) => items.includes(number)).map(({ number, sentence }) => `${number}. ${sentence}`) ?? [],
    });
    this.table = new ComparisonTable(byId<HTMLTableElement>("things"), {
      focused: (row) => this.select(row, true),
      chosen: (row, side, takesFocus) => this.choose(row, side, takesFocus),
      unfolded,
    });
  }

  start(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(pageStyle(".pm") + comparisonStyle(".pm"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    window.addEventListener("message", ({ data }: MessageEvent<ToComparisonPage>) => (data.type === "comparison" ? this.show(data) : this.showFailure(data.because)));
    document.addEventListener("keydown", (event) => this.pressed(event));
    new ResizeObserver(() => this.resized()).observe(this.scroller);
    byId("exchange").addEventListener("click", () => api.postMessage({ type: "exchange" }));
    byId("whole").addEventListener("click", () => this.change({ isWhole: !this.state.isWhole }));
    byId("table").addEventListener("click", () => this.change({ isTableShown: !this.state.isTableShown }));
    byId("zoom-in").addEventListener("click", () => this.zoomBy(1));
    byId("zoom-out").addEventListener("click", () => this.zoomBy(-1));
    this.showButtons();
    api.postMessage({ type: "ready" });
    this.ask();
  }

  private show(shown: ShownComparison): void {
    const isOther = this.state.right !== undefined && JSON.stringify([this.state.left, this.state.right]) !== JSON.stringify([shown.left, shown.right]);
    if (isOther) {
      const { pairs: _, ...kept } = this.state;
      this.state = { ...kept, opened: [] };
    }
    this.remember({ left: shown.left, right: shown.right });
    this.shown = shown;
    byId("nothing").hidden = true;
    byId("body").hidden = false;
    this.showNotes(shown.notes);
    byId("left-name").textContent = shown.names.left;
    byId("right-name").textContent = shown.names.right;
    this.renderItems(shown);
    this.renderMaps(shown);
    document.body.dataset["shown"] = shown.right.uri;
  }

  private renderMaps({ view }: ShownComparison): void {
    byId("maps").hidden = view === undefined;
    byId("body").classList.toggle("no-map", view === undefined);
    if (!view) {
      this.pane.clear();
      return this.table.clear();
    }
    byId("lane-bar").hidden = view.lanes.length < 2;
    byId("lanes").replaceChildren(
      ...view.lanes.map(({ id, title, isShown, changes }) => {
        const chip = element("button", { type: "button", class: "chip", "aria-pressed": String(isShown), title: changes === 0 ? "nothing changed" : count(changes, "change") }, title);
        if (changes > 0) chip.append(element("span", { class: "badge" }, ` ${changes}`), element("span", { class: "unseen" }, changes === 1 ? " change" : " changes"));
        chip.addEventListener("click", () => this.toggleLane(id));
        return chip;
      }),
    );
    this.pane.render(view, this.state.zoom);
    this.table.render(view, this.state.isWhole);
  }

  private toggleLane(id: string): void {
    const shown = (this.shown?.view?.lanes ?? []).filter((lane) => lane.isShown).map((lane) => lane.id);
    const pairs = shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id];
    if (pairs.length > 0) this.change({ pairs });
  }

  private renderItems({ items, counts }: ShownComparison): void {
    byId("summary").textContent = items.length === 0 ? "Nothing has changed in its meaning." : counts;
    byId("changes").replaceChildren(...items.map((item) => this.itemElement(item)));
  }

  private itemElement(item: ShownItem): HTMLLIElement {
    const { number, kinds, sentence, sides } = item;
    const isBad = kinds.includes("overlap") || kinds.includes("fit-lost");
    const button = element("button", { type: "button", class: "sentence" }, element("span", { class: `flag ${isBad ? "error" : ""}` }, String(number)), sentence);
    button.addEventListener("click", () => this.chooseItem(item));
    const links = sides.length < 2 ? [] : sides.map((side) => {
      const word = side === "left" ? "before" : "after";
      const link = element("button", { type: "button", class: "link", "aria-label": `${word}: the place of change ${number}` }, word);
      link.addEventListener("click", () => this.revealItem(item, side));
      return link;
    });
    return element("li", { "data-number": number }, button, ...links);
  }

  private chooseItem(item: ShownItem | undefined): void {
    if (!item) return;
    const boxes = this.shown?.view?.boxes[item.number] ?? [];
    this.pane.select(boxes, true);
    this.table.select(this.shown?.view?.rows.find(({ items }) => items.includes(item.number)));
    for (const one of byId("changes").children) one.classList.toggle("chosen", one.getAttribute("data-number") === String(item.number));
    byId("changes").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
    this.revealItem(item, item.sides.includes("right") ? "right" : "left");
  }

  private revealItem({ number, sides }: ShownItem, side: Side): void {
    if (sides.includes(side)) api.postMessage({ type: "reveal", side, item: number, takesFocus: false });
  }

  private choose(row: ComparisonRow, side: Side, takesFocus: boolean): void {
    this.select(row, false);
    const cell = row[side];
    if (cell) api.postMessage({ type: "reveal", side, region: cell.id, takesFocus });
  }

  private select(row: ComparisonRow, isShown: boolean): void {
    this.pane.select([row.left, row.right].flatMap((cell) => (cell ? [cell.id] : [])), isShown);
    this.table.select(row);
    for (const one of byId("changes").children) one.classList.toggle("chosen", row.items.includes(Number(one.getAttribute("data-number"))));
  }

  private showNotes(notes: readonly string[]): void {
    const line = byId("stale");
    line.hidden = notes.length === 0;
    if (line.textContent !== notes.join(" ")) line.textContent = notes.join(" ");
  }

  /** The last picture stays, if there is one. */
  private showFailure(because: string): void {
    if (this.shown) return this.showNotes([`This is what was compared last. ${because}`]);
    byId("nothing").textContent = because;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "=" || event.key === "+") this.zoomBy(1);
      else if (event.key === "-") this.zoomBy(-1);
      else return;
    } else if (event.altKey) return;
    else if (event.key === "Escape") api.postMessage({ type: "leave" });
    else if (event.key === "t" || event.key === "T") this.change({ isTableShown: !this.state.isTableShown });
    else return;
    event.preventDefault();
  }

  private zoomBy(step: 1 | -1): void {
    const zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(this.state.zoom) + step))] ?? 1;
    if (zoom !== this.state.zoom) this.change({ zoom });
  }

  private resized(): void {
    const width = this.scroller.clientWidth;
    if (width !== 0 && Math.abs(width - this.width) >= 8) this.ask();
  }

  private change(changes: Partial<ComparisonState>): void {
    this.remember(changes);
    this.showButtons();
    this.ask();
  }

  private remember(changes: Partial<ComparisonState>): void {
    this.state = { ...this.state, ...changes };
    api.setState(this.state);
  }

  private ask(): void {
    const { pairs, opened, zoom } = this.state;
    this.width = this.scroller.clientWidth;
    const options: ComparisonViewOptions = {
      ...(pairs && { pairs }),
      opened,
      budget: Math.max(LEAST_ROWS, Math.floor(this.scroller.clientHeight / ROW_HEIGHT)),
      ...(this.width > 0 && { width: Math.floor(this.width / zoom) }),
    };
    api.postMessage({ type: "ask", options });
  }

  private showButtons(): void {
    const { isTableShown, isWhole, zoom } = this.state;
    byId("maps").classList.toggle("with-table", isTableShown);
    byId("table").setAttribute("aria-pressed", String(isTableShown));
    byId("whole").setAttribute("aria-pressed", String(isWhole));
    byId("whole").hidden = !isTableShown;
    byId("zoom").textContent = `${Math.round(zoom * 100)} %`;
  }
}

new Page().start();
