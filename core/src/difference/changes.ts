// What has become of the entries of a file: each entry of either side is in exactly one change, or in a pair that says the same. Knows nothing of
// conflicts and groups, nor of words.
import { sizeOf } from "../address";
import { printSizeLiteral } from "../print";
import type { DescribedEntry, DescribedPlace } from "./entries";
import type { Matching } from "./matching";

/** In the order in which they are told. */
export type ChangeKind = "added" | "removed" | "moved" | "resized" | "renamed" | "retyped" | "changed";

export interface Change {
  /** Never empty. `added` and `removed` stand alone. */
  readonly kinds: readonly ChangeKind[];
  readonly before: DescribedEntry | undefined;
  readonly after: DescribedEntry | undefined;
  /** Places that differ, in the order of the language. */
  readonly places: readonly PlaceChange[];
  /** What else differs: keys of the language, values as they are printed. */
  readonly facts: readonly FactChange[];
  /** What came or went with an entry that was added or removed. */
  readonly contained: readonly DescribedEntry[];
}

export interface PlaceChange {
  /** `extent`, `cpuExtent` or `busExtent`. */
  readonly place: string;
  readonly before: DescribedPlace | undefined;
  readonly after: DescribedPlace | undefined;
}

export interface FactChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Changes {
  readonly changes: readonly Change[];
  readonly unchanged: readonly (readonly [before: DescribedEntry, after: DescribedEntry])[];
}

/** The changes in a stable order: that of the language, then by owner, address and name. */
export function changesBetween(before: readonly DescribedEntry[], after: readonly DescribedEntry[], matching: Matching): Changes {
  const pairs = [...matching.after].map(([old, now]) => ({ old, now, change: changeOf(old, now, matching) }));
  const changes = [
    ...pairs.flatMap(({ change }) => (change ? [change] : [])),
    ...alone(before, matching.after, "removed"),
    ...alone(after, matching.before, "added"),
  ];
  return { changes: changes.sort(byPlace), unchanged: pairs.flatMap(({ old, now, change }) => (change ? [] : [[old, now] as const])) };
}

function changeOf(before: DescribedEntry, after: DescribedEntry, matching: Matching): Change | undefined {
  const places = placeChanges(before, after);
  const facts = factChanges(before, after, matching);
  const kinds = new Set<ChangeKind>();
  for (const one of places) for (const kind of kindsOf(one)) kinds.add(kind);
  if (facts.some(({ key }) => key === "at" || key === BELOW)) kinds.add("moved");
  if (before.name !== after.name) kinds.add("renamed");
  if (before.list !== after.list || facts.some(({ key }) => key === "type")) kinds.add("retyped");
  if (facts.some(({ key }) => !["at", BELOW, "type"].includes(key))) kinds.add("changed");
  return kinds.size === 0 ? undefined : { kinds: ORDER.filter((kind) => kinds.has(kind)), before, after, places, facts, contained: [] };
}

/** What a function is behind, where that is another bridge than before. */
export const BELOW = "below";
const ORDER: readonly ChangeKind[] = ["added", "removed", "moved", "resized", "renamed", "retyped", "changed"];

function placeChanges(before: DescribedEntry, after: DescribedEntry): PlaceChange[] {
  const names = [...new Set([...before.places.keys(), ...after.places.keys()])];
  return names.map((place) => ({ place, before: before.places.get(place), after: after.places.get(place) })).filter((one) => !isSamePlace(one));
}

function isSamePlace({ before, after }: PlaceChange): boolean {
  if (!before || !after) return false;
  return before.ranges.length === after.ranges.length && before.ranges.every(({ base, end }, index) => base === after.ranges[index]?.base && end === after.ranges[index]?.end);
}

function kindsOf({ before, after }: PlaceChange): ChangeKind[] {
  if (!before || !after) return ["moved"];
  const [old, now] = [bytesOf(before), bytesOf(after)];
  if (old === now) return ["moved"];
  return before.ranges[0]?.base === after.ranges[0]?.base ? ["resized"] : ["moved", "resized"];
}

function bytesOf({ ranges }: DescribedPlace): bigint {
  return ranges.reduce((sum, range) => sum + sizeOf(range), 0n);
}

function factChanges(before: DescribedEntry, after: DescribedEntry, matching: Matching): FactChange[] {
  const keys = [...new Set([...before.facts.keys(), ...after.facts.keys()])].sort();
  const facts = keys.map((key) => ({ key, before: before.facts.get(key), after: after.facts.get(key) })).filter((one) => one.before !== one.after);
  if (before.identity !== after.identity) facts.unshift({ key: "at", before: before.identity, after: after.identity });
  dropSizeOfPlace(facts, before, after);
  const isElsewhere = before.owner !== undefined && before.list === after.list && matching.after.get(before.owner) !== after.owner;
  if (isElsewhere) facts.push({ key: BELOW, before: before.owner?.label, after: after.owner?.label });
  return facts;
}

/** The size of an entry that has no place yet is a fact; once it has one of that size, the place says it. */
function dropSizeOfPlace(facts: FactChange[], before: DescribedEntry, after: DescribedEntry): void {
  const placed = after.facts.has("size") ? before : after;
  const said = after.facts.get("size") ?? before.facts.get("size");
  const [place] = placed.places.values();
  const at = facts.findIndex(({ key }) => key === "size");
  if (at >= 0 && place && !placed.facts.has("size") && printSizeLiteral(bytesOf(place)) === said) facts.splice(at, 1);
}

/** What has no pair, each with all of its parts that have none either. */
function alone(entries: readonly DescribedEntry[], pairs: ReadonlyMap<DescribedEntry, DescribedEntry>, kind: "added" | "removed"): Change[] {
  const holders = new Map<DescribedEntry, DescribedEntry[]>();
  const holderOf = new Map<DescribedEntry, DescribedEntry>();
  for (const one of entries) {
    if (pairs.has(one)) continue;
    const holder = one.owner && holderOf.get(one.owner);
    holderOf.set(one, holder ?? one);
    if (holder) holders.get(holder)?.push(one);
    else holders.set(one, []);
  }
  return [...holders].map(([one, contained]) => ({
    kinds: [kind], before: kind === "removed" ? one : undefined, after: kind === "added" ? one : undefined, places: [], facts: [], contained,
  }));
}

function byPlace(a: Change, b: Change): number {
  const [one, other] = [(a.after ?? a.before) as DescribedEntry, (b.after ?? b.before) as DescribedEntry];
  return compareRanks(one.rank, other.rank) || compare(one.owner?.label ?? "", other.owner?.label ?? "") || compare(baseOf(one), baseOf(other)) || compare(one.label, other.label) || compare(one.key, other.key) || compare(a.kinds[0] ?? "", b.kinds[0] ?? "");
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let depth = 0; depth < Math.max(a.length, b.length); depth++) {
    const difference = (a[depth] ?? -1) - (b[depth] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function baseOf({ places }: DescribedEntry): bigint {
  return [...places.values()][0]?.ranges[0]?.base ?? -1n;
}
