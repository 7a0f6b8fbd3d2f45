// Which overlaps are findings, and of what kind: one finding a pair, the most specific kind. The legal ones are those of language.md,
// "Which overlaps are legal". Knows nothing of messages, nor of what would mend an overlap.
import type { AddressRange, Space } from "../address";
import { contains, intersection, sameRange } from "../address";
import type { Entry } from "../language/valueType";
import type { HostBridge, NamedEntry, Reservation } from "../platform";
import type { AddressMap, Occupant, OccupantPair, Role } from "./addressMap";
import { compareOccupants } from "./addressMap";
import type { EntryChange } from "./entryChange";
import { collectReservedRegionOverlaps } from "./iovaMaps";
import type { Plan } from "./plan";
import { known, occupantsOf } from "./occupants";
import type { PciNode } from "./pciTree";
import { ancestors } from "./pciTree";
import { partTest } from "./partTest";
import { ownerNames } from "./places";

/** In the order of precedence: a pair that is several of them is the first. */
export type OverlapKind = "host-bridge-windows" | "memory-and-mmio" | "reservations" | "rmrs" | "same-range" | "other";

export interface Overlap<S extends Space = Space> {
  readonly kind: OverlapKind;
  /** Of the two, the one that comes later in the description: the finding stands there. */
  readonly later: Occupant<S>;
  readonly earlier: Occupant<S>;
  readonly shared: AddressRange<S>;
  readonly map: AddressMap<S>;
}

export interface OverlapReport {
  readonly overlaps: readonly Overlap[];
  /** Titles of the maps in which the search ended early, because too many ranges share their addresses. */
  readonly truncated: readonly string[];
  /** Pairs of the physical map that share addresses, the legal ones too. */
  readonly physicalPairs: number;
}

const MMIO: ReadonlySet<Role> = new Set(["device", "doorbell", "iommu", "config", "window", "cxl-registers"]);

/** More overlaps than these are not looked for: each of them is a finding, and nobody mends so many one by one. */
const OVERLAP_LIMIT = 10_000;

/** Looks through every map of the platform. */
export function findOverlaps(plan: Plan): OverlapReport {
  const overlaps: Overlap[] = [];
  const truncated: string[] = [];
  const seen = new Set<string>();
  const collectFrom = <S extends Space>(map: AddressMap<S>, kindOf: KindOf<S>): number => {
    const { pairs, isWhole } = collect(map, map.pairs(), kindOf, overlaps, seen);
    if (!isWhole) truncated.push(map.title);
    return pairs;
  };
  const physicalPairs = collectFrom(plan.physical, physicalKind(plan));
  for (const bridge of plan.platform.pci ?? []) {
    const kind = busKind(plan, bridge);
    collectFrom(plan.busMemory(bridge), kind);
    collectFrom(plan.busIo(bridge), kind);
  }
  collectReservedRegionOverlaps(plan.platform, OVERLAP_LIMIT, overlaps, truncated);
  return { overlaps, truncated, physicalPairs };
}

/** Lists whose entries lie in the physical map alone. */
const PHYSICAL_LISTS: ReadonlySet<string> = new Set(["memory", "devices", "reserved", "doorbells"]);

/**
 * The overlaps after a change of one entry: those of the others stay, and those of the entry are looked for anew. Undefined where more may have changed:
 * when the search ended early or would end now, or when the entry is part of what its author declares to overlap.
 */
