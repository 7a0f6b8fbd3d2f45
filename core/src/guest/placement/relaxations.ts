// What would make a guest fit that does not: another place for its doorbell, the fewest hosts to leave out, the fewest regions that would have to go, the fewest requests to drop, less
// memory, more address bits. Knows nothing of words.
import type { AddressRange } from "../../address";
import { alignDown, overlaps } from "../../address";
import type { GuestMemory } from "../../guest";
import type { Contribution } from "../contributions";
import { contributionsOf } from "../contributions";
import type { ForbiddenRange } from "../forbidden";
import { joinContributions } from "../forbidden";
import type { GuestPlan } from "../guestPlan";
import { placementInput } from "../guestPlacement";
import { place } from "./place";
import type { Conflict, DoorbellChoice, Placement, PlacementInput, Requested } from "./placement";
import { freeMemory } from "./requests";
import type { Removal } from "./smallestRemoval";
import { smallestRemoval } from "./smallestRemoval";

export type Relaxation =
  /** Where the doorbell would go without the base that the file gives. */
  | { readonly kind: "doorbell"; readonly range: AddressRange<"ipa">; readonly choice: DoorbellChoice }
  | { readonly kind: "hosts"; readonly hosts: readonly string[]; readonly isSmallest: boolean }
  | { readonly kind: "regions"; readonly regions: readonly ForbiddenRange[]; readonly isSmallest: boolean }
  | { readonly kind: "requests"; readonly requests: readonly Requested[]; readonly isSmallest: boolean }
  /** The most memory that fits in place of what is asked for. */
  | { readonly kind: "less-memory"; readonly entry: GuestMemory; readonly size: bigint }
  /** The least width of guest addresses with which it fits. */
  | { readonly kind: "wider-addresses"; readonly bits: number };

/** Nothing for a placement that is feasible. Each kind at most once, in the order above; what would not help is left out. */
export function relaxationsFor(plan: GuestPlan, placement: Placement, options: Pick<PlacementInput, "ignoresBanks"> = {}): readonly Relaxation[] {
  if (placement.feasible) return [];
  const input: PlacementInput = { ...placementInput(plan), ...options, mostCombinations: 60 };
  return [
    ...doorbellElsewhere(input, placement.conflicts),
    ...hostsToLeaveOut(input, contributionsOf(plan), placement.conflicts),
    ...regionsInTheWay(input, placement.conflicts),
    ...requestsToDrop(input),
    ...lessMemory(input, placement.conflicts),
    ...widerAddresses(plan, input),
  ];
}

function doorbellElsewhere(input: PlacementInput, conflicts: readonly Conflict[]): Relaxation[] {
  const { doorbell, ...rest } = input.guest;
  if (doorbell?.base === undefined || !conflicts.some((one) => one.of.kind === "doorbell")) return [];
  const { base, ...anywhere } = doorbell;
  const { feasible, doorbell: placed } = place({ ...input, guest: { ...rest, doorbell: anywhere } });
  const { range, choice } = placed;
  return feasible && range && choice && range.base !== base ? [{ kind: "doorbell", range, choice }] : [];
}

/** What clashes with something that is written down has to go in any case, but for a window that could move if there were room; hosts that bring the same are one candidate, as heavy as they are many. */
function hostsToLeaveOut(input: PlacementInput, contributions: readonly Contribution[], conflicts: readonly Conflict[]): Relaxation[] {
  const clashing = new Set(contributions.filter((one) => conflicts.some((conflict) => clashesWith(one, conflict))));
  const classes = new Map<string, Contribution[]>();
  for (const one of contributions) {
    if (clashing.has(one)) continue;
    const key = signature(one);
    const same = classes.get(key);
    if (same) same.push(one);
    else classes.set(key, [one]);
  }
  const candidates = [...classes.values()];
  const found = removalBeside(
    candidates,
    (same) => same.length,
    (removed) => isFeasible({ ...input, forbidden: joinContributions(input.guest, candidates.filter((same) => !removed.has(same)).flat()) }),
  );
  if (!found || clashing.size + found.removed.length === 0) return [];
  const hosts = new Set([...clashing, ...found.removed.flat()].map((one) => one.host));
  return [{ kind: "hosts", hosts: contributions.map((one) => one.host).filter((host, index, all) => hosts.has(host) && all.indexOf(host) === index), isSmallest: found.isSmallest }];
}

function clashesWith({ host, inputWidth }: Contribution, conflict: Conflict): boolean {
  if (conflict.kind !== "clash") return false;
  const { obstacle, range } = conflict;
  if (obstacle.kind === "forbidden") return !obstacle.region.isMovable && obstacle.region.hosts.includes(host);
  return obstacle.kind === "top" && inputWidth !== undefined && range.end > 1n << BigInt(inputWidth.bits);
}

