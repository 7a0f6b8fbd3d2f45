// Two memory maps as pairs of lanes, and what has become of each region between them. Knows nothing of coordinates, nor of which lanes are shown.
import { sameRange } from "../../address";
import type { Anchor } from "../../anchor";
import type { DifferenceItem } from "../../describe/differenceItems";
import type { Change } from "../../difference/changes";
import type { Difference } from "../../difference/difference";
import type { DescribedEntry } from "../../difference/entries";
import { entryKey } from "../../difference/entries";
import type { Occupant } from "../../plan/addressMap";
import type { FilePlan } from "../../plan/filePlan";
import type { MapLane, MapModel, MapRegion } from "../mapModel";
import { memoryMap } from "../memoryMap";
import { regionId } from "../occupantRegions";

export type Side = "left" | "right";

/** By what can be seen: its place in this lane, else what is said of it. */
export type RegionState = "same" | "added" | "removed" | "moved" | "resized" | "changed";

export interface ComparedRegion {
  readonly state: RegionState;
  /** Numbers of the sentences that are about it; none where its place follows from something else. */
  readonly items: readonly number[];
  /** The id of the same region on the other side. */
  readonly partner: string | undefined;
}

/** One address space before and after. A space that is on one side only has an empty lane on the other. */
export interface LanePair {
  readonly id: string;
  readonly title: string;
  readonly left: MapLane;
  readonly right: MapLane;
  /** Regions that are not the same, each once. */
  readonly changes: number;
}

/** An overlap that came or went, in a lane that has it. */
export interface ComparedConflict {
  readonly item: number;
  readonly lane: string;
  readonly regions: readonly [string, string];
}

export interface MapComparison {
  readonly title: string;
  /** Lanes and regions have the ids of their maps behind `left:` or `right:`. Physical and guest physical lanes come first. */
  readonly pairs: readonly LanePair[];
  readonly regions: ReadonlyMap<string, ComparedRegion>;
  readonly conflicts: readonly ComparedConflict[];
  readonly items: readonly DifferenceItem[];
}

/** Undefined where one of the two has no map. `items` are those of the difference. */
export function compareMaps(before: FilePlan, after: FilePlan, difference: Difference, items: readonly DifferenceItem[]): MapComparison | undefined {
  const [left, right] = [memoryMap(before, []), memoryMap(after, [])];
  if (!left || !right) return undefined;
  const entries = new ComparedEntries(difference);
  const regions = new Map<string, ComparedRegion>();
  const pairs = lanePairs(left, right).map(([old, now]) => pairOf(old, now, entries, regions));
  return { title: right.title, pairs, regions, conflicts: conflictsOf(pairs, difference), items };
}

/** Which entry a region is of, which entries are a pair, and which sentences are about them. */
class ComparedEntries {
  private readonly known: Readonly<Record<Side, Map<string, { readonly pair: string; readonly changes: { readonly number: number; readonly change: Change }[] }>>> = { left: new Map(), right: new Map() };

  constructor({ changes, unchanged }: Difference) {
    for (const [old, now] of unchanged) this.enter(old, now);
    changes.forEach((change, index) => {
      const said = { number: index + 1, change };
      this.enter(change.before, change.after, said);
      for (const one of change.contained) this.enter(change.before && one, change.after && one, said);
    });
  }

  /** Of the innermost entry that holds the anchor; the file itself is none. */
  of(side: Side, { file, path }: Anchor): { readonly pair: string; readonly changes: readonly { readonly number: number; readonly change: Change }[] } | undefined {
    for (let depth = path.length; depth > 0; depth--) {
      const found = this.known[side].get(entryKey({ file, path: path.slice(0, depth) }));
      if (found) return found;
    }
    return undefined;
  }

  private enter(old: DescribedEntry | undefined, now: DescribedEntry | undefined, said?: { readonly number: number; readonly change: Change }): void {
    const pair = old && now ? `both ${old.key}` : old ? `left ${old.key}` : `right ${now?.key ?? ""}`;
    const changes = said ? [said] : [];
    if (old) this.known.left.set(old.key, { pair, changes });
    if (now) this.known.right.set(now.key, { pair, changes });
  }
}

