// Reservations that say how much they need and not where: the places that they get at boot.
// Knows nothing of what is wrong when there is none.
//
// Linux (drivers/of/of_reserved_mem.c) places them in the order of the device tree, after the static ones: for each range
// of `within` in turn (alloc-ranges; all of memory when there are none), the highest free place that is aligned. Another
// order can decide whether the last one fits.
import type { Address, AddressRange } from "../address";
import { address, alignDown, alignUp, intersection, sizeOf } from "../address";
import { under } from "../anchor";
import type { Reservation } from "../platform";
import { isMisread } from "./misread";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";

/** Of more reservations than this nothing is said: the device tree code of Linux takes 64 in all. */
const MOST_PLACED = 256;

export interface BootPlacement {
  readonly reservation: Reservation;
  readonly size: bigint;
  readonly alignment: bigint;
  /** The place that it gets; absent when there is none. */
  readonly place: AddressRange<"pa"> | undefined;
  /** When there is none: what was free in memory when its turn came, upward, wherever that is. */
  readonly free: readonly AddressRange<"pa">[];
}

/** A reservation that is placed at boot: it is on, has a size, and no place. */
export function isPlacedAtBoot(plan: Plan, one: Reservation): boolean {
  return isWithoutPlace(one) && !["base", "last", "range", "ranges", "within"].some((key) => isMisread(plan, under(one.anchor, key)));
}

function isWithoutPlace({ extent, size, disabled }: Reservation): boolean {
  return extent === undefined && size !== undefined && size !== 0n && disabled !== true;
}

/** Places them all in their order, each out of the way of those before it. */
export function placeAtBoot(plan: Plan): { readonly placements: readonly BootPlacement[]; readonly leftOut: number } {
  const waiting = plan.entriesWhere("reserved", isWithoutPlace).filter((one) => isPlacedAtBoot(plan, one));
  if (waiting.length === 0) return { placements: [], leftOut: 0 };
  let free = freeMemory(plan);
  const placements = waiting.slice(0, MOST_PLACED).map((reservation): BootPlacement => {
    const size = reservation.size ?? 0n;
    const alignment = alignmentFor(plan, reservation);
    const place = highestPlace(free, reservation.within, size, alignment);
    if (place) free = without(free, place);
    return { reservation, size, alignment, place, free: place ? [] : free };
  });
  return { placements, leftOut: waiting.length - placements.length };
}

/** The highest aligned place of `size` bytes that is free and inside the first of the ranges that has one. */
export function highestPlace(
  free: readonly AddressRange<"pa">[],
  within: readonly AddressRange<"pa">[] | undefined,
  size: bigint,
  alignment: bigint,
): AddressRange<"pa"> | undefined {
  for (const range of allowed(within)) {
    for (let i = free.length - 1; i >= 0; i--) {
      const run = free[i] as AddressRange<"pa">;
      const usable = range ? intersection(run, range) : run;
      if (!usable || usable.end - usable.base < size) continue;
      const base = alignDown(address<"pa">(usable.end - size), alignment);
      if (base >= usable.base) return { base, end: address(base + size) };
    }
  }
  return undefined;
}

/** The most bytes, in multiples of the alignment, that one place inside the ranges has. */
export function largestPlace(
  free: readonly AddressRange<"pa">[],
  within: readonly AddressRange<"pa">[] | undefined,
  alignment: bigint,
): bigint {
  let largest = 0n;
  for (const range of allowed(within)) {
    for (const run of free) {
      const usable = range ? intersection(run, range) : run;
      const bytes = usable ? alignDown(usable.end, alignment) - alignUp(usable.base, alignment) : 0n;
      if (bytes > largest) largest = bytes;
    }
  }
  return largest;
}

/** The range, grown up or down as little as will do for a free place inside it; undefined when growing does not help. */
export function stretched(
  range: AddressRange<"pa">,
  free: readonly AddressRange<"pa">[],
  size: bigint,
  alignment: bigint,
): AddressRange<"pa"> | undefined {
  let best: AddressRange<"pa"> | undefined;
  for (const run of free) {
    for (const base of nearestBases(run, range, size, alignment)) {
      const end = address<"pa">(base + size);
      const next = { base: base < range.base ? base : range.base, end: end > range.end ? end : range.end };
      if (best === undefined || sizeOf(next) < sizeOf(best)) best = next;
    }
  }
  return best;
}

/**
 * Of the aligned places in a free run, those of which one needs least growth. Growth is the same for all places between the
 * one at the start of the range and the one that ends with it, and more the further away from them.
 */
function nearestBases(
  run: AddressRange<"pa">,
  range: AddressRange<"pa">,
  size: bigint,
  alignment: bigint,
): readonly Address<"pa">[] {
  if (run.end - run.base < size) return [];
  const endingWith = range.end > size ? range.end - size : 0n;
  const aim = address<"pa">(endingWith < range.base ? endingWith : range.base);
  const highest = address<"pa">(run.end - size);
  const bases = [alignUp(aim > run.base ? aim : run.base, alignment), alignDown(aim < highest ? aim : highest, alignment)];
  return bases.filter((base) => run.base <= base && base <= highest);
}

/** Undefined stands for all of memory. */
function allowed(within: readonly AddressRange<"pa">[] | undefined): readonly (AddressRange<"pa"> | undefined)[] {
  return within === undefined || within.length === 0 ? [undefined] : within;
}

/** Memory that is there at boot, without what is reserved in it. */
function freeMemory(plan: Plan): readonly AddressRange<"pa">[] {
  const banks = (plan.platform.memory ?? []).filter((one) => (one.type ?? "ram") === "ram" && one.disabled !== true);
  const memory = new RangeSet(banks.flatMap((one) => one.extent?.ranges ?? []));
  const reservations = plan.physical.occupants.filter((one) => one.role === "reservation");
  const taken = new RangeSet(reservations.map((one) => one.range));
  return memory.ranges.flatMap((range) => taken.missingIn(range));
}

/** What the entry says, else a page of the host's kernel. */
function alignmentFor(plan: Plan, { align }: Reservation): bigint {
  const wanted = align ?? plan.platform.pageSize;
  return wanted !== undefined && wanted > 0n ? wanted : 4096n;
}

function without(free: readonly AddressRange<"pa">[], place: AddressRange<"pa">): readonly AddressRange<"pa">[] {
  return free.flatMap((run) => (intersection(run, place) ? new RangeSet([place]).missingIn(run) : [run]));
}
