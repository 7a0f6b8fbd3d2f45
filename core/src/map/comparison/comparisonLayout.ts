// Two maps on one scale: each lane beside what it was, so that what has not changed stands level, with bands to where things moved and marks on all that
// changed. Pure: the same maps and options give the same numbers. Knows nothing of colours or elements.
import { layoutMap } from "../layout";
import type { LayoutOptions } from "../layout";
import { bandOf } from "../linkLayout";
import type { BandLayout, LaneLayout, MapLayout, RowLayout } from "../mapLayout";
import type { MapModel, MapRegion } from "../mapModel";
import { textWidth } from "../mapText";
import type { ComparedConflict, LanePair, MapComparison, RegionState, Side } from "./comparedMaps";

/** A box of what changed, or of a run that holds such. */
export interface ChangedRow {
  readonly lane: LaneLayout;
  readonly row: RowLayout;
  readonly state: Exclude<RegionState, "same">;
}

/** Beside a box or an overlap: what happened, and the numbers of the sentences. */
export interface ChangeMark {
  readonly side: Side;
  readonly sign: ChangeSign;
  readonly text: string;
  readonly items: readonly number[];
  /** The upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export type ChangeSign = Exclude<RegionState, "same"> | "overlap" | "overlap-gone" | "several";

export interface ComparisonLayout extends MapLayout {
  readonly pairs: readonly LanePair[];
  readonly changed: readonly ChangedRow[];
  readonly bands: readonly BandLayout[];
  readonly changeMarks: readonly ChangeMark[];
}

export interface ComparisonOptions extends Omit<LayoutOptions, "lanes" | "matches"> {
  /** Ids of pairs; absent: those that differ, as many as fit. */
  readonly pairs?: readonly string[];
}

/** One character, which the mark has before its number. */
export const SIGNS: Readonly<Record<ChangeSign, string>> = { added: "+", removed: "−", moved: "→", resized: "↕", changed: "≠", overlap: "!", "overlap-gone": "✓", several: "×" };

export const MARK_HEIGHT = 15;
const MARK_TEXT = 10;
const FIRST = 4;
const LEAST_APART = MARK_HEIGHT + 1;
/** Pixels that a pair takes at least. */
const WIDTH_OF_PAIR = 540;
/** Pairs in a picture for a review, which has some 900 pixels. */
const MOST_PAIRS = 1;

export function layoutComparison(comparison: MapComparison, options: ComparisonOptions = {}): ComparisonLayout {
  const pairs = shownPairs(comparison, options);
  const lanes = pairs.flatMap(({ left, right }) => [left, right]);
  const { pairs: _, selected = [], ...rest } = options;
  const model: MapModel = { title: comparison.title, subtitle: "", lanes, links: [], findings: [] };
  const lay = (important: readonly string[]): MapLayout => layoutMap(model, { ...rest, lanes: lanes.map(({ id }) => id), selected: new Set([...important, ...selected]) });
  const changes = [...comparison.regions].filter(([, { state }]) => state !== "same").map(([id]) => id);
  const first = lay(changes);
  const parted = partedBoxes(comparison, first);
  const layout = parted.length === 0 ? first : lay(parted);
  return { ...layout, pairs, changed: layout.lanes.flatMap((lane) => changedRows(comparison, lane)), bands: bandsOf(comparison, layout), changeMarks: apart([...rowMarks(comparison, layout), ...conflictMarks(comparison, layout)]) };
}

/**
 * Where a box is shown and its other side is folded: all that is on both sides, as far as one of the two is shown. What was added or removed then gives way, since
 * nothing stands beside it. Empty where each has the other.
 */
function partedBoxes({ regions }: MapComparison, { lanes }: MapLayout): string[] {
  const shown = new Set(lanes.flatMap(({ rows }) => rows.flatMap(({ row }) => (row.kind === "region" ? [row.region.id] : []))));
  const both = [...shown].flatMap((id) => {
    const partner = regions.get(id)?.partner;
    return partner === undefined ? [] : [id, partner];
  });
  return both.every((id) => shown.has(id)) ? [] : [...new Set(both)];
}

/** At least one, and no more than fit: those that differ, else the first. */
export function shownPairs({ pairs }: MapComparison, { pairs: wanted, width }: ComparisonOptions): readonly LanePair[] {
  const asked = pairs.filter(({ id }) => wanted?.includes(id));
  if (asked.length > 0) return asked;
  const most = width === undefined ? MOST_PAIRS : Math.max(1, Math.floor(width / WIDTH_OF_PAIR));
  const differing = pairs.filter(({ changes }) => changes > 0).slice(0, most);
  return differing.length > 0 ? differing : pairs.slice(0, 1);
}