export function overlapsAfter(report: OverlapReport, old: Plan, plan: Plan, { list, before, after, sameNames }: EntryChange): OverlapReport | undefined {
  if (!PHYSICAL_LISTS.has(list) || report.truncated.length > 0 || !declareTheSame(before, after) || !(sameNames || declaresNothing(plan))) return undefined;
  const gone = occupantsOf(old.physical, before);
  const had = [...old.physical.pairsOf(gone)].length;
  const pairs = [...plan.physical.pairsOf(occupantsOf(plan.physical, after))];
  const physicalPairs = report.physicalPairs - had + pairs.length;
  const anew: Overlap[] = [];
  collect(plan.physical, pairs.values(), physicalKind(plan), anew, new Set());
  if (physicalPairs > plan.physical.pairLimit || report.overlaps.length + anew.length >= OVERLAP_LIMIT) return undefined;
  const isPhysical = (one: Overlap): boolean => one.map === (old.physical as AddressMap);
  const isGone = (one: Occupant): boolean => gone.has(one as Occupant<"pa">);
  const kept = report.overlaps.filter((one) => isPhysical(one) && !isGone(one.earlier) && !isGone(one.later));
  const physical = [...kept.map((one) => ({ ...one, map: plan.physical as AddressMap })), ...anew];
  if (anew.length > 0) physical.sort(inOrderOfSweep);
  return { overlaps: [...physical, ...report.overlaps.filter((one) => !isPhysical(one))], truncated: [], physicalPairs };
}

/** True when no entry says what it is a part of or shares its addresses with: then names decide nothing. */
function declaresNothing(plan: Plan): boolean {
  return (["memory", "devices", "reserved", "doorbells", "iommus"] as const).every((list) => plan.entriesWhere(list, declares).length === 0);
}

function declares(entry: Partial<Pick<Reservation, "in" | "sharedWith">>): boolean {
  return entry.in !== undefined || entry.sharedWith !== undefined;
}

/** What an entry is part of, or shares its addresses with, decides on overlaps of others, too. */
function declareTheSame(before: Entry, after: Entry): boolean {
  const [one, other] = [before, after] as Partial<Pick<Reservation, "in" | "sharedWith">>[];
  return one?.in === other?.in && one?.sharedWith === other?.sharedWith;
}

/** By the upper of the two, then by the lower, as `AddressMap.pairs` finds them. */
function inOrderOfSweep(a: Overlap, b: Overlap): number {
  const [lowerOfA, upperOfA] = inOrder(a);
  const [lowerOfB, upperOfB] = inOrder(b);
  return compareOccupants(upperOfA, upperOfB) || compareOccupants(lowerOfA, lowerOfB);
}

function inOrder({ earlier, later }: Overlap): [lower: Occupant, upper: Occupant] {
  return compareOccupants(earlier, later) < 0 ? [earlier, later] : [later, earlier];
}

type KindOf<S extends Space> = (pair: OccupantPair<S>) => OverlapKind | undefined;

/** Takes pairs until there are none, or too many overlaps. Says how many pairs it took, and whether those were all. */
function collect<S extends Space>(
  map: AddressMap<S>, pairs: Iterator<OccupantPair<S>, boolean | undefined>, kindOf: KindOf<S>, overlaps: Overlap[], seen: Set<string>,
): { pairs: number; isWhole: boolean } {
  let taken = 0;
  let next = pairs.next();
  for (; next.done !== true && overlaps.length < OVERLAP_LIMIT; next = pairs.next()) {
    taken++;
    const pair = next.value;
    const kind = kindOf(pair);
    if (kind === undefined) continue;
    const [earlier, later] = pair.lower.order < pair.upper.order ? [pair.lower, pair.upper] : [pair.upper, pair.lower];
    const key = [earlier, later].map((one) => one.entry.path.join("/")).join(" ");
    const shared = intersection(earlier.range, later.range);
    // Two windows that clash on both sides of one bridge are one finding.
    if (!shared || (seen.has(key) && later.role === "window")) continue;
    seen.add(key);
    overlaps.push({ kind, earlier, later, shared, map } as unknown as Overlap);
  }
  return { pairs: taken, isWhole: next.done === true && next.value !== true };
}

