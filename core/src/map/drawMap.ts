// The lanes of a map as elements, from back to front: rails, bands, boxes, conflicts, text, paths, marks. Knows nothing of what frames them.
import { draw, drawText } from "./drawing";
import type { Drawn } from "./drawing";
import type { PatternIds } from "./drawBoxes";
import { drawLabel, drawLabels, drawRow, rect } from "./drawBoxes";
import { drawBand, drawMark, drawPath, drawShadow, isBand } from "./drawLinks";
import type { LaneLayout, MapLayout } from "./mapLayout";
import { fitText } from "./mapText";

/** Room above the lanes for their titles. */
export const LANE_HEAD = 36;
/** Room below them for the limit of a space. */
export const LANE_FOOT = 22;

/** The lanes with their titles; the first address is at `LANE_HEAD`. `over` is drawn over the boxes of a lane, and under their text. */
export function drawLanes(layout: MapLayout, ids: PatternIds, over: (lane: LaneLayout) => readonly Drawn[] = () => []): Drawn[] {
  const { lanes, links, marks, shadows } = layout;
  const moved = (...children: readonly Drawn[]): Drawn => draw("g", { transform: `translate(0 ${LANE_HEAD})` }, ...children);
  return [
    ...lanes.flatMap(drawHead),
    moved(
      ...lanes.flatMap((lane) => drawRails(lane, layout)),
      ...links.filter(isBand).map((link) => drawBand(link)),
      ...shadows.map(drawShadow),
      ...lanes.flatMap((lane) => drawBoxes(lane, ids, over(lane))),
      ...links.filter((link) => !isBand(link)).map((link) => (isBand(link) ? drawBand(link) : drawPath(link))),
      ...marks.map(drawMark),
    ),
  ];
}

/** Height of all that `drawLanes` draws. */
export function lanesHeight({ height }: MapLayout): number {
  return LANE_HEAD + height + LANE_FOOT;
}

function drawHead({ lane, x, width }: LaneLayout): Drawn[] {
  const room = width + (lane.isNarrow === true ? 20 : 60);
  return [
    drawText("text", { class: "lane-title", x, y: 12 }, fitText(lane.title, 12, room)),
    drawText("text", { class: "lane-subtitle", x, y: 26 }, fitText(lane.subtitle, 10, room)),
  ];
}

/** Rails are dotted: solid ones make empty lanes look like large boxes. A break is two short strokes on each rail. */
function drawRails({ x, width, limit }: LaneLayout, { height, breaks }: MapLayout): Drawn[] {
  const bottom = limit?.y ?? height;
  const rail = (at: number): Drawn => draw("line", { class: "rail", x1: at, y1: -4, x2: at, y2: bottom + (limit ? 0 : 6) });
  const strokes = (at: number, y: number): Drawn => draw("path", { class: "break", d: `M${at - 5} ${r(y - 1)}L${at + 5} ${r(y - 5)}M${at - 5} ${r(y + 5)}L${at + 5} ${r(y + 1)}` });
  const cut = breaks.filter((y) => y < bottom).flatMap((y) => [strokes(x, y), strokes(x + width, y)]);
  return [rail(x), rail(x + width), ...cut, ...(limit ? drawLimit(x, width, limit) : [])];
}

function drawLimit(x: number, width: number, { y, text }: { readonly y: number; readonly text: string }): Drawn[] {
  return [draw("line", { class: "limit", x1: x - 6, y1: y, x2: x + width + 6, y2: y }), drawText("text", { class: "gap middle", x: x + width / 2, y: y + 13 }, text)];
}

function drawBoxes({ lane, rows, gaps, conflicts, addresses }: LaneLayout, ids: PatternIds, over: readonly Drawn[]): Drawn[] {
  return [
    ...gaps.map((gap) => draw("g", { class: "gap-area", "data-base": `0x${gap.range.base.toString(16)}`, "data-end": `0x${gap.range.end.toString(16)}`, "data-lane": lane.id }, gap.label && drawLabel(gap.label))),
    ...rows.map((row) => drawRow(lane, row, ids)),
    ...conflicts.flatMap((box) => [draw("rect", { x: box.x, y: box.y, width: box.width, height: Math.max(0, box.height), fill: `url(#${ids.cross})` }), rect(box, "error conflict-edge")]),
    ...over,
    draw("g", { class: "labels" }, ...rows.flatMap(drawLabels), ...addresses.map((label) => drawLabel(label, true))),
  ];
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}