/** Lanes with the same id are a pair; one that is alone is beside an empty one. */
function lanePairs(left: MapModel, right: MapModel): readonly (readonly [MapLane, MapLane])[] {
  const old = new Map(left.lanes.map((lane) => [lane.id, lane]));
  const now = new Set(right.lanes.map(({ id }) => id));
  const pairs = right.lanes.map((lane) => [old.get(lane.id) ?? emptied(lane), lane] as const);
  const all = [...pairs, ...left.lanes.filter(({ id }) => !now.has(id)).map((lane) => [lane, emptied(lane)] as const)];
  const isFirst = ([{ space }]: readonly [MapLane, MapLane]): boolean => space === "pa" || space === "ipa";
  return [...all.filter(isFirst), ...all.filter((pair) => !isFirst(pair))];
}

function emptied(lane: MapLane): MapLane {
  return { ...lane, subtitle: "not there", regions: [], conflicts: [], unknown: [], closed: [] };
}

function pairOf(old: MapLane, now: MapLane, entries: ComparedEntries, regions: Map<string, ComparedRegion>): LanePair {
  const [left, right] = [onSide("left", old), onSide("right", now)];
  const [before, after] = [named("left", left, entries), named("right", right, entries)];
  let changes = 0;
  for (const [name, region] of before) {
    const partner = after.get(name);
    const said = region.source ? (entries.of("left", region.source.entry)?.changes ?? []) : [];
    const state = partner ? stateOf(region, partner, said.map(({ change }) => change)) : "removed";
    const items = state === "same" ? [] : said.map(({ number }) => number);
    regions.set(region.id, { state, items, partner: partner?.id });
    if (partner) regions.set(partner.id, { state, items, partner: region.id });
    if (state !== "same") changes += 1;
  }
  for (const [name, region] of after) {
    if (before.has(name)) continue;
    const said = region.source ? (entries.of("right", region.source.entry)?.changes ?? []) : [];
    regions.set(region.id, { state: "added", items: said.map(({ number }) => number), partner: undefined });
    changes += 1;
  }
  return { id: now.id, title: now.title, left, right, changes };
}

function onSide(side: Side, lane: MapLane): MapLane {
  const id = (one: string): string => `${side}:${one}`;
  return {
    ...lane,
    id: id(lane.id),
    subtitle: `${side === "left" ? "before" : "after"} · ${lane.subtitle}`,
    regions: lane.regions.map((region) => ({ ...region, id: id(region.id) })),
    conflicts: lane.conflicts.map(({ range, regions: [a, b] }) => ({ range, regions: [id(a), id(b)] })),
  };
}

/** The regions of a lane by names that are the same on both sides: of an entry its first range, its second; what has none by what it is called. */
function named(side: Side, { regions }: MapLane, entries: ComparedEntries): ReadonlyMap<string, MapRegion> {
  const names = new Map<string, MapRegion>();
  const counts = new Map<string, number>();
  for (const region of regions) {
    const entry = region.source && entries.of(side, region.source.entry);
    const name = entry?.pair ?? `${region.name} ${region.type}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    names.set(`${name} ${count}`, region);
  }
  return names;
}

function stateOf(before: MapRegion, after: MapRegion, changes: readonly Change[]): RegionState {
  if (!sameRange(before.range, after.range)) return before.range.base === after.range.base ? "resized" : "moved";
  const isSaidOtherwise = changes.some(({ kinds }) => kinds.some((kind) => kind !== "moved" && kind !== "resized"));
  return isSaidOtherwise ? "changed" : "same";
}

function conflictsOf(pairs: readonly LanePair[], { changes, conflicts: { appeared, gone } }: Difference): ComparedConflict[] {
  const find = (side: Side, lanes: readonly MapLane[], first: number, overlaps: readonly { readonly earlier: Occupant; readonly later: Occupant }[]): ComparedConflict[] =>
    overlaps.flatMap(({ earlier, later }, index) =>
      lanes.flatMap((lane): ComparedConflict[] => {
        const ids = [later, earlier].map((one) => `${side}:${regionId(lane.id.slice(side.length + 1), one)}`);
        const found = lane.conflicts.find((one) => one.regions.every((id) => ids.includes(id)));
        return found ? [{ item: first + index, lane: lane.id, regions: found.regions }] : [];
      }));
  const first = changes.length + 1;
  return [...find("right", pairs.map(({ right }) => right), first, appeared), ...find("left", pairs.map(({ left }) => left), first + appeared.length, gone)];
}

