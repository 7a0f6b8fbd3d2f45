// Two maps beside each other as a page needs them: the drawing, and the same as a table of what each thing was and is, for keyboards and screen readers.
// Plain data that can cross any wire. Knows nothing of pages.
import type { AddressRange, Space } from "../../address";
import { lastOf, sizeOf } from "../../address";
import type { Anchor } from "../../anchor";
import type { Drawn } from "../drawing";
import { draw } from "../drawing";
import { drawPatterns, patternIds } from "../drawBoxes";
import { LANE_HEAD, lanesHeight } from "../drawMap";
import type { MapRow } from "../folding";
import { insideOf } from "../folding";
import type { Box, LaneLayout, RowLayout } from "../mapLayout";
import type { MapLane } from "../mapModel";
import { printMapAddress, printMapSize, shownText } from "../mapText";
import type { LanePair, MapComparison, RegionState, Side } from "./comparedMaps";
import type { ComparisonLayout, ComparisonOptions } from "./comparisonLayout";
import { layoutComparison } from "./comparisonLayout";
import { drawComparison } from "./drawComparison";

/** What a page asks for. Absent: as the layout does by itself. */
export interface ComparisonViewOptions {
  readonly pairs?: readonly string[];
  readonly opened?: readonly string[];
  readonly budget?: number;
  readonly width?: number;
}

export interface ComparisonLane {
  readonly id: string;
  readonly title: string;
  readonly isShown: boolean;
  readonly changes: number;
}

/** What stands on one side of a row. */
export interface ComparisonCell {
  /** Of the box in the drawing, and of its place in the text. */
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly size: string;
  readonly box: Box;
  /** A run, or a box that hides what is inside, is unfolded by this id. */
  readonly fold?: string;
}

/** A thing, as it was and as it is; at least one of the two is there. */
export interface ComparisonRow {
  readonly lane: string;
  readonly name: string;
  readonly title: string;
  readonly state: RegionState | "several";
  /** In words: "moved", "the same", "3 regions changed". */
  readonly word: string;
  readonly items: readonly number[];
  readonly left?: ComparisonCell;
  readonly right?: ComparisonCell;
}

export interface ComparisonView {
  readonly lanes: readonly ComparisonLane[];
  readonly drawing: Drawn;
  readonly width: number;
  readonly height: number;
  /** In the order of the drawing, lane by lane. */
  readonly rows: readonly ComparisonRow[];
  /** By the number of each sentence the ids of the boxes that it is about, those that are in sight. */
  readonly boxes: Readonly<Record<number, readonly string[]>>;
  /** Where each region stands in the text of its side, folded ones too. */
  readonly places: readonly { readonly id: string; readonly side: Side; readonly at: Anchor }[];
}

const PREFIX = "pm";
const MOST_ROWS = 2000;

export function comparisonView(comparison: MapComparison, options: ComparisonViewOptions = {}): ComparisonView {
  const layout = layoutComparison(comparison, layoutOptions(options));
  const shown = new Set(layout.pairs.map(({ id }) => id));
  const rows = layout.pairs.flatMap((pair) => rowsOf(comparison, pair, layout));
  return {
    lanes: comparison.pairs.map(({ id, title, changes }) => ({ id, title: shownText(title), isShown: shown.has(id), changes })),
    drawing: drawView(layout),
    width: layout.width,
    height: lanesHeight(layout),
    rows,
    boxes: boxesByItem(rows),
    places: comparison.pairs.flatMap(({ left, right }) => [...placesIn(left, "left"), ...placesIn(right, "right")]),
  };
}

function layoutOptions({ pairs, opened, budget, width }: ComparisonViewOptions): ComparisonOptions {
  return {
    ...(pairs && { pairs }),
    ...(opened && { opened: new Set(opened) }),
    ...(budget !== undefined && { budget: Math.min(MOST_ROWS, Math.max(4, Math.floor(budget))) }),
    ...(width !== undefined && { width }),
  };
}

