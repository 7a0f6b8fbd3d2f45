// Which regions of a lane have a row of their own, and which are folded into runs, so that two thousand of them can be read.
// What matters stays; what is folded says how much it is. Knows nothing of coordinates.
import type { AddressRange, Space } from "../address";
import type { MapRegion } from "./mapModel";
import type { NestedRegion } from "./nesting";
import { columnsOf, overlapClusters, regionsIn } from "./nesting";

/** A box, with the rows inside it. */
export interface RegionRow {
  readonly kind: "region";
  readonly region: MapRegion;
  readonly children: readonly MapRow[];
  /** Its column, of how many: siblings that overlap stand side by side. */
  readonly column: number;
  readonly columns: number;
  /** What lies inside and is not shown. */
  readonly hidden: readonly MapRegion[];
  /** The folds that were opened to show it, the outermost first. */
  readonly openedBy: readonly string[];
}

/** Consecutive regions as one box. */
export interface RunRow {
  readonly kind: "run";
  readonly id: string;
  /** All that are folded into it, nested ones too, in the order of the lane. */
  readonly regions: readonly MapRegion[];
  readonly range: AddressRange<Space>;
  readonly column: number;
  readonly columns: number;
  readonly openedBy: readonly string[];
}

export type MapRow = RegionRow | RunRow;

export interface FoldOptions {
  /** Rows that a lane should have at most; it may have a few more. */
  readonly budget: number;
  /** Ids of runs, and of regions with the suffix `>`, that are opened. Each gets a budget of its own. */
  readonly opened: ReadonlySet<string>;
  /** How much a region matters: the lower the more, undefined when it may be folded. */
  importance(region: MapRegion): number | undefined;
  /** Only what matches, and what holds it, has a row. */
  readonly matches: ((region: MapRegion) => boolean) | undefined;
}

/** Side by side beyond these nothing can be read. */
const MOST_COLUMNS = 3;
/** With fewer rows an opened run could come out as itself. */
const LEAST_BUDGET = 4;
/** The part of a budget that what matters may take; the rest shows where everything else is. */
const KEPT_SHARE = 0.6;
/** Rows that a box gets for what matters inside it, when there is no room for all that is inside. */
const INSIDE = 4;

/** The rows of a lane. Every region is in exactly one of them: shown, hidden in its parent, or in a run. */
export function foldRegions(roots: readonly NestedRegion[], options: FoldOptions): readonly MapRow[] {
  const budget = Math.max(LEAST_BUDGET, options.budget);
  return foldSiblings(roots, budget, { ...options, budget, openedBy: [] });
}

/** The id by which the inside of a region is opened. */
export function insideOf(region: MapRegion): string {
  return `${region.id}>`;
}

interface Context extends FoldOptions {
  readonly openedBy: readonly string[];
}

/** Siblings that overlap are folded together or not at all. */
interface Unit {
  readonly members: readonly NestedRegion[];
  readonly range: AddressRange<Space>;
  /** Rows that it takes without what is inside its members. */
  readonly rows: number;
  /** Regions in it, nested ones too. */
  readonly count: number;
  readonly importance: number | undefined;
  readonly matching: boolean;
}

function foldSiblings(siblings: readonly NestedRegion[], budget: number, context: Context): MapRow[] {
  const units = overlapClusters(siblings).map((members) => unitOf(members, context));
  const rows = units.reduce((sum, unit) => sum + unit.rows, 0);
  const kept = context.matches ? matchingUnits(units, budget) : rows <= budget ? new Set(units) : importantUnits(units, budget);
  const inside = shareInside(units.filter((unit) => kept.has(unit)), Math.max(0, budget - rows), rows <= budget && !context.matches);
  const segments = runsBetween(units, kept, context.matches ? 0 : budget - rowsOf(kept));
  return segments.flatMap((segment) => (kept.has(segment[0] as Unit) ? segment.flatMap((unit) => shownUnit(unit, inside.get(unit) ?? 0, context)) : runRows(segment, context)));
}

