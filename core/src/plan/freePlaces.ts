// Where something that is being written could lie: the free stretches of the map that it belongs to, and places in them for a size.
// Knows nothing of editors, nor of how a place is put into words.
import type { Address, AddressRange, Space } from "../address";
import { ADDRESS_LIMIT, address, alignDown, alignmentOf, alignUp, intersection, isPowerOfTwo, sizeOf } from "../address";
import type { Path } from "../anchor";
import { jsonPointer } from "../anchor";
import type { Entry } from "../language/valueType";
import { windowTypes } from "../language/vocabulary";
import type { HostBridge, Platform } from "../platform";
import type { AddressMap, Occupant } from "./addressMap";
import { entryAt } from "./entryAt";
import { FreeStretches } from "./freeStretches";
import { occupantsOf } from "./occupants";
import type { PciNode } from "./pciTree";
import type { WindowType } from "./pciWindows";
import { accessTo, BELOW_4_GIB, busMapOf, isIo, sayable, windowGranule } from "./pciWindows";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";
import { wholeEntry } from "./places";

/** The map that an entry belongs to, as far as it is free for it. */
export interface FreeSpace<S extends Space = Space> {
  readonly map: AddressMap<S>;
  /** The entry's own place counts as free. */
  readonly free: FreeStretches<S>;
  /** What the base of something of that size should be a multiple of. */
  alignment(size: bigint | undefined): bigint;
}

/** A place in a free stretch. */
export interface FreePlace<S extends Space = Space> {
  readonly base: Address<S>;
  readonly stretch: AddressRange<S>;
  /** It is at the lower end of the stretch, or at its upper one. */
  readonly end: "lower" | "upper";
}

/** The least that is offered when nobody has said how much is needed. */
const PAGE = 4096n;

/**
 * The free space for the value at a path, which says where an entry of the platform lies; undefined for any other value.
 * @param path of the value, such as `/reserved/1/base`
 * @param type what the entry's own `type` says, since an entry that is being written may not be in the plan yet
 */
export function freeSpaceFor(plan: Plan, path: Path, type?: string): FreeSpace | undefined {
  const [list] = path;
  const entry = path.slice(0, -1);
  const key = path.at(-1);
  if (path.length === 3 && key === "base") {
    if (list === "reserved" && (plan.platform.memory ?? []).length > 0) return inMemory(plan, entry);
    if (list === "memory" || list === "reserved" || list === "devices" || list === "doorbells" || list === "iommus" || list === "cxlWindows") return besideAll(plan, entry);
  }
  return list === "pci" ? freeSpaceOfPci(plan, path, entry, typeOf(type)) : undefined;
}

/**
 * At most `limit` places for `size` bytes, those that waste least first: for each stretch its lower end, and its upper one where that is another place.
 * Without a size, the lower ends of stretches that hold a page, the largest first.
 */
export function freePlaces<S extends Space>({ free, alignment }: Pick<FreeSpace<S>, "free" | "alignment">, size: bigint | undefined, limit: number): FreePlace<S>[] {
  const aligned = alignment(size);
  const found: FreePlace<S>[] = [];
  for (const stretch of size === undefined ? free.largestFirst() : free.smallestFirst(size)) {
    if (found.length >= limit || sizeOf(stretch) < (size ?? PAGE)) break;
    found.push(...placesIn(stretch, size, aligned));
  }
  return found.slice(0, limit);
}

/** The free bytes from a base on; 0 where it is not free. */
export function roomFrom<S extends Space>({ free }: Pick<FreeSpace<S>, "free">, base: bigint): bigint {
  const stretch = free.holding(base);
  return stretch ? stretch.end - base : 0n;
}

