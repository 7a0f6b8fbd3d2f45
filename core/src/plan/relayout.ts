// A new layout of the physical map in which nothing overlaps that may not: as few entries move as can be, of those choices the one that moves the fewest bytes,
// of those the first by name. Memory, windows and configuration space are fixed, and so is what has parts, several ranges, or a place that is an expression.
// Knows nothing of text; that no new finding comes of it is tried by whoever offers it.
import type { Address, AddressRange } from "../address";
import { ADDRESS_LIMIT, address, alignDown, alignUp, contains, sizeOf } from "../address";
import { jsonPointer } from "../anchor";
import type { Edit } from "../finding";
import type { Occupant, Role } from "./addressMap";
import type { Overlap } from "./overlaps";
import { naturalAlignment, rangeEdits } from "./placement";
import { wholeEntry } from "./places";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";

/** An entry and where it goes. Its size stays. */
export interface Move {
  readonly occupant: Occupant<"pa">;
  readonly to: AddressRange<"pa">;
}

export interface Relayout {
  /** By name. */
  readonly moves: readonly Move[];
  readonly edits: readonly Edit[];
  /** Pairs that stay, since neither side can move. */
  readonly blocked: readonly Overlap<"pa">[];
}

const MOVABLE: ReadonlySet<Role> = new Set<Role>(["device", "reservation", "doorbell", "iommu"]);
/** So many entries that overlap each other are looked at in every way; of more, the one that overlaps most moves first. */
const EXACT_LIMIT = 20;

/**
 * Undefined when nothing overlaps, or nothing of it can be mended by moving.
 * @param isMeant an overlap that the author allows
 */
export function relayout(plan: Plan, isMeant: (overlap: Overlap) => boolean = () => false): Relayout | undefined {
  const overlaps = plan.overlaps.overlaps.filter((one): one is Overlap<"pa"> => one.map === plan.physical && !isMeant(one));
  const fixed = fixedEntries(plan);
  for (;;) {
    const isMovable = (one: Occupant<"pa">): boolean => MOVABLE.has(one.role) && !fixed.has(keyOf(one));
    const blocked = overlaps.filter(({ earlier, later }) => !isMovable(earlier) && !isMovable(later));
    const pairs = overlaps.filter((one) => !blocked.includes(one));
    if (pairs.length === 0) return undefined;
    const moving = components(pairs, isMovable).flatMap((component) => cheapestCover(component, isMovable));
    const placed = place(plan, moving);
    if ("moves" in placed) return { ...placed, edits: placed.moves.flatMap(({ occupant, to }) => rangeEdits(occupant, to)), blocked };
    // What finds no place stays where it is: then its neighbours have to move.
    fixed.add(keyOf(placed.unplaceable));
  }
}

/** Entries that others lie in, that say several ranges, or whose place is worked out. */
function fixedEntries(plan: Plan): Set<string> {
  const { platform } = plan;
  const owners = [platform.memory, platform.devices, platform.reserved, platform.doorbells, platform.iommus].flatMap((list): readonly { readonly in?: string }[] => list ?? []);
  const whole = new Set(owners.map((one) => one.in).filter((name) => name !== undefined));
  const isFixed = ({ name, extent, at }: Occupant): boolean => whole.has(name) || extent.ranges.length > 1 || plan.expressionAt(at.path) !== undefined;
  return new Set(plan.physical.occupants.filter(isFixed).map(keyOf));
}

function keyOf(occupant: Occupant): string {
  return jsonPointer(wholeEntry(occupant).path);
}