function drawView(layout: ComparisonLayout): Drawn {
  const [width, height] = [Math.ceil(layout.width), Math.ceil(lanesHeight(layout))];
  const ids = patternIds(PREFIX);
  return draw("svg", { class: PREFIX, width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, drawPatterns(ids), ...drawComparison(layout, ids));
}

function placesIn({ regions }: MapLane, side: Side): ComparisonView["places"] {
  return regions.flatMap(({ id, source }) => (source ? [{ id, side, at: source.at }] : []));
}

function boxesByItem(rows: readonly ComparisonRow[]): Readonly<Record<number, readonly string[]>> {
  const boxes: Record<number, string[]> = {};
  for (const { items, left, right } of rows) {
    for (const item of items) (boxes[item] ??= []).push(...[left, right].flatMap((cell) => (cell ? [cell.id] : [])));
  }
  return boxes;
}

/** The boxes of a pair of lanes, those of one thing in one row. */
function rowsOf(comparison: MapComparison, { id, left, right }: LanePair, { lanes }: ComparisonLayout): ComparisonRow[] {
  const laid = (lane: MapLane): LaneLayout | undefined => lanes.find((one) => one.lane.id === lane.id);
  const [old, now] = [laid(left), laid(right)];
  if (!old || !now) return [];
  const waiting = new Map(now.rows.map((row) => [partnerKey(comparison, row.row, "right"), row]));
  const rows = old.rows.map((row) => {
    const key = partnerKey(comparison, row.row, "left");
    const partner = waiting.get(key);
    waiting.delete(key);
    return { row, partner };
  });
  const all = [...rows.map(({ row, partner }) => ({ left: row, right: partner })), ...[...waiting.values()].map((row) => ({ left: undefined, right: row }))];
  const top = (one: (typeof all)[number]): number => Math.min(one.left?.y ?? Infinity, one.right?.y ?? Infinity);
  return all.sort((a, b) => top(a) - top(b)).map((one) => rowOf(comparison, id, old.lane, now.lane, one));
}

/** The same for two boxes that show the same things. */
function partnerKey({ regions }: MapComparison, row: MapRow, side: Side): string {
  const name = (id: string): string => (side === "left" ? id : (regions.get(id)?.partner ?? id));
  return row.kind === "region" ? name(row.region.id) : row.regions.map(({ id }) => name(id)).join(" ");
}

function rowOf({ regions }: MapComparison, lane: string, old: MapLane, now: MapLane, { left, right }: { readonly left: RowLayout | undefined; readonly right: RowLayout | undefined }): ComparisonRow {
  const row = (right ?? left) as RowLayout;
  const held = heldBy(row.row).flatMap(({ id }) => regions.get(id) ?? []);
  const changes = held.filter(({ state }) => state !== "same");
  const own = row.row.kind === "region" ? (regions.get(row.row.region.id)?.state ?? "same") : "same";
  const state = own !== "same" ? own : changes.length > 0 ? "several" : "same";
  const name = row.row.kind === "run" ? `${row.row.regions.length} regions` : row.row.region.name;
  return {
    lane,
    name: shownText(name),
    title: row.row.kind === "run" ? "folded: unfold to see each" : shownText(row.row.region.title),
    state,
    word: state === "same" ? "the same" : state === "several" ? `${changes.length} inside changed` : state,
    items: [...new Set(changes.flatMap(({ items }) => items))],
    ...(left && { left: cellOf(old, left) }),
    ...(right && { right: cellOf(now, right) }),
  };
}

function heldBy(row: MapRow): readonly { readonly id: string }[] {
  return row.kind === "run" ? row.regions : [row.region, ...row.hidden];
}

function cellOf({ space }: MapLane, { row, x, y, width, height }: RowLayout): ComparisonCell {
  const range: AddressRange<Space> = row.kind === "run" ? row.range : row.region.range;
  const fold = row.kind === "run" ? row.id : row.hidden.length > 0 ? insideOf(row.region) : undefined;
  return {
    id: row.kind === "run" ? row.id : row.region.id,
    first: printMapAddress(range.base, space),
    last: printMapAddress(lastOf(range), space),
    size: printMapSize(sizeOf(range)),
    box: { x, y: y + LANE_HEAD, width, height },
    ...(fold !== undefined && { fold }),
  };
}