function placesIn<S extends Space>(stretch: AddressRange<S>, size: bigint | undefined, alignment: bigint): FreePlace<S>[] {
  const lower = alignUp(stretch.base, alignment);
  const needed = size ?? PAGE;
  if (lower + needed > stretch.end) return [];
  const upper = alignDown(address<S>(stretch.end - needed), alignment);
  const both = size !== undefined && upper > lower;
  const places: FreePlace<S>[] = [{ base: lower, stretch, end: "lower" }, ...(both ? [{ base: upper, stretch, end: "upper" } as const] : [])];
  // Address 0 is free nearly everywhere, and nearly nobody puts anything there.
  return lower === 0n ? places.reverse() : places;
}

/** Reservations go into memory, out of the way of each other and of anything else in it. */
function inMemory(plan: Plan, entry: Path): FreeSpace<"pa"> {
  return { map: plan.physical, free: withoutEntry(plan, freeInMemory(plan), entry, memoryOf(plan).ranges, isInTheWayInMemory), alignment: natural(PAGE) };
}

const memoryOf = perPlan((plan) => new RangeSet((plan.platform.memory ?? []).flatMap((one) => (one.disabled === true ? [] : (one.extent?.ranges ?? [])))));

const freeInMemory = perPlan((plan) => {
  const taken = new RangeSet(plan.physical.occupants.filter(isInTheWayInMemory).map((one) => one.range));
  return FreeStretches.of(memoryOf(plan).ranges.flatMap((range) => taken.missingIn(range)));
});

function isInTheWayInMemory({ role }: Occupant<"pa">): boolean {
  return role !== "memory" && role !== "cxl-window";
}

/** Everything else of the physical map keeps off all others. */
function besideAll(plan: Plan, entry: Path, least = PAGE): FreeSpace<"pa"> {
  return { map: plan.physical, free: withoutEntry(plan, freeOfAll(plan), entry, [spaceOf(plan)], () => true), alignment: natural(least) };
}

const spaceOf = perPlan((plan) => {
  const { physicalAddressBits } = plan.platform;
  const end = typeof physicalAddressBits === "number" ? 1n << BigInt(physicalAddressBits) : topOf(plan.physical);
  return { base: address<"pa">(0n), end: address<"pa">(end) };
});

const freeOfAll = perPlan((plan) => FreeStretches.of(new RangeSet(plan.physical.occupants.map((one) => one.range)).missingIn(spaceOf(plan))));

/** What is free, with what an entry alone takes of `within`: the entry is not in its own way. */
function withoutEntry(
  plan: Plan, free: FreeStretches<"pa">, entry: Path, within: readonly AddressRange<"pa">[], isInTheWay: (one: Occupant<"pa">) => boolean,
): FreeStretches<"pa"> {
  const own = ownOccupants(plan, entry);
  const freed = [...own].filter(isInTheWay).flatMap(({ range }) => {
    const taken = new RangeSet(plan.physical.at(range).filter((one) => !own.has(one) && isInTheWay(one)).map((one) => one.range));
    return within.flatMap((part) => intersection(part, range) ?? []).flatMap((part) => taken.missingIn(part));
  });
  return freed.reduce((all, one) => all.with(one), free);
}

function ownOccupants(plan: Plan, path: Path): Set<Occupant<"pa">> {
  const [list, index] = path;
  if (path.length !== 2 || typeof index !== "number" || list === "pci") {
    const pointer = jsonPointer(path);
    return new Set(plan.physical.occupants.filter((one) => jsonPointer(wholeEntry(one).path) === pointer));
  }
  const entry = entryAt((plan.platform[list as keyof Platform] ?? []) as readonly Entry[], index);
  return entry ? occupantsOf(plan.physical, entry) : new Set();
}

function freeSpaceOfPci(plan: Plan, path: Path, entry: Path, type: WindowType | undefined): FreeSpace | undefined {
  const key = path.at(-1);
  const bridge = plan.platform.pci?.find((one) => jsonPointer(one.anchor.path) === jsonPointer(path.slice(0, 2)));
  if (!bridge) return undefined;
  const list = entry.at(-2);
  if (entry.at(-1) === "config" && key === "base") return besideAll(plan, entry, 1n << 20n);
  if (list === "windows" && entry.length === 4) return hostWindowSpace(plan, bridge, entry, key, type);
  const node = plan.functions.find((one) => jsonPointer(one.anchor.path) === jsonPointer(entry.slice(0, -2)));
  if (!node) return undefined;
  if (list === "windows" && key === "bus") return belowWindows(plan, node, entry, type, windowGranule);
  return list === "bars" && key === "base" ? belowWindows(plan, node, entry, type, () => 16n) : undefined;
}