/** The smallest removal, where nothing at all may be enough. */
function removalBeside<T>(candidates: readonly T[], weight: (candidate: T) => number, holds: (removed: ReadonlySet<T>) => boolean): Removal<T> | undefined {
  return holds(new Set()) ? { removed: [], isSmallest: true } : smallestRemoval(candidates, weight, holds);
}

function signature({ regions, inputWidth, page }: Contribution): string {
  return [inputWidth?.bits, page, ...regions.map(({ range, kind, isMovable }) => `${range.base}-${range.end} ${kind} ${isMovable}`).sort()].join("\n");
}

/** Only those that something could lie in; what clashes with something that is written down has to go in any case. */
function regionsInTheWay(input: PlacementInput, conflicts: readonly Conflict[]): Relaxation[] {
  const { forbidden } = input;
  const clashing = new Set(conflicts.flatMap((one) => (one.kind === "clash" && one.obstacle.kind === "forbidden" && !one.obstacle.region.isMovable ? [one.obstacle.region] : [])));
  const reach = reachOfRequests(input);
  const rest = forbidden.ranges.filter((one) => !clashing.has(one));
  const candidates = rest.filter((one) => reach.some((range) => overlaps(range, one.range)));
  const found = removalBeside(candidates, () => 1, (removed) => isFeasible({ ...input, forbidden: { ...forbidden, ranges: rest.filter((one) => !removed.has(one)) } }));
  if (!found || clashing.size + found.removed.length === 0) return [];
  const gone = new Set([...clashing, ...found.removed]);
  return [{ kind: "regions", regions: forbidden.ranges.filter((one) => gone.has(one)), isSmallest: found.isSmallest }];
}

/** From the lowest address of memory upward, and wherever something has a place already. */
function reachOfRequests(input: PlacementInput): { base: ForbiddenRange["range"]["base"]; end: ForbiddenRange["range"]["end"] }[] {
  const { guest, forbidden } = input;
  const fixed = (guest.memory ?? []).flatMap((one) => [...(one.extent?.ranges ?? []), ...(input.ignoresBanks === true ? [] : (one.banks ?? []))]);
  const free = freeMemory(input).flatMap((one) => (one.from < forbidden.top.end ? [{ base: one.from, end: forbidden.top.end }] : []));
  return [...fixed, ...free];
}

function requestsToDrop(input: PlacementInput): Relaxation[] {
  const { guest } = input;
  const candidates: Requested[] = [
    ...(guest.memory ?? []).map((entry): Requested => ({ kind: "memory", entry })),
    ...(guest.windows ?? []).map((entry): Requested => ({ kind: "window", entry })),
    ...(guest.doorbell ? [{ kind: "doorbell" } as const] : []),
  ];
  const found = smallestRemoval(candidates, () => 1, (removed) => isFeasible({ ...input, guest: without(guest, removed) }));
  return found ? [{ kind: "requests", requests: found.removed, isSmallest: found.isSmallest }] : [];
}

function without(guest: PlacementInput["guest"], removed: ReadonlySet<Requested>): PlacementInput["guest"] {
  const entries = new Set([...removed].map((one) => (one.kind === "doorbell" ? undefined : one.entry)));
  const { doorbell, ...rest } = guest;
  return {
    ...rest,
    memory: (guest.memory ?? []).filter((one) => !entries.has(one)),
    windows: (guest.windows ?? []).filter((one) => !entries.has(one)),
    ...(doorbell && !entries.has(undefined) ? { doorbell } : {}),
  };
}

/** Where one entry alone has no room, what of it has. */
function lessMemory(input: PlacementInput, conflicts: readonly Conflict[]): Relaxation[] {
  const [only, ...more] = conflicts;
  if (!only || more.length > 0 || only.kind !== "no-room" || only.of.kind !== "memory") return [];
  const { entry } = only.of;
  const align = freeMemory(input).find((one) => one.entry === entry)?.align ?? 1n;
  const size = alignDown((only.size - only.missing) as GuestMemory["from"] & bigint, align);
  if (size <= 0n) return [];
  const guest = { ...input.guest, memory: (input.guest.memory ?? []).map((one) => (one === entry ? { ...one, size } : one)) };
  return isFeasible({ ...input, guest }) ? [{ kind: "less-memory", entry, size }] : [];
}

/** Guests have at most 52 bits on Arm and x86. */
const MOST_BITS = 52;

function widerAddresses(plan: GuestPlan, input: PlacementInput): Relaxation[] {
  if (input.forbidden.top.hosts.length > 0) return [];
  for (let bits = input.forbidden.guestBits + 1; bits <= MOST_BITS; bits++) {
    const guest = { ...input.guest, physicalAddressBits: bits };
    const forbidden = joinContributions(guest, contributionsOf(plan));
    if (isFeasible({ ...input, guest, forbidden })) return [{ kind: "wider-addresses", bits }];
    if (forbidden.top.hosts.length > 0) return [];
  }
  return [];
}

function isFeasible(input: PlacementInput): boolean {
  return place(input).feasible;
}
