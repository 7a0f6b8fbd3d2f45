// From a memory map to coordinates: which lanes, which rows, one scale for all of them, and everything that lies on it.
// Pure: the same map and options give the same numbers. Knows nothing of colours, elements or real fonts.
import type { AddressRange, Space } from "../address";
import { alignDown, alignUp, intersection, sizeOf } from "../address";
import type { FoldOptions, MapRow } from "./folding";
import { foldRegions } from "./folding";
import { arrangeLanes, defaultLanes } from "./laneChoice";
import type { MeasuredLane, MeasuredRow } from "./laneGeometry";
import { coveredBy, distancesOf, gapsBetween, measureLane, placesOf } from "./laneGeometry";
import { layoutLinks, linkNotes } from "./linkLayout";
import type { GapLayout, Label, LaneLayout, MapLayout, RowLayout } from "./mapLayout";
import type { MapLane, MapModel, MapRegion } from "./mapModel";
import { printMapAddress, printMapSize, textWidth } from "./mapText";
import { layoutMarks } from "./markLayout";
import { nestRegions } from "./nesting";
import type { MapScale } from "./scale";
import { layoutShadows } from "./shadows";
import { makeScale } from "./scale";
import { TEXT_SIZE } from "./boxLabels";

export interface LayoutOptions {
  /** Ids; absent: the lanes that say most. */
  readonly lanes?: readonly string[];
  /** Rows that a lane has at most, about. */
  readonly budget?: number;
  /** Ids of runs, and of regions with the suffix `>`, that are unfolded. */
  readonly opened?: ReadonlySet<string>;
  /** Ids of regions that are shown in any case. */
  readonly selected?: ReadonlySet<string>;
  /** Only regions that match are shown; the rest is folded. */
  readonly matches?: (region: MapRegion) => boolean;
  /** Pixels that the lanes may take together; absent: those of a picture. */
  readonly width?: number;
}

export const DEFAULT_BUDGET = 28;
const LANE_WIDTH = 160;
const ONE_LANE_WIDTH = 236;
const WIDEST_LANE = 300;
const NARROWEST_LANE = 130;
const NARROW_WIDTH = 136;
/** Holds an address of 52 bits. */
const NARROWEST_HOST = 104;
/** Between two lanes: marks, then ways. */
export const LINK_ZONE = 50;
/** After the lane of a host, which no way leaves: room for a mark. */
const HOST_ZONE = 26;
const MARGIN = 16;
const GUTTER_GAP = 6;
const GAP_TEXT_HEIGHT = 13;
/** A gap is left out on purpose when something closed takes at least one of so many parts of it. */
const LEFT_OUT_SHARE = 20n;
const ADDRESS_APART = 11;

/** Lays out a map. What is shown, and what is folded, depends on the options alone. */
export function layoutMap(model: MapModel, options: LayoutOptions = {}): MapLayout {
  const lanes = arrangeLanes(model, options.lanes ?? defaultLanes(model));
  const rows = lanes.map((lane) => foldRegions(nestRegions(lane), foldOptions(model, options)));
  const gutters = lanes.map((lane, index) => gutterOf(lane, rows[index] ?? []));
  const zones = lanes.reduce((sum, lane) => sum + zoneAfter(lane), 0);
  const [full, narrow] = laneWidths(lanes, zones + gutters.reduce((sum, one) => sum + one, MARGIN), options.width);
  const widths = lanes.map(({ isNarrow }) => (isNarrow === true ? narrow : full));
  const notes = linkNotes(model, lanes);
  const measured = lanes.map((lane, index) => measureLane(lane, rows[index] ?? [], widths[index] ?? full, notes));
  const scale = makeScale(measured.flatMap(placesOf), measured.flatMap(distancesOf), measured.flatMap(coveredBy));
  let x = MARGIN;
  const placed = measured.map((one, index) => {
    const left = x + (gutters[index] ?? 0);
    const width = widths[index] ?? full;
    x = left + width + zoneAfter(lanes[index]);
    return placeLane(one, left, width, scale);
  });
  const marks = layoutMarks(model, placed, LINK_ZONE);
  return {
    width: x,
    height: scale.height,
    lanes: placed,
    breaks: scale.breaks.map(({ base, end }) => (scale.y(base) + scale.y(end)) / 2),
    links: layoutLinks(model, placed),
    shadows: layoutShadows(placed),
    ...marks,
    scale,
  };
}