function unitOf(members: readonly NestedRegion[], context: Context): Unit {
  const regions = members.flatMap((one) => [...regionsIn(one)]);
  const matters = regions.map((one) => context.importance(one)).filter((one) => one !== undefined);
  const end = members.reduce((last, one) => (one.region.range.end > last ? one.region.range.end : last), (members[0] as NestedRegion).region.range.end);
  return {
    members,
    range: { base: (members[0] as NestedRegion).region.range.base, end },
    rows: Math.min(members.length, mostSideBySide(context.budget) + 1),
    count: regions.length,
    importance: matters.length === 0 ? undefined : Math.min(...matters),
    matching: context.matches !== undefined && regions.some(context.matches),
  };
}

function matchingUnits(units: readonly Unit[], budget: number): Set<Unit> {
  return withinBudget(units.filter((unit) => unit.matching), budget);
}

/** By importance, then the larger. */
function importantUnits(units: readonly Unit[], budget: number): Set<Unit> {
  const important = units.filter((unit) => unit.importance !== undefined);
  const size = ({ range }: Unit): bigint => range.end - range.base;
  important.sort((a, b) => (a.importance ?? 0) - (b.importance ?? 0) || (size(a) > size(b) ? -1 : size(a) < size(b) ? 1 : 0));
  return withinBudget(important, Math.floor(budget * KEPT_SHARE));
}

function withinBudget(units: readonly Unit[], budget: number): Set<Unit> {
  const kept = new Set<Unit>();
  let rows = 0;
  for (const unit of units) {
    if (rows + unit.rows > budget) continue;
    rows += unit.rows;
    kept.add(unit);
  }
  return kept;
}

function rowsOf(units: ReadonlySet<Unit>): number {
  return [...units].reduce((sum, unit) => sum + unit.rows, 0);
}

/** What is left of a budget goes to what is inside the units, those with few regions first, so that most are shown whole. */
function shareInside(units: readonly Unit[], left: number, isRoomy: boolean): ReadonlyMap<Unit, number> {
  const shares = new Map<Unit, number>();
  const withInside = units.filter((unit) => unit.count > unit.members.length).sort((a, b) => a.count - b.count);
  let rest = left;
  withInside.forEach((unit, index) => {
    const wanted = unit.count - unit.members.length;
    const share = Math.min(wanted, Math.floor(rest / (withInside.length - index)));
    const least = unit.matching || unit.importance !== undefined ? Math.min(wanted, INSIDE) : 0;
    shares.set(unit, Math.max(isRoomy ? share : 0, least));
    rest -= share;
  });
  return shares;
}

/** Units in order, in lists that are either one kept unit or a run. Runs are cut at the widest gaps, as long as there are rows. */
function runsBetween(units: readonly Unit[], kept: ReadonlySet<Unit>, budget: number): readonly (readonly Unit[])[] {
  const segments: Unit[][] = [];
  for (const unit of units) {
    const current = segments.at(-1);
    if (current && !kept.has(unit) && !kept.has(current[0] as Unit)) current.push(unit);
    else segments.push([unit]);
  }
  const runs = segments.filter(([first]) => first && !kept.has(first));
  const cuts = widestGaps(runs, budget - runs.length);
  return segments.flatMap((segment) => cutBefore(segment, cuts));
}

function widestGaps(runs: readonly (readonly Unit[])[], most: number): ReadonlySet<Unit> {
  if (most <= 0) return new Set();
  const gaps = runs.flatMap((run) => run.slice(1).map((unit, index) => ({ unit, size: unit.range.base - (run[index] as Unit).range.end })));
  gaps.sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : a.unit.range.base < b.unit.range.base ? -1 : 1));
  return new Set(gaps.slice(0, most).map(({ unit }) => unit));
}

function cutBefore(segment: readonly Unit[], cuts: ReadonlySet<Unit>): Unit[][] {
  const parts: Unit[][] = [];
  for (const unit of segment) {
    if (parts.length === 0 || cuts.has(unit)) parts.push([unit]);
    else parts.at(-1)?.push(unit);
  }
  return parts;
}

