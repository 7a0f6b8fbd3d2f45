// The twin of the drawing: what each thing was and is, as a grid, which has the focus and the keys, and which a screen reader reads. Knows nothing of drawing.
import type { ComparisonRow, ComparisonView, Side } from "../../../../core/src/index";
import { element } from "../elements";
import { cellText } from "./comparisonPane";

export interface ComparisonTableEvents {
  /** The focus came to a row. */
  focused(row: ComparisonRow): void;
  /** Show it in the text of a side. */
  chosen(row: ComparisonRow, side: Side, takesFocus: boolean): void;
  unfolded(fold: string): void;
}

const HEADINGS = ["Name", "Change", "Before", "After", "What", "Lane"];
const BEFORE = HEADINGS.indexOf("Before");

export class ComparisonTable {
  private rows: readonly ComparisonRow[] = [];
  private elements: readonly HTMLTableRowElement[] = [];
  private current = 0;

  constructor(
    private readonly table: HTMLTableElement,
    private readonly events: ComparisonTableEvents,
  ) {
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("focusin", (event) => this.gotFocus(event));
    table.addEventListener("click", (event) => this.clicked(event));
  }

  /** With `isWhole` also what is the same. */
  render(view: ComparisonView, isWhole: boolean): void {
    const hadFocus = this.table.contains(document.activeElement);
    this.rows = view.rows.filter(({ state }) => isWhole || state !== "same");
    this.elements = this.rows.map((row) => this.rowElement(view, row));
    const head = element("thead", {}, element("tr", { role: "row" }, ...HEADINGS.map((heading) => element("th", { role: "columnheader", scope: "col" }, heading))));
    this.table.replaceChildren(head, element("tbody", { role: "rowgroup" }, ...this.elements));
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.current = Math.min(this.current, Math.max(0, this.rows.length - 1));
    this.makeTabStop();
    if (hadFocus) this.elements[this.current]?.focus({ preventScroll: true });
  }

  clear(): void {
    [this.rows, this.elements] = [[], []];
    this.table.replaceChildren();
  }

  /** Makes a row the one that Tab comes to. */
  select(row: ComparisonRow | undefined): void {
    const index = row === undefined ? -1 : this.rows.indexOf(row);
    this.elements.forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return;
    this.current = index;
    this.makeTabStop();
    this.elements[index]?.scrollIntoView({ block: "nearest" });
  }

  private rowElement({ lanes }: ComparisonView, row: ComparisonRow): HTMLTableRowElement {
    const lane = lanes.find(({ id }) => id === row.lane)?.title ?? row.lane;
    const change = row.items.length === 0 ? row.word : `${row.word} (${row.items.join(", ")})`;
    const cells = [row.name, change, cellText(row.left), cellText(row.right), row.title === row.name ? "" : row.title, lane];
    return element("tr", { role: "row", "aria-selected": "false", class: `state-${row.state}`, tabindex: -1 }, ...cells.map((cell) => element("td", { role: "gridcell" }, cell)));
  }

  private makeTabStop(): void {
    this.elements.forEach((row, at) => (row.tabIndex = at === this.current ? 0 : -1));
  }

  private gotFocus(event: FocusEvent): void {
    const index = this.indexOf(event);
    const row = this.rows[index];
    if (!row) return;
    this.current = index;
    this.makeTabStop();
    this.events.focused(row);
  }

  /** The cell of a side leads to that side. */
  private clicked(event: MouseEvent): void {
    const row = this.rows[this.indexOf(event)];
    const column = event.target instanceof Element ? (event.target.closest("td")?.cellIndex ?? -1) : -1;
    if (row) this.events.chosen(row, row.left && (column === BEFORE || !row.right) ? "left" : "right", false);
  }

  private pressed(event: KeyboardEvent): void {
    const index = this.indexOf(event);
    const row = this.rows[index];
    if (!row || event.ctrlKey || event.altKey || event.metaKey || !this.act(row, index, event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** True when the key was for us. */
  private act(row: ComparisonRow, index: number, { key, shiftKey }: KeyboardEvent): boolean {
    const fold = (row.right ?? row.left)?.fold;
    const show = (side: Side, takesFocus: boolean): void => this.events.chosen(row, row[side] ? side : side === "left" ? "right" : "left", takesFocus);
    if (key === "ArrowDown") this.move(index + 1);
    else if (key === "ArrowUp") this.move(index - 1);
    else if (key === "Home") this.move(0);
    else if (key === "End") this.move(this.rows.length - 1);
    else if (key === "ArrowLeft") show("left", false);
    else if (key === "ArrowRight" || key === " ") show("right", false);
    else if (key === "Enter") show(shiftKey ? "left" : "right", true);
    else if (key === "+" && fold !== undefined) this.events.unfolded(fold);
    else return false;
    return true;
  }

  private move(to: number): void {
    this.elements[to]?.focus({ preventScroll: false });
  }

  private indexOf(event: Event): number {
    const row = event.target instanceof Element ? event.target.closest("tbody tr") : null;
    return row === null ? -1 : this.elements.indexOf(row as HTMLTableRowElement);
  }
}