function foldOptions(model: MapModel, { budget = DEFAULT_BUDGET, opened = new Set(), selected = new Set(), matches }: LayoutOptions): FoldOptions {
  const severe = new Map<string, number>();
  const most = Math.max(8, Math.floor(budget / 4));
  for (const rank of ["error", "warning"] as const) {
    const found = model.findings.filter(({ severity }) => severity === rank).slice(0, most);
    for (const id of found.flatMap(({ regions }) => regions.slice(0, 2))) if (!severe.has(id)) severe.set(id, rank === "error" ? 1 : 2);
  }
  for (const id of model.lanes.flatMap((lane) => lane.conflicts.slice(0, most)).flatMap(({ regions }) => regions)) severe.set(id, 1);
  const linked = new Map(model.links.flatMap(({ kind, from, to }) => (kind === "inbound" ? [] : [from.region, to.region].map((id) => [id, kind === "doorbell" ? 2 : 3] as const))));
  const importance = (region: MapRegion): number | undefined =>
    selected.has(region.id) ? 0 : (severe.get(region.id) ?? linked.get(region.id) ?? IMPORTANCE[region.shape]);
  return { budget, opened, importance, matches };
}

/** The shapes that a reader looks for; devices may be folded. */
const IMPORTANCE: Readonly<Record<MapRegion["shape"], number | undefined>> = {
  doorbell: 3,
  "msi-window": 3,
  window: 4,
  ram: 4,
  reserved: 5,
  peer: 5,
  outside: 5,
  inbound: 5,
  relaxable: 6,
  device: undefined,
};

function gutterOf({ space, isNarrow }: MapLane, rows: readonly MapRow[]): number {
  if (isNarrow === true) return 0;
  const longest = Math.max(10, ...[...allRows(rows)].map((row) => printMapAddress(rangeOf(row).end - 1n, space).length));
  return Math.ceil(textWidth("0".repeat(longest), TEXT_SIZE)) + GUTTER_GAP;
}

function zoneAfter(lane: MapLane | undefined): number {
  return lane?.isNarrow === true ? HOST_ZONE : LINK_ZONE;
}

/** Of a full lane, and of a narrow one, which gets no more than it needs. */
function laneWidths(lanes: readonly MapLane[], apart: number, available: number | undefined): readonly [full: number, narrow: number] {
  if (available === undefined) return [lanes.length === 1 ? ONE_LANE_WIDTH : LANE_WIDTH, NARROW_WIDTH];
  const hosts = lanes.filter(({ isNarrow }) => isNarrow === true).length;
  const full = Math.max(1, lanes.length - hosts);
  const rest = available - apart;
  const narrow = Math.round(Math.min(NARROW_WIDTH, Math.max(NARROWEST_HOST, (rest - NARROWEST_LANE * full) / Math.max(1, hosts))));
  return [Math.round(Math.min(WIDEST_LANE, Math.max(NARROWEST_LANE, (rest - narrow * hosts) / full))), narrow];
}

function* allRows(rows: readonly MapRow[]): Generator<MapRow> {
  for (const row of rows) {
    yield row;
    if (row.kind === "region") yield* allRows(row.children);
  }
}

function rangeOf(row: MapRow): AddressRange<Space> {
  return row.kind === "run" ? row.range : row.region.range;
}

function placeLane(measured: MeasuredLane, x: number, width: number, scale: MapScale): LaneLayout {
  const { lane } = measured;
  const rows = measured.rows.map((one) => placeRow(one, x, scale));
  const limit = lane.gap !== undefined && lane.bits !== undefined ? { y: scale.y(1n << BigInt(lane.bits)), text: `${lane.bits}-bit limit` } : undefined;
  return {
    lane,
    x,
    width,
    rows,
    gaps: lane.gap === undefined ? [] : gapsOf(measured, x, width, scale),
    conflicts: conflictBoxes(measured, x, scale),
    addresses: addressLabels(lane, rows, x, scale),
    limit,
  };
}