function runRows(units: readonly Unit[], context: Context): MapRow[] {
  const regions = units.flatMap((unit) => unit.members.flatMap((one) => [...regionsIn(one)]));
  const [first, last] = [units[0] as Unit, units.at(-1) as Unit];
  const id = `${(regions[0] as MapRegion).id}..${(regions.at(-1) as MapRegion).id}`;
  if (context.opened.has(id)) {
    const { matches: _, ...rest } = context;
    return foldSiblings(units.flatMap((unit) => unit.members), context.budget, { ...rest, matches: undefined, openedBy: [...context.openedBy, id] });
  }
  if (regions.length <= 2 && !context.matches) return units.flatMap((unit) => shownUnit(unit, regions.length, context));
  return [{ kind: "run", id, regions, range: { base: first.range.base, end: last.range.end } as AddressRange<Space>, column: 0, columns: 1, openedBy: context.openedBy }];
}

/** Of regions that overlap each other so many have a box of their own. */
function mostSideBySide(budget: number): number {
  return Math.max(4, Math.floor(budget / 4));
}

/** The boxes of a unit, what matters first. What does not fit side by side is one more column, that counts it. */
function shownUnit(unit: Unit, inside: number, context: Context): MapRow[] {
  const plain = divide(unit, mostSideBySide(context.budget), MOST_COLUMNS, context);
  const restId = plain.rest.length === 0 ? undefined : restIdOf(plain.rest);
  const isOpened = restId !== undefined && context.opened.has(restId);
  const { shown, rest } = isOpened ? divide(unit, context.budget, 2 * MOST_COLUMNS, context) : plain;
  const opening = isOpened ? { ...context, openedBy: [...context.openedBy, restId] } : context;
  const columns = columnsOf(shown);
  const total = Math.max(...columns) + (rest.length === 0 ? 1 : 2);
  const each = Math.floor(inside / shown.length);
  const boxes = shown.map((one, index) => box(one, columns[index] as number, total, each, opening));
  return rest.length === 0 ? boxes : [...boxes, restOf(rest, total, opening)];
}

/** The members that have a box, in the order of the lane, and the others. */
function divide({ members }: Unit, most: number, columns: number, { importance }: Context): { readonly shown: readonly NestedRegion[]; readonly rest: readonly NestedRegion[] } {
  const rank = (one: NestedRegion): number => importance(one.region) ?? 9;
  const chosen = new Set(members.length <= most ? members : [...members].sort((a, b) => rank(a) - rank(b)).slice(0, most));
  const inOrder = members.filter((one) => chosen.has(one));
  const places = columnsOf(inOrder);
  const shown = inOrder.filter((_, index) => (places[index] as number) < columns);
  const kept = new Set(shown);
  return { shown, rest: members.filter((one) => !kept.has(one)) };
}

function restIdOf(rest: readonly NestedRegion[]): string {
  return `${(rest[0] as NestedRegion).region.id}..+${rest.length}`;
}

function restOf(rest: readonly NestedRegion[], columns: number, { openedBy }: Context): RunRow {
  const regions = rest.flatMap((one) => [...regionsIn(one)]);
  const [first] = regions as [MapRegion];
  const end = regions.reduce((last, one) => (one.range.end > last ? one.range.end : last), first.range.end);
  return { kind: "run", id: restIdOf(rest), regions, range: { base: first.range.base, end }, column: columns - 1, columns, openedBy };
}

function box(node: NestedRegion, column: number, columns: number, inside: number, context: Context): RegionRow {
  const { region } = node;
  const all = node.children.flatMap((child) => [...regionsIn(child)]);
  const count = all.length;
  const isOpened = context.opened.has(insideOf(region));
  const budget = isOpened ? context.budget : inside;
  const children = count === 0 || budget === 0 ? [] : foldSiblings(node.children, Math.min(budget, count), isOpened ? { ...context, openedBy: [...context.openedBy, insideOf(region)] } : context);
  return { kind: "region", region, children, column, columns, hidden: children.length === 0 ? all : [], openedBy: context.openedBy };
}