/** Pairs that hang together: what is chosen in one component changes nothing in another. */
function components(pairs: readonly Overlap<"pa">[], isMovable: (one: Occupant<"pa">) => boolean): Overlap<"pa">[][] {
  const groups: { readonly keys: Set<string>; readonly pairs: Overlap<"pa">[] }[] = [];
  for (const pair of pairs) {
    const keys = [pair.earlier, pair.later].filter(isMovable).map(keyOf);
    const touched = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const joined = { keys: new Set([...keys, ...touched.flatMap((group) => [...group.keys])]), pairs: [...touched.flatMap((group) => group.pairs), pair] };
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups.map((group) => group.pairs);
}

/** Entries of which every pair has one: the fewest, then the fewest bytes, then the first names. */
function cheapestCover(pairs: readonly Overlap<"pa">[], isMovable: (one: Occupant<"pa">) => boolean): Occupant<"pa">[] {
  const entries = new Map(pairs.flatMap(({ earlier, later }) => [earlier, later]).filter(isMovable).map((one) => [keyOf(one), one]));
  if (entries.size > EXACT_LIMIT) return greedyCover(pairs, entries);
  let best: Occupant<"pa">[] | undefined;
  const search = (chosen: readonly Occupant<"pa">[]): void => {
    if (best && chosen.length > best.length) return;
    const open = pairs.find(({ earlier, later }) => !chosen.some((one) => keyOf(one) === keyOf(earlier) || keyOf(one) === keyOf(later)));
    if (!open) {
      const sorted = [...chosen].sort(byName);
      if (!best || compareCovers(sorted, best) < 0) best = sorted;
      return;
    }
    for (const one of [open.earlier, open.later]) if (isMovable(one)) search([...chosen, entries.get(keyOf(one)) as Occupant<"pa">]);
  };
  search([]);
  return best ?? [];
}

function greedyCover(pairs: readonly Overlap<"pa">[], entries: ReadonlyMap<string, Occupant<"pa">>): Occupant<"pa">[] {
  const chosen = new Map<string, Occupant<"pa">>();
  for (;;) {
    const open = pairs.filter(({ earlier, later }) => !chosen.has(keyOf(earlier)) && !chosen.has(keyOf(later)));
    if (open.length === 0) return [...chosen.values()].sort(byName);
    const degrees = new Map<string, number>();
    for (const key of open.flatMap(({ earlier, later }) => [keyOf(earlier), keyOf(later)])) degrees.set(key, (degrees.get(key) ?? 0) + 1);
    const candidates = [...entries].filter(([key]) => degrees.has(key));
    candidates.sort(([a, one], [b, other]) => (degrees.get(b) ?? 0) - (degrees.get(a) ?? 0) || compare(sizeOf(one.range), sizeOf(other.range)) || byName(one, other));
    const [first] = candidates;
    if (!first) return [...chosen.values()].sort(byName);
    chosen.set(...first);
  }
}

function compareCovers(a: readonly Occupant<"pa">[], b: readonly Occupant<"pa">[]): number {
  const names = (cover: readonly Occupant<"pa">[]): string => cover.map((one) => one.name).join("\n");
  return a.length - b.length || compare(bytes(a), bytes(b)) || (names(a) < names(b) ? -1 : names(a) > names(b) ? 1 : 0);
}

function bytes(cover: readonly Occupant<"pa">[]): bigint {
  return cover.reduce((sum, one) => sum + sizeOf(one.range), 0n);
}

/** Places them, the largest first, each as near to where it was as what stays and what is placed already lets it. */
function place(plan: Plan, moving: readonly Occupant<"pa">[]): { readonly moves: readonly Move[] } | { readonly unplaceable: Occupant<"pa"> } {
  const leaving = new Set(moving.map(keyOf));
  const staying = plan.physical.occupants.filter((one) => !leaving.has(keyOf(one)));
  const placed: AddressRange<"pa">[] = [];
  const moves: Move[] = [];
  for (const occupant of [...moving].sort((a, b) => -compare(sizeOf(a.range), sizeOf(b.range)) || byName(a, b))) {
    const to = nearestFree(plan, occupant, staying, placed);
    if (!to) return { unplaceable: occupant };
    placed.push(to);
    moves.push({ occupant, to });
  }
  return { moves: moves.sort((a, b) => byName(a.occupant, b.occupant)) };
}

/** What lies in memory, or in a device, stays in it. */
function nearestFree(plan: Plan, { range, role }: Occupant<"pa">, staying: readonly Occupant<"pa">[], placed: readonly AddressRange<"pa">[]): AddressRange<"pa"> | undefined {
  const holders = staying.filter((one) => (one.role === "memory" || one.role === "device") && contains(one.range, range));
  const isHeld = role === "reservation" && holders.length > 0;
  const within = isHeld ? new RangeSet(staying.filter((one) => one.role === "memory").map((one) => one.range)).ranges : [{ base: address<"pa">(0n), end: address<"pa">(limitOf(plan)) }];
  const taken = new RangeSet([...staying.filter((one) => !isHeld || one.role !== "memory").map((one) => one.range), ...placed]);
  const [size, alignment] = [sizeOf(range), naturalAlignment(range)];
  const bases = within.flatMap((one) => taken.missingIn(one)).flatMap((stretch) => nearestIn(stretch, range.base, size, alignment));
  const distance = (base: bigint): bigint => (base > range.base ? base - range.base : range.base - base);
  const [best] = bases.sort((a, b) => compare(distance(a), distance(b)) || compare(a, b));
  return best === undefined ? undefined : { base: best, end: address(best + size) };
}

function nearestIn(stretch: AddressRange<"pa">, wanted: Address<"pa">, size: bigint, alignment: bigint): Address<"pa">[] {
  const lowest = alignUp(stretch.base, alignment);
  if (lowest + size > stretch.end) return [];
  const highest = alignDown(address<"pa">(stretch.end - size), alignment);
  const nearest = wanted < lowest ? lowest : wanted > highest ? highest : alignDown(wanted, alignment);
  const above = address<"pa">(nearest + alignment);
  return nearest < wanted && above <= highest ? [nearest, above] : [nearest];
}

/** Nothing is moved above 4 GiB that has nothing up there for company. */
function limitOf(plan: Plan): bigint {
  const { physicalAddressBits } = plan.platform;
  const top = plan.physical.occupants.reduce((highest, one) => (one.range.end > highest ? one.range.end : highest), 1n << 32n);
  const width = typeof physicalAddressBits === "number" ? 1n << BigInt(physicalAddressBits) : ADDRESS_LIMIT;
  return top < width ? top : width;
}

function byName(a: Occupant, b: Occupant): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
