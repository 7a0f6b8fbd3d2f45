// The boxes of one lane before their heights are known: columns, insets, labels, and the least distances that they ask of the scale.
// Knows nothing of other lanes.
import type { AddressRange, Space } from "../address";
import { intersection, sizeOf } from "../address";
import type { BoxText } from "./boxLabels";
import { boxText } from "./boxLabels";
import type { MapRow } from "./folding";
import type { MapConflict, MapLane } from "./mapModel";
import type { Covered, LeastDistance, ScalePlace } from "./scale";

/** A row with all that does not depend on the scale. `x` is from the lane's left rail. */
export interface MeasuredRow {
  readonly row: MapRow;
  readonly range: AddressRange<Space>;
  readonly x: number;
  readonly width: number;
  readonly depth: number;
  /** The row that holds it. */
  readonly parent: MeasuredRow | undefined;
  readonly opens: ScalePlace;
  readonly closes: ScalePlace;
  readonly text: BoxText;
}

export interface MeasuredLane {
  readonly lane: MapLane;
  /** Those that hold something before what they hold. */
  readonly rows: readonly MeasuredRow[];
  readonly roots: readonly MeasuredRow[];
  /** Conflicts of which both regions are shown, with their rows. */
  readonly conflicts: readonly { readonly range: AddressRange<Space>; readonly rows: readonly MeasuredRow[] }[];
}

/** How far a box that lies in another is set in, at most: a narrow one has less. */
const INSET = { left: 9, right: 4 };
const COLUMN_GAP = 2;
/** A page has the height of its label; RAM is at most this high. */
const HIGHEST = 56;
const ADDRESS_STEP = 12.5;
/** Of a box that stands beside another one, so that its label is not in the conflict. */
const COLUMN_STEP = 30;
const CONFLICT_HEIGHT = 16;
const AFTER_CHILDREN = 4;
const GAP_HEIGHT = 16;

/** Measures the rows of a lane that is `width` wide; `notes` are said in the boxes of single regions, by id. */
export function measureLane(lane: MapLane, rows: readonly MapRow[], width: number, notes: ReadonlyMap<string, string>): MeasuredLane {
  const all: MeasuredRow[] = [];
  const measure = (row: MapRow, left: number, room: number, parent: MeasuredRow | undefined): MeasuredRow => {
    const apart = Math.min(COLUMN_GAP, room / (8 * row.columns));
    const own = (room - apart * (row.columns - 1)) / row.columns;
    const x = left + row.column * (own + apart);
    const inset = { left: Math.min(INSET.left, own / 8), right: Math.min(INSET.right, own / 16) };
    const range = row.kind === "run" ? row.range : row.region.range;
    const text = boxText(row, own, row.kind === "region" ? notes.get(row.region.id) : undefined);
    const measured = { row, range, x, width: own, depth: parent ? parent.depth + 1 : 0, parent, opens: opening(range, parent), closes: closing(range, parent), text };
    all.push(measured);
    if (row.kind === "region") for (const child of row.children) measure(child, x + inset.left, own - inset.left - inset.right, measured);
    return measured;
  };
  const roots = rows.map((row) => measure(row, 0, width, undefined));
  return { lane, rows: all, roots, conflicts: shownConflicts(lane.conflicts, all) };
}

/** Both of a pair, where one holds the other: a box that begins with its parent begins below the parent's name. */
function opening(range: AddressRange<Space>, parent: MeasuredRow | undefined): ScalePlace {
  const level = parent?.range.base === range.base ? parent.opens.level + 1 : 0;
  return { address: range.base, level };
}

function closing(range: AddressRange<Space>, parent: MeasuredRow | undefined): ScalePlace {
  const level = parent?.range.end === range.end ? parent.closes.level - 1 : 0;
  return { address: range.end, level };
}

function shownConflicts(conflicts: readonly MapConflict[], rows: readonly MeasuredRow[]): MeasuredLane["conflicts"] {
  const byId = new Map(rows.flatMap((one) => (one.row.kind === "region" ? [[one.row.region.id, one] as const] : [])));
  return conflicts.flatMap(({ range, regions }) => {
    const taking = regions.flatMap((id) => byId.get(id) ?? []);
    return taking.length < 2 ? [] : [{ range, rows: taking }];
  });
}