function physicalKind(plan: Plan): KindOf<"pa"> {
  const related = declaredRelation(plan);
  return ({ lower, upper }) => {
    if (isLegalInPhysical(lower, upper) || isLegalInPhysical(upper, lower) || related(lower, upper)) return undefined;
    if (lower.role === "window" && upper.role === "window" && hostBridgeOf(lower) !== hostBridgeOf(upper)) return "host-bridge-windows";
    if (isMemoryAndMmio(lower.role, upper.role)) return "memory-and-mmio";
    if (lower.role === "reservation" && upper.role === "reservation") return "reservations";
    return sameRange(lower.range, upper.range) ? "same-range" : "other";
  };
}

/** Containers that may hold what is inside them. */
function isLegalInPhysical(outer: Occupant<"pa">, inner: Occupant<"pa">): boolean {
  if (!contains(outer.range, inner.range)) return false;
  switch (inner.role) {
    case "reservation":
      return outer.role === "memory" || outer.role === "device";
    case "doorbell":
      return outer.role === "device";
    case "config":
      return outer.role === "window" && hostBridgeOf(outer) === hostBridgeOf(inner);
    case "memory":
      return outer.role === "cxl-window";
    default:
      return false;
  }
}

function isMemoryAndMmio(a: Role, b: Role): boolean {
  return (a === "memory" && MMIO.has(b)) || (b === "memory" && MMIO.has(a));
}

/** Overlaps that the author declares: `in`, over any number of steps, and `sharedWith` on both sides. */
function declaredRelation(plan: Plan): (a: Occupant<"pa">, b: Occupant<"pa">) => boolean {
  type Related = NamedEntry & Partial<Pick<Reservation, "in" | "sharedWith">>;
  const entryOf = (name: string): Related | undefined => plan.entries.get(name);
  const isPartOf = partTest(plan);
  const ownerOf = ownerNames(plan);
  return (a, b) => {
    const [nameOfA, nameOfB] = [ownerOf(a), ownerOf(b)];
    const [one, other] = [entryOf(nameOfA), entryOf(nameOfB)];
    if (!one || !other || (one.in === undefined && other.in === undefined && one.sharedWith === undefined)) return false;
    return isPartOf(nameOfA, nameOfB) || isPartOf(nameOfB, nameOfA) || (one.sharedWith === nameOfB && other.sharedWith === nameOfA);
  };
}

/**
 * Below a host bridge everything lies in the windows above it; whether it does is for other rules. What does not, and so met the window of
 * another bridge, is one mistake: the finding is that it is outside.
 */
function busKind(plan: Plan, bridge: HostBridge): KindOf<"bus"> {
  const owners = new Map<string, PciNode>();
  for (const node of plan.functionsOf(bridge)) owners.set(node.anchor.path.join("/"), node);
  const ownerOf = (one: Occupant<"bus">): PciNode | undefined => owners.get(one.entry.path.slice(0, -2).join("/"));
  const isAbove = (outer: Occupant<"bus">, inner: Occupant<"bus">): boolean => {
    if (outer.role === "window") return inner.role !== "window";
    const [above, below] = [ownerOf(outer), ownerOf(inner)];
    return outer.role === "bridge-window" && below !== undefined && above !== undefined && [...ancestors(below)].includes(above);
  };
  const hasStrayed = (one: Occupant<"bus">, other: Occupant<"bus">): boolean =>
    other.role === "bridge-window" && isOutside(ownerOf(one)?.parent, one.range);
  return ({ lower, upper }) => {
    if (isAbove(lower, upper) || isAbove(upper, lower) || hasStrayed(lower, upper) || hasStrayed(upper, lower)) return undefined;
    return sameRange(lower.range, upper.range) ? "same-range" : "other";
  };
}

/** True when the bridge is known to forward none of its windows as far. */
function isOutside(bridge: PciNode | undefined, range: AddressRange<"bus">): boolean {
  if (!bridge || bridge.function.windows === "unknown") return false;
  return !known(bridge.function.windows).some(({ busExtent }) => !busExtent || busExtent.ranges.some((window) => contains(window, range)));
}

/** The path of the host bridge in whose entry an occupant stands. */
function hostBridgeOf(one: Occupant): string {
  return one.entry.path.slice(0, 2).join("/");
}
