// The twin of the drawing: the same rows as a tree grid, which has the focus and the keys, and which a screen reader reads.
// Knows nothing of drawing.
import type { MapView, ViewRow } from "../../../core/src/index";
import { element } from "./elements";

export interface RegionTableEvents {
  /** The focus came to a row. */
  focused(row: ViewRow): void;
  /** Show it in the text. */
  chosen(row: ViewRow, takesFocus: boolean): void;
  unfolded(fold: string): void;
  folded(fold: string): void;
}

const HEADINGS = ["Lane", "Name", "First", "Last", "Size", "What", "Findings", "Ways"];

export class RegionTable {
  private rows: readonly ViewRow[] = [];
  private elements = new Map<string, HTMLTableRowElement>();
  private current: string | undefined;

  constructor(
    private readonly table: HTMLTableElement,
    private readonly events: RegionTableEvents,
  ) {
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("focusin", (event) => this.gotFocus(event));
    table.addEventListener("click", (event) => this.clicked(event));
    table.addEventListener("dblclick", (event) => this.clickedTwice(event));
  }

  render(view: MapView): void {
    const hadFocus = this.table.contains(document.activeElement);
    this.rows = view.rows;
    this.elements = new Map(view.rows.map((row) => [row.id, this.rowElement(view, row)]));
    const head = element("thead", {}, element("tr", { role: "row" }, ...HEADINGS.map((heading) => element("th", { role: "columnheader", scope: "col" }, heading))));
    this.table.replaceChildren(head, element("tbody", { role: "rowgroup" }, ...this.elements.values()));
    this.table.setAttribute("aria-rowcount", String(view.rows.length + 1));
    if (this.current === undefined || !this.elements.has(this.current)) this.current = view.rows[0]?.id;
    this.makeTabStop();
    if (hadFocus) this.focus();
  }

  clear(): void {
    this.rows = [];
    this.table.replaceChildren();
  }

  /** Makes a row the one that Tab comes to. */
  select(id: string | undefined): void {
    for (const [own, row] of this.elements) row.setAttribute("aria-selected", String(own === id));
    if (id === undefined || !this.elements.has(id)) return;
    this.current = id;
    this.makeTabStop();
  }

  focus(): void {
    this.elements.get(this.current ?? "")?.focus({ preventScroll: true });
  }

  /** The next row with a finding, in the order of the table. */
  nextFinding(backward: boolean): ViewRow | undefined {
    const at = this.rows.findIndex(({ id }) => id === this.current);
    const order = [...this.rows.slice(at + 1), ...this.rows.slice(0, at + 1)];
    return (backward ? [...this.rows.slice(0, at).reverse(), ...this.rows.slice(at).reverse()] : order).find(({ findings }) => findings.length > 0);
  }

  private rowElement(view: MapView, row: ViewRow): HTMLTableRowElement {
    const lane = view.lanes.find(({ id }) => id === row.lane)?.title ?? row.lane;
    const found = view.findings.filter(({ number }) => row.findings.includes(number));
    const said = found.length === 0 ? "" : found.slice(0, 3).map(({ severity, message }) => `${severity}: ${message}`).join("; ") + (found.length > 3 ? `; and ${found.length - 3} more` : "");
    const cells = [lane, row.name, row.first, row.last, row.size, row.title === row.name ? row.type : row.title, said, row.ways.join("; ")];
    const made = element(
      "tr",
      { role: "row", "data-id": row.id, "aria-level": row.depth + 1, "aria-selected": "false", "aria-expanded": row.fold === undefined ? (row.openedBy.length > 0 ? "true" : undefined) : "false", tabindex: -1 },
      ...cells.map((cell, index) => element("td", { role: "gridcell", class: index === 1 ? `depth-${Math.min(5, row.depth)}` : undefined }, cell)),
    );
    return made;
  }

  private makeTabStop(): void {
    for (const [id, row] of this.elements) row.tabIndex = id === this.current ? 0 : -1;
  }

  private gotFocus(event: FocusEvent): void {
    const row = this.rowOf(event);
    if (!row) return;
    this.current = row.id;
    this.makeTabStop();
    this.events.focused(row);
  }

  private clicked(event: MouseEvent): void {
    const row = this.rowOf(event);
    if (row) this.events.chosen(row, false);
  }

  private clickedTwice(event: MouseEvent): void {
    const row = this.rowOf(event);
    if (row?.fold !== undefined) this.events.unfolded(row.fold);
    else if (row) this.events.chosen(row, true);
  }

  private pressed(event: KeyboardEvent): void {
    const row = this.rowOf(event);
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.act(row, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** True when the key was for us. */
  private act(row: ViewRow, key: string): boolean {
    switch (key) {
      case "ArrowDown":
        return this.move(this.inLane(row, 1));
      case "ArrowUp":
        return this.move(this.inLane(row, -1));
      case "ArrowRight":
        return this.move(this.beside(row, 1));
      case "ArrowLeft":
        return this.move(this.beside(row, -1));
      case "Home":
        return this.move(this.rows[0]);
      case "End":
        return this.move(this.rows.at(-1));
      case "Enter":
        this.events.chosen(row, true);
        return true;
      case " ":
        this.events.chosen(row, false);
        return true;
      case "+":
        if (row.fold !== undefined) this.events.unfolded(row.fold);
        return true;
      case "-":
        if (row.openedBy.length > 0) this.events.folded(row.openedBy.at(-1) as string);
        return true;
      default:
        return false;
    }
  }

  private move(row: ViewRow | undefined): boolean {
    if (row) {
      this.current = row.id;
      this.makeTabStop();
      this.focus();
    }
    return true;
  }

  private inLane({ id, lane }: ViewRow, step: 1 | -1): ViewRow | undefined {
    const own = this.rows.filter((row) => row.lane === lane);
    return own[own.findIndex((row) => row.id === id) + step];
  }

  /** The same bytes in the neighbouring lane, else what stands at the same height there. */
  private beside(row: ViewRow, step: 1 | -1): ViewRow | undefined {
    const lanes = [...new Set(this.rows.map(({ lane }) => lane))];
    const lane = lanes[lanes.indexOf(row.lane) + step];
    const there = this.rows.filter((one) => one.lane === lane);
    const distance = ({ box }: ViewRow): number => Math.abs(box.y - row.box.y);
    return there.find(({ id }) => row.related.includes(id)) ?? there.sort((a, b) => distance(a) - distance(b))[0];
  }

  private rowOf(event: Event): ViewRow | undefined {
    const id = event.target instanceof Element ? event.target.closest("tr[data-id]")?.getAttribute("data-id") : undefined;
    return this.rows.find((row) => row.id === id);
  }
}
