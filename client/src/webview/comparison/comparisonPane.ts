// The drawing of two maps in the page: what a pointer does to it, and what is ringed in it. The rows of the table are the model; this is their view.
// Knows nothing of the extension, nor of keys.
import type { ComparisonCell, ComparisonRow, ComparisonView, Side } from "../../../../core/src/index";
import { svgOf } from "../elements";
import type { Tooltip } from "../tooltip";

export interface ComparisonPaneEvents {
  chosen(row: ComparisonRow, side: Side, takesFocus: boolean): void;
  itemsChosen(items: readonly number[]): void;
  unfolded(fold: string): void;
  /** The sentences with these numbers, for a tooltip. */
  sentencesOf(items: readonly number[]): readonly string[];
}

const SVG = "http://www.w3.org/2000/svg";

export class ComparisonPane {
  private cells = new Map<string, { readonly row: ComparisonRow; readonly side: Side; readonly cell: ComparisonCell }>();
  private drawing: SVGElement | undefined;
  private zoom = 1;

  constructor(
    /** The element that scrolls. */
    private readonly scroller: HTMLElement,
    private readonly canvas: HTMLElement,
    private readonly tooltip: Tooltip,
    private readonly events: ComparisonPaneEvents,
  ) {
    canvas.addEventListener("click", (event) => this.clicked(event, false));
    canvas.addEventListener("dblclick", (event) => this.clicked(event, true));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerleave", () => this.tooltip.hide());
  }

  render(view: ComparisonView, zoom: number): void {
    this.zoom = zoom;
    this.cells = new Map(view.rows.flatMap((row) => [[row, "left", row.left] as const, [row, "right", row.right] as const].flatMap(([one, side, cell]) => (cell ? [[cell.id, { row: one, side, cell }] as const] : []))));
    this.drawing = svgOf(view.drawing);
    this.drawing.setAttribute("width", String(view.width * zoom));
    this.drawing.setAttribute("height", String(view.height * zoom));
    this.canvas.replaceChildren(this.drawing);
  }

  clear(): void {
    this.drawing = undefined;
    this.canvas.replaceChildren();
  }

  /** Rings around these boxes, and whether the first is brought into sight. */
  select(ids: readonly string[], isShown: boolean): void {
    this.drawing?.querySelectorAll(".ring").forEach((ring) => ring.remove());
    const boxes = ids.flatMap((id) => this.cells.get(id)?.cell.box ?? []);
    for (const { x, y, width, height } of boxes) {
      const ring = document.createElementNS(SVG, "rect");
      ring.setAttribute("class", "ring");
      for (const [key, value] of Object.entries({ x: x - 3.5, y: y - 3.5, width: width + 7, height: height + 7 })) ring.setAttribute(key, String(value));
      this.drawing?.append(ring);
    }
    const [first] = boxes;
    if (first && isShown) this.bringIntoSight(first.y * this.zoom, Math.min(first.height, 60) * this.zoom);
  }

  private bringIntoSight(top: number, height: number): void {
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop + 10 || top + height > scrollTop + clientHeight - 10) this.scroller.scrollTop = top - clientHeight / 3;
  }

  private clicked(event: MouseEvent, isTwice: boolean): void {
    const items = itemsAt(event);
    const found = this.cellAt(event);
    if (items.length > 0) this.events.itemsChosen(items);
    else if (found && isTwice && found.cell.fold !== undefined) this.events.unfolded(found.cell.fold);
    else if (found) this.events.chosen(found.row, found.side, isTwice);
  }

  private moved(event: PointerEvent): void {
    const items = itemsAt(event);
    const found = this.cellAt(event);
    if (items.length > 0) this.tooltip.show({ title: items.length === 1 ? "Change" : `${items.length} changes`, lines: this.events.sentencesOf(items) }, event.clientX, event.clientY);
    else if (found) this.tooltip.show({ title: `${found.row.name}: ${found.row.word}`, lines: this.linesOf(found.row) }, event.clientX, event.clientY);
    else this.tooltip.hide();
  }

  private linesOf(row: ComparisonRow): readonly string[] {
    const title = row.title === row.name ? [] : [row.title];
    const fold = (row.left ?? row.right)?.fold === undefined ? [] : ["Double click to unfold"];
    return [...title, `before: ${cellText(row.left)}`, `after: ${cellText(row.right)}`, ...this.events.sentencesOf(row.items), ...fold];
  }

  private cellAt(event: MouseEvent): { readonly row: ComparisonRow; readonly side: Side; readonly cell: ComparisonCell } | undefined {
    const id = event.target instanceof Element ? event.target.closest(".row")?.getAttribute("data-id") : undefined;
    return id === null || id === undefined ? undefined : this.cells.get(id);
  }
}

/** "0x0900_0000 – 0x0900_ffff, 64 KiB". */
export function cellText(cell: ComparisonCell | undefined): string {
  return cell ? `${cell.first} – ${cell.last}, ${cell.size}` : "not there";
}

function itemsAt(event: MouseEvent): readonly number[] {
  const said = event.target instanceof Element ? event.target.closest(".change-mark")?.getAttribute("data-items") : undefined;
  return (said ?? "").split(" ").filter((one) => one !== "").map(Number);
}
