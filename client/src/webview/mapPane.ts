// The drawing in the page: what a pointer does to it, and what is lit in it. The rows of the table are the model; this is their view.
// Knows nothing of the extension, nor of keys.
import type { MapView, ViewFinding, ViewRow } from "../../../core/src/index";
import { svgOf } from "./elements";
import type { Tooltip, TooltipText } from "./tooltip";

export interface MapPaneEvents {
  selected(row: ViewRow, takesFocus: boolean): void;
  unfolded(fold: string): void;
  findingChosen(finding: ViewFinding): void;
}

const SVG = "http://www.w3.org/2000/svg";

export class MapPane {
  private view: MapView | undefined;
  private rows = new Map<string, ViewRow>();
  private drawing: SVGElement | undefined;
  private zoom = 1;

  constructor(
    /** The element that scrolls. */
    private readonly scroller: HTMLElement,
    private readonly canvas: HTMLElement,
    private readonly tooltip: Tooltip,
    private readonly events: MapPaneEvents,
  ) {
    canvas.addEventListener("click", (event) => this.clicked(event));
    canvas.addEventListener("dblclick", (event) => this.clickedTwice(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerleave", () => this.left());
  }

  /** Draws a view. What stood at the upper edge stays where it was. */
  render(view: MapView, zoom: number, top: { readonly id: string; readonly offset: number } | undefined): void {
    const kept = top ?? this.top();
    this.view = view;
    this.zoom = zoom;
    this.rows = new Map(view.rows.map((row) => [row.id, row]));
    this.drawing = svgOf(view.drawing);
    this.drawing.setAttribute("width", String(view.width * zoom));
    this.drawing.setAttribute("height", String(view.height * zoom));
    this.canvas.replaceChildren(this.drawing);
    this.drawLocated();
    const row = kept && this.rows.get(kept.id);
    if (row) this.scroller.scrollTop = row.box.y * zoom - kept.offset;
  }

  clear(): void {
    this.view = undefined;
    this.drawing = undefined;
    this.canvas.replaceChildren();
  }

  /** What stands at the upper edge. */
  top(): { readonly id: string; readonly offset: number } | undefined {
    const edge = this.scroller.scrollTop;
    const first = this.view?.rows.filter(({ box }) => box.y * this.zoom >= edge).sort((a, b) => a.box.y - b.box.y)[0];
    return edge === 0 || !first ? undefined : { id: first.id, offset: first.box.y * this.zoom - edge };
  }

  /** Rings around these rows, and whether the first is brought into sight. */
  select(ids: readonly string[], isShown: boolean): void {
    this.drawing?.querySelectorAll(".ring").forEach((ring) => ring.remove());
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) this.drawing?.append(this.ring(row));
    }
    const first = ids.map((id) => this.rows.get(id)).find((row) => row !== undefined);
    if (first && isShown) this.bringIntoSight(first);
  }

  private ring({ box: { x, y, width, height } }: ViewRow): SVGElement {
    const ring = document.createElementNS(SVG, "rect");
    ring.setAttribute("class", "ring");
    for (const [key, value] of Object.entries({ x: x - 2.5, y: y - 2.5, width: width + 5, height: height + 5 })) ring.setAttribute(key, String(value));
    return ring;
  }

  private bringIntoSight({ box }: ViewRow): void {
    const { scrollTop, clientHeight, scrollLeft, clientWidth } = this.scroller;
    const [top, bottom, left, right] = [box.y * this.zoom, (box.y + Math.min(box.height, 60)) * this.zoom, box.x * this.zoom, (box.x + box.width) * this.zoom];
    if (top < scrollTop + 10 || bottom > scrollTop + clientHeight - 10) this.scroller.scrollTop = top - clientHeight / 3;
    if (left < scrollLeft || right > scrollLeft + clientWidth) this.scroller.scrollLeft = Math.max(0, left - 110 * this.zoom);
  }

  /** A hair line through all lanes at the address that was looked up. */
  private drawLocated(): void {
    const located = this.view?.located;
    if (!this.view || !this.drawing || !located || "problem" in located) return;
    const line = document.createElementNS(SVG, "line");
    line.setAttribute("class", "hair");
    for (const [key, value] of Object.entries({ x1: 0, x2: this.view.width, y1: located.y, y2: located.y })) line.setAttribute(key, String(value));
    this.drawing.append(line);
    if (located.places.some(({ isShown }) => isShown)) this.scroller.scrollTop = located.y * this.zoom - this.scroller.clientHeight / 2;
  }

  private clicked(event: MouseEvent): void {
    const finding = this.findingAt(event);
    const row = this.rowAt(event);
    if (finding) this.events.findingChosen(finding);
    else if (row) this.events.selected(row, false);
  }

  private clickedTwice(event: MouseEvent): void {
    const row = this.rowAt(event);
    if (row?.fold !== undefined) this.events.unfolded(row.fold);
    else if (row) this.events.selected(row, true);
  }

  private moved(event: PointerEvent): void {
    const finding = this.findingAt(event);
    const row = this.rowAt(event);
    this.light(finding ? finding.regions : row ? [row.id, ...row.related] : []);
    if (finding) this.tooltip.show({ title: finding.rule, lines: [finding.message] }, event.clientX, event.clientY);
    else if (row) this.tooltip.show(this.describe(row), event.clientX, event.clientY);
    else this.tooltip.hide();
  }

  private left(): void {
    this.light([]);
    this.tooltip.hide();
  }

  /** Lights these rows and the ways between them; the rest steps back, but for high contrast, where nothing is dimmed. */
  private light(ids: readonly string[]): void {
    const lit = new Set(ids);
    this.drawing?.classList.toggle("has-lit", lit.size > 1);
    for (const one of this.drawing?.querySelectorAll(".row") ?? []) one.classList.toggle("lit", lit.has(one.getAttribute("data-id") ?? ""));
    for (const one of this.drawing?.querySelectorAll(".way") ?? []) one.classList.toggle("lit", lit.has(one.getAttribute("data-from") ?? "") && lit.has(one.getAttribute("data-to") ?? ""));
  }

  private describe(row: ViewRow): TooltipText {
    const found = (this.view?.findings ?? []).filter(({ number }) => row.findings.includes(number));
    return { title: row.name, lines: [...rowWords(row), ...found.slice(0, 4).map(({ severity, message }) => `${severity}: ${message}`), ...(row.fold === undefined ? [] : ["Double click to unfold"])] };
  }

  private rowAt(event: MouseEvent): ViewRow | undefined {
    const id = closest(event, ".row")?.getAttribute("data-id");
    return id === null || id === undefined ? undefined : this.rows.get(id);
  }

  private findingAt(event: MouseEvent): ViewFinding | undefined {
    const [number] = closest(event, ".mark")?.getAttribute("data-findings")?.split(" ") ?? [];
    return this.view?.findings.find((one) => String(one.number) === number);
  }
}

/** Everything about a row but its name. */
export function rowWords(row: ViewRow): string[] {
  const what = row.title === row.name ? row.type : row.title.includes(row.type) ? row.title : `${row.title}, ${row.type}`;
  const bytes = /^\d+ B$/.test(row.size) ? row.size : `${row.size} (${Number(row.bytes) < 1e15 ? Number(row.bytes).toLocaleString("en") : row.bytes} bytes)`;
  const why = row.why === "" || row.why === row.title ? [] : [row.why];
  return [what, `${row.first} – ${row.last}`, bytes, ...why, ...row.ways];
}

function closest(event: MouseEvent, selector: string): Element | undefined {
  return event.target instanceof Element ? (event.target.closest(selector) ?? undefined) : undefined;
}