/** All places that the lane needs on the scale. */
export function placesOf({ lane, rows, conflicts }: MeasuredLane): ScalePlace[] {
  const extent = lane.gap === undefined ? [] : [at(0n), ...(lane.bits === undefined ? [] : [at(1n << BigInt(lane.bits))])];
  return [...extent, ...rows.flatMap(({ opens, closes }) => [opens, closes]), ...conflicts.flatMap(({ range }) => [at(range.base), at(range.end)])];
}

/** The least distances that keep every box and every address readable. */
export function distancesOf(measured: MeasuredLane): LeastDistance[] {
  const { rows, conflicts } = measured;
  const boxes = rows.map((one) => ({ from: one.opens, to: one.closes, pixels: leastHeight(one) }));
  const shared = conflicts.map(({ range }) => ({ from: at(range.base), to: at(range.end), pixels: CONFLICT_HEIGHT }));
  return [...boxes, ...shared, ...insideDistances(measured), ...addressDistances(rows), ...columnDistances(rows), ...gapDistances(measured)];
}

/** A slow function of the size, enough to tell a page from RAM: the number says the size. */
function leastHeight({ row, range, text }: MeasuredRow): number {
  const bits = sizeOf(range).toString(2).length - 1;
  const bySize = Math.min(HIGHEST, 18 + 1.5 * Math.max(0, bits - 20));
  return row.kind === "run" ? text.height : Math.max(text.height, bySize);
}

/** The name of a box stands above what is in it. */
function insideDistances({ rows }: MeasuredLane): LeastDistance[] {
  return rows.flatMap(({ parent, opens, closes }) => {
    if (!parent) return [];
    return [
      { from: parent.opens, to: opens, pixels: parent.text.height + 1 },
      { from: closes, to: parent.closes, pixels: AFTER_CHILDREN },
    ];
  });
}

function addressDistances(rows: readonly MeasuredRow[]): LeastDistance[] {
  const bases = [...new Set(rows.map(({ range }) => range.base))].sort((a, b) => (a < b ? -1 : 1));
  return bases.slice(1).map((base, index) => ({ from: at(bases[index] as bigint), to: at(base), pixels: ADDRESS_STEP }));
}

function columnDistances(rows: readonly MeasuredRow[]): LeastDistance[] {
  const beside = rows.filter(({ row }) => row.columns > 1);
  return beside.slice(1).flatMap((one, index) => {
    const before = beside[index] as MeasuredRow;
    return before.range.base < one.range.base && intersection(before.range, one.range) ? [{ from: before.opens, to: one.opens, pixels: COLUMN_STEP }] : [];
  });
}

/** Where a gap says how large it is, it has room to. */
function gapDistances({ lane, roots }: MeasuredLane): LeastDistance[] {
  const gaps = lane.gap === undefined ? [] : gapsBetween(lane, roots);
  return gaps.map(({ base, end }) => ({ from: at(base), to: at(end), pixels: GAP_HEIGHT }));
}

/** The addresses of the lane that none of its boxes covers, upward; where its width is not known, up to the last box. */
export function gapsBetween({ bits }: MapLane, roots: readonly MeasuredRow[]): readonly Covered[] {
  const gaps: Covered[] = [];
  let free = 0n;
  for (const { range } of [...roots].sort((a, b) => (a.range.base < b.range.base ? -1 : 1))) {
    if (range.base > free) gaps.push({ base: free, end: range.base });
    if (range.end > free) free = range.end;
  }
  const limit = bits === undefined ? 0n : 1n << BigInt(bits);
  return free < limit ? [...gaps, { base: free, end: limit }] : gaps;
}

/** What the boxes of the lane cover. */
export function coveredBy({ roots }: MeasuredLane): Covered[] {
  return roots.map(({ range }) => range);
}

function at(address: bigint): ScalePlace {
  return { address, level: 0 };
}