function placeRow({ row, range, x, width, depth, opens, closes, text }: MeasuredRow, left: number, scale: MapScale): RowLayout {
  const [top, bottom] = [scale.y(opens.address, opens.level), scale.y(closes.address, closes.level)];
  const labels = text.labels.map((one) => ({ ...one, x: one.x + left + x, y: one.y + top }));
  return { row, depth, x: left + x, y: top, width, height: bottom - top, labels, ticks: row.kind === "run" ? ticksOf(range, row.regions) : [] };
}

/** Where the regions of a run lie in it, in steps that can be told apart; neighbours are one. */
function ticksOf(range: AddressRange<Space>, regions: readonly MapRegion[]): (readonly [number, number])[] {
  const share = (address: bigint): number => Number(((address - range.base) * 400n) / sizeOf(range)) / 400;
  const ticks: [number, number][] = [];
  for (const one of regions) {
    const [from, to] = [share(one.range.base), Math.max(share(one.range.end), share(one.range.base) + 1 / 400)];
    const last = ticks.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else ticks.push([from, to]);
  }
  return ticks;
}

function gapsOf({ lane, roots }: MeasuredLane, x: number, width: number, scale: MapScale): GapLayout[] {
  return gapsBetween(lane, roots).map((gap) => gapAt(lane, gap as AddressRange<Space>, x, width, scale));
}

function gapAt({ gap, closed = [], grain: step = 1n }: MapLane, range: AddressRange<Space>, x: number, width: number, scale: MapScale): GapLayout {
  const [top, bottom] = [scale.y(range.base), scale.y(range.end)];
  const grain = sizeOf(range) < step ? 1n : step;
  const isLeftOut = closed.some((one) => {
    const shared = intersection({ base: alignDown(one.base, grain), end: alignUp(one.end, grain) }, range);
    return shared !== undefined && sizeOf(shared) * LEFT_OUT_SHARE >= sizeOf(range);
  });
  const text = `${isLeftOut ? "left out" : (gap ?? "")} ${printMapSize(sizeOf(range))}`;
  const hasRoom = bottom - top >= GAP_TEXT_HEIGHT && textWidth(text, TEXT_SIZE) <= width - 12;
  const label: Label = { role: "gap", text, x: x + width / 2, y: (top + bottom) / 2 + 3.5, anchor: "middle" };
  return { range, isLeftOut, x, y: top, width, height: bottom - top, ...(hasRoom && { label }) };
}

function conflictBoxes({ conflicts }: MeasuredLane, x: number, scale: MapScale): LaneLayout["conflicts"] {
  return conflicts.flatMap(({ range, rows }) =>
    rows.map((one) => {
      const top = Math.max(scale.y(range.base), scale.y(one.opens.address, one.opens.level));
      return { x: x + one.x, y: top, width: one.width, height: scale.y(range.end) - top };
    }),
  );
}

/** The base of every region at its upper edge; the last byte of a root at its lower edge, where there is room for it. */
function addressLabels({ space, isNarrow }: MapLane, rows: readonly RowLayout[], x: number, scale: MapScale): Label[] {
  if (isNarrow === true) return [];
  const at = (address: bigint, y: number): Label => ({ role: "address", text: printMapAddress(address, space), x: x - GUTTER_GAP, y, anchor: "end" });
  const bases = [...new Set(rows.map(({ row }) => rangeOf(row).base))].sort((a, b) => (a < b ? -1 : 1));
  const labels = bases.map((base) => at(base, scale.y(base) + 8));
  const heights = labels.map(({ y }) => y);
  for (const { row, y, height, depth } of rows) {
    const { end } = rangeOf(row);
    const below = y + height - 2;
    if (depth > 0 || height < 26 || heights.some((one) => Math.abs(one - below) < ADDRESS_APART)) continue;
    labels.push(at(end - 1n, below));
    heights.push(below);
  }
  return labels;
}