function hostWindowSpace(plan: Plan, bridge: HostBridge, entry: Path, key: string | number | undefined, type: WindowType = "mem32"): FreeSpace | undefined {
  if (key === "cpu") return besideAll(plan, entry, 1n << 16n);
  if (key !== "bus") return undefined;
  const map = busMapOf(plan, bridge, type);
  const taken = new RangeSet(others(map, entry).filter((one) => one.role === "window").map((one) => one.range));
  const within = isIo(type) ? { base: address<"bus">(0n), end: address<"bus">(1n << 16n) } : BELOW_4_GIB;
  return { map, free: FreeStretches.of(taken.missingIn(within)), alignment: natural(isIo(type) ? PAGE : 1n << 16n) };
}

/** What the windows above let through and no neighbour takes. Without a type nobody can say which windows those are. */
function belowWindows(plan: Plan, node: PciNode, entry: Path, type: WindowType | undefined, granule: (type: WindowType) => bigint): FreeSpace<"bus"> | undefined {
  if (type === undefined) return undefined;
  const map = busMapOf(plan, node.hostBridge, type);
  const windows = accessTo(plan, node).fitting(type).map(({ range }) => sayable(type, range)).filter((range) => range !== undefined);
  const parents = new Set(accessTo(plan, node).windows.map(({ window }) => jsonPointer(window.anchor.path)));
  // A bridge's window is taken by what is behind that bridge; what lies in a window of its own is inside it.
  const own = jsonPointer(node.anchor.path);
  const neighbours = others(map, entry).filter((one) => {
    const at = jsonPointer(wholeEntry(one).path);
    return one.role !== "window" && !parents.has(at) && !(entry.at(-2) === "windows" && at.startsWith(`${own}/devices/`)) && !isAncestorWindow(node, at);
  });
  const taken = new RangeSet(neighbours.map((one) => one.range));
  return { map, free: FreeStretches.of(new RangeSet(windows).ranges.flatMap((range) => taken.missingIn(range))), alignment: natural(granule(type)) };
}

function isAncestorWindow(node: PciNode, pointer: string): boolean {
  for (let up = node.parent; up; up = up.parent) if (pointer.startsWith(`${jsonPointer(up.anchor.path)}/windows/`)) return true;
  return false;
}

function typeOf(text: string | undefined): WindowType | undefined {
  return windowTypes.map(({ word }) => word).find((word) => word === text);
}

function others<S extends Space>(map: AddressMap<S>, entry: Path): readonly Occupant<S>[] {
  const own = jsonPointer(entry);
  return map.occupants.filter((one) => jsonPointer(wholeEntry(one).path) !== own);
}

/** What is a power of two is aligned to itself, anything else to what divides it, all at least to `least`. */
function natural(least: bigint): (size: bigint | undefined) => bigint {
  return (size) => {
    const wanted = size === undefined || size === 0n ? least : isPowerOfTwo(size) ? size : alignmentOf(size);
    return wanted > least ? (wanted > 1n << 30n ? 1n << 30n : wanted) : least;
  };
}

/** Above the highest of the map as much again as its 4 GiB allow. */
function topOf(map: AddressMap): bigint {
  const top = map.occupants.reduce((highest, one) => (one.range.end > highest ? one.range.end : highest), 0n);
  const rounded = alignUp(address(top), 1n << 32n);
  return rounded === 0n ? 1n << 32n : rounded < ADDRESS_LIMIT ? rounded : ADDRESS_LIMIT;
}
