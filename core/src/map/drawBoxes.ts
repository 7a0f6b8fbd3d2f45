// The boxes of regions and runs: each role a form of its own, which colour only repeats. Knows nothing of where boxes lie, nor of colours.
import { lastOf, sizeOf } from "../address";
import type { Drawn } from "./drawing";
import { draw, drawText, pixels, polyline } from "./drawing";
import type { Box, Label, RowLayout } from "./mapLayout";
import type { MapLane, RegionShape } from "./mapModel";
import { printMapAddress, printMapSize } from "./mapText";

/** How the fill patterns of one picture are called. */
export interface PatternIds {
  readonly hatch: string;
  readonly back: string;
  readonly strip: string;
  readonly cross: string;
  readonly wide: string;
}

/** Pictures in one page must not share ids. */
export function patternIds(prefix: string): PatternIds {
  return { hatch: `${prefix}-hatch`, back: `${prefix}-back`, strip: `${prefix}-strip`, cross: `${prefix}-cross`, wide: `${prefix}-wide` };
}

export function drawPatterns(ids: PatternIds): Drawn {
  const lines = (id: string, hue: string, turn: number, step = 6): Drawn =>
    draw("pattern", { id, width: step, height: step, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${turn})` }, draw("line", { class: `${hue} hatch-line`, x1: 3, y1: 0, x2: 3, y2: step }));
  const cross = draw(
    "pattern",
    { id: ids.cross, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    draw("line", { class: "error cross-line", x1: 3.5, y1: 0, x2: 3.5, y2: 7 }),
    draw("line", { class: "error cross-line", x1: 0, y1: 3.5, x2: 7, y2: 3.5 }),
  );
  return draw("defs", {}, lines(ids.hatch, "fg", 45), lines(ids.back, "window", -45), lines(ids.strip, "doorbell", 45), lines(ids.wide, "line", -45, 16), cross);
}

/** A box without its text. `id` is how a page finds it again. */
export function drawRow(lane: MapLane, row: RowLayout, ids: PatternIds): Drawn {
  const { row: what } = row;
  const id = what.kind === "run" ? what.id : what.region.id;
  const parts = what.kind === "run" ? [rect(row, "box faint line"), ...ticks(row)] : SHAPES[what.region.shape](row, ids);
  return draw("g", { class: "row", "data-id": id, "data-kind": what.kind }, drawText("title", {}, rowTitle(lane, row)), rect(row, "back"), ...parts);
}

/** The text of a box, apart from it, so that a conflict can be drawn between. */
export function drawLabels({ row, labels }: RowLayout): Drawn[] {
  const hasHalo = row.kind === "region" && (row.region.shape === "reserved" || row.region.shape === "peer" || row.region.shape === "outside" || row.columns > 1);
  return labels.map((one) => drawLabel(one, hasHalo));
}

export function drawLabel({ role, text, x, y, anchor, turned }: Label, hasHalo = false): Drawn {
  return drawText("text", { class: `${role} ${anchor}${hasHalo ? " halo" : ""}`, x, y, ...(turned === true && { transform: `rotate(-90 ${pixels(x)} ${pixels(y)})` }) }, text);
}

/** Everything about a region in one line. */
export function rowTitle(lane: MapLane, { row }: RowLayout): string {
  const range = row.kind === "run" ? row.range : row.region.range;
  const place = `${printMapAddress(range.base, lane.space)}–${printMapAddress(lastOf(range), lane.space)}, ${printMapSize(sizeOf(range))}`;
  if (row.kind === "run") return `${row.regions.length} regions of ${lane.title}, ${place}`;
  const { title, type, because, facts } = row.region;
  return `${title}${title.includes(type) ? "" : `, ${type}`}, ${lane.title}, ${place}${because === undefined || because === title ? "" : `: ${because}`}${facts === undefined ? "" : `; source: ${facts}`}`;
}

type Shape = (box: Box, ids: PatternIds) => Drawn[];

const SHAPES: Readonly<Record<RegionShape, Shape>> = {
  ram: (box) => [rect(box, "box ram"), spine(box, "ram", 6)],
  device: (box) => [rect(box, "box faint line"), spine(box, "line", 2)],
  window: (box) => [rect(box, "box window"), spine(box, "window", 4), ...uprights(box)],
  reserved: (box, ids) => [filled(box, ids.hatch), rect(box, "box nofill fg"), spine(box, "fg", 4)],
  doorbell: (box) => [homePlate(box), spine(box, "doorbell", 4)],
  "msi-window": (box, ids) => [rect(box, "box doorbell"), filled({ ...box, width: Math.min(16, box.width) }, ids.strip), spine(box, "doorbell", 4)],
  relaxable: (box) => [rect(box, "box nofill line dotted"), spine(box, "line", 3)],
  inbound: (box) => [rect(box, "box nofill line dashed"), spine(box, "line", 3)],
  peer: (box, ids) => [filled(box, ids.back), rect(box, "box nofill fg"), spine(box, "fg", 4)],
  outside: (box, ids) => [filled(box, ids.wide), rect(box, "box nofill line dotted")],
};

/** What the legend shows, in its order. */
export const SHAPE_WORDS: Readonly<Record<RegionShape, string>> = {
  ram: "RAM",
  device: "device",
  window: "PCI window, ECAM",
  reserved: "reserved",
  doorbell: "doorbell",
  "msi-window": "MSI window",
  relaxable: "direct-relaxable",
  inbound: "inbound (DMA)",
  peer: "peer-to-peer, not usable",
  outside: "not forwarded",
};

/** A sample of a shape, for a legend. */
export function drawSample(shape: RegionShape, box: Box, ids: PatternIds): Drawn {
  return draw("g", {}, ...SHAPES[shape](box, ids));
}

export function rect({ x, y, width, height }: Box, style: string): Drawn {
  return draw("rect", { class: style, x, y, width: Math.max(0, width), height: Math.max(0, height) });
}

function filled({ x, y, width, height }: Box, pattern: string): Drawn {
  return draw("rect", { x, y, width, height, fill: `url(#${pattern})` });
}

function spine({ x, y, height }: Box, hue: string, width: number): Drawn {
  return rect({ x, y, width, height }, `${hue} solid`);
}

function uprights({ x, y, width, height }: Box): Drawn[] {
  if (width < 24) return [];
  return [8, 11, 14].map((at) => draw("line", { class: "window rules", x1: x + at, y1: y, x2: x + at, y2: y + height }));
}

function homePlate({ x, y, width, height }: Box): Drawn {
  const shoulder = Math.max(x, x + width - 8);
  const points = [[x, y], [shoulder, y], [x + width, y + height / 2], [shoulder, y + height], [x, y + height]] as const;
  return draw("path", { class: "box doorbell", d: polyline(points, true) });
}

function ticks({ x, y, width, height, ticks: stretches }: RowLayout): Drawn[] {
  const [left, room] = [x + 9, width - 18];
  if (height < 28 || room <= 0) return [];
  return stretches.map(([from, to]) => rect({ x: left + from * room, y: y + height - 12, width: Math.max(0.7, (to - from) * room), height: 7 }, "line solid"));
}