function changedRows({ regions }: MapComparison, lane: LaneLayout): ChangedRow[] {
  return lane.rows.flatMap((row): ChangedRow[] => {
    const state = row.row.kind === "region" ? regions.get(row.row.region.id)?.state : undefined;
    return state === undefined || state === "same" ? [] : [{ lane, row, state }];
  });
}

/** From where a thing was to where it is. */
function bandsOf({ regions }: MapComparison, { lanes }: MapLayout): BandLayout[] {
  const rows = new Map(lanes.flatMap((lane) => lane.rows.flatMap((row) => (row.row.kind === "region" ? [[row.row.region.id, { lane, row, region: row.row.region }] as const] : []))));
  return [...rows].flatMap(([id, from]): BandLayout[] => {
    const { state, partner } = regions.get(id) ?? {};
    const to = partner === undefined ? undefined : rows.get(partner);
    if (!id.startsWith("left:") || !to || (state !== "moved" && state !== "resized")) return [];
    const end = ({ lane, region }: typeof from): { lane: string; region: string; range: MapRegion["range"] } => ({ lane: lane.lane.id, region: region.id, range: region.range });
    const band = bandOf({ link: { kind: "window", from: end(from), to: end(to), by: "", broken: false }, from, to });
    // It ends before the address that it is about.
    return [{ ...band, right: { ...band.right, x: Math.min(band.right.x, band.bend[1]) } }];
  });
}

function rowMarks({ regions }: MapComparison, { lanes }: MapLayout): ChangeMark[] {
  return lanes.flatMap((lane) =>
    lane.rows.flatMap((row): ChangeMark[] => {
      const held = row.row.kind === "run" ? row.row.regions : [row.row.region, ...row.row.hidden];
      const changes = held.flatMap((region) => {
        const found = regions.get(region.id);
        return !found || found.state === "same" ? [] : [{ state: found.state, items: found.items }];
      });
      const [first] = changes;
      if (!first) return [];
      const items = [...new Set(changes.flatMap((one) => one.items))];
      const y = row.y + Math.min(1.5, row.height / 2);
      if (changes.length > 1) return [markAt(lane, y, "several", String(changes.length), items)];
      return [markAt(lane, y, first.state, items.length > 1 ? `${items[0] ?? ""}…` : items.join(""), items)];
    }),
  );
}

function conflictMarks({ conflicts }: MapComparison, { lanes }: MapLayout): ChangeMark[] {
  return conflicts.flatMap((conflict): ChangeMark[] => {
    const lane = lanes.find((one) => one.lane.id === conflict.lane);
    const rows = lane?.rows.filter(({ row }) => row.kind === "region" && conflict.regions.includes(row.region.id)) ?? [];
    if (!lane || rows.length < 2) return [];
    const [top, bottom] = [Math.max(...rows.map(({ y }) => y)), Math.min(...rows.map(({ y, height }) => y + height))];
    return [markAt(lane, (top + bottom - MARK_HEIGHT) / 2, signOf(conflict), String(conflict.item), [conflict.item])];
  });
}

function signOf({ lane }: ComparedConflict): ChangeSign {
  return lane.startsWith("right:") ? "overlap" : "overlap-gone";
}

function markAt({ lane, x, width }: LaneLayout, y: number, sign: ChangeSign, number: string, items: readonly number[]): ChangeMark {
  const text = `${SIGNS[sign]}${number}`;
  return { side: lane.id.startsWith("left:") ? "left" : "right", sign, text, items, x: x + width + FIRST, y, width: Math.ceil(textWidth(text, MARK_TEXT)) + 8 };
}

/** Marks whose heights are too near stand beside each other. */
function apart(marks: readonly ChangeMark[]): ChangeMark[] {
  const placed: ChangeMark[] = [];
  for (const mark of [...marks].sort((a, b) => a.y - b.y || a.x - b.x)) {
    let { x } = mark;
    const meets = (): ChangeMark | undefined => placed.find((one) => Math.abs(one.y - mark.y) < LEAST_APART && one.x < x + mark.width && x < one.x + one.width);
    for (let other = meets(); other; other = meets()) x = other.x + other.width + 2;
    placed.push({ ...mark, x });
  }
  return placed;
}
