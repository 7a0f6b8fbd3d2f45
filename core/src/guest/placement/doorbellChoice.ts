// Which address the guest's doorbell gets: the strategy that the file names, then the others in a fixed order, then the highest free MiB.
// Source: domain.md 5.5 and section 0, trap 7. Knows nothing of memory that is still to be placed.
import type { AddressRange } from "../../address";
import { address, contains, isPowerOfTwo, overlaps, rangeOfSize, sameRange } from "../../address";
import type { FreeSpace } from "../../plan/freeSpace";
import type { DoorbellChoice, DoorbellStrategy, Obstacle, Occupied, PlacedDoorbell, PlacementInput, RejectedDoorbell } from "./placement";

const MIB = 1n << 20n;
const USUAL = address<"ipa">(0xfee0_0000n);
const FOUR_GIB = address<"ipa">(1n << 32n);
/** What lies between the sign-extended address and the top. */
const BELOW_TOP = 0x120_0000n;
/** The order of domain.md 5.5. */
const ORDER: readonly DoorbellChoice[] = ["host-window", "fixed", "top", "sign-extended"];

export function strategyOf({ guest }: Pick<PlacementInput, "guest">): DoorbellStrategy {
  return guest.doorbell?.strategy ?? (guest.doorbell?.base === undefined ? "auto" : "fixed");
}

/** The doorbell whose address the file gives; undefined where it is to be chosen. */
export function fixedDoorbell(input: PlacementInput): AddressRange<"ipa"> | undefined {
  const { doorbell } = input.guest;
  if (doorbell?.base === undefined) return undefined;
  return rangeOfSize(doorbell.base, sizeFor(input, strategyOf(input) === "top" ? "top" : "fixed"));
}

/** Where a strategy puts the doorbell; undefined where it has no place: no window that all hosts agree on, or a width that is too small. */
export function strategyRange(input: PlacementInput, choice: Exclude<DoorbellChoice, "hole">): AddressRange<"ipa"> | undefined {
  const { forbidden } = input;
  const end = 1n << BigInt(forbidden.guestBits);
  switch (choice) {
    case "host-window":
      return forbidden.commonWindow;
    case "fixed":
      return rangeOfSize(USUAL, sizeFor(input, choice));
    case "top":
      return rangeOfSize(address<"ipa">(end - sizeFor(input, choice)), sizeFor(input, choice));
    case "sign-extended":
      return rangeOfSize(address<"ipa">(end - BELOW_TOP), sizeFor(input, choice));
  }
}

/**
 * Chooses the place of the doorbell.
 * @param occupied all that holds addresses, memory that has its place among it
 * @param free what nothing holds, below the top
 */
export function chooseDoorbell(input: PlacementInput, occupied: readonly Occupied[], free: FreeSpace<"ipa">): PlacedDoorbell {
  const strategy = strategyOf(input);
  const rejected: RejectedDoorbell[] = [];
  const order = strategy === "auto" ? ORDER : [strategy, ...ORDER.filter((one) => one !== strategy)];
  for (const choice of order) {
    if (choice === "hole") continue;
    const range = strategyRange(input, choice);
    const obstacle = range && firstObstacle(input, choice, range, occupied);
    if (range && !obstacle) return { strategy, isFixed: false, choice, range, rejected };
    rejected.push({ choice, range, obstacle });
  }
  const range = highestHole(sizeFor(input, "hole"), free);
  if (!range) rejected.push({ choice: "hole", range: undefined, obstacle: undefined });
  return { strategy, isFixed: false, choice: range && "hole", range, rejected };
}

/** The first thing, by address, that keeps a doorbell from a place. */
export function firstObstacle(input: PlacementInput, choice: DoorbellChoice, range: AddressRange<"ipa">, occupied: readonly Occupied[]): Obstacle | undefined {
  const { top } = input.forbidden;
  if (range.end > top.end) return { kind: "top", top };
  const isOwn = isOwnDoorbell(input, range, occupied);
  let first: Occupied | undefined;
  for (const one of occupied) {
    if (!overlaps(one.range, range) || isTolerated(one, choice, range, isOwn)) continue;
    if (first === undefined || one.range.base < first.range.base) first = one;
  }
  return first?.by;
}

/** Where the machine itself takes writes as interrupts: there a doorbell belongs, and on x86 hosts do the same at the same place. */
function isOwnDoorbell({ arch, machine }: PlacementInput, range: AddressRange<"ipa">, occupied: readonly Occupied[]): boolean {
  if (!machine && arch === "x86_64") return range.base === USUAL && range.end <= USUAL + MIB;
  return occupied.some(({ by, range: taken }) => by.kind === "machine" && by.region.role === "doorbell" && contains(taken, range));
}

function isTolerated({ by }: Occupied, choice: DoorbellChoice, range: AddressRange<"ipa">, isOwn: boolean): boolean {
  if (by.kind === "machine") return isOwn;
  if (by.kind !== "forbidden") return false;
  if (by.region.kind !== "software-msi" && by.region.kind !== "msi") return false;
  return (choice === "host-window" && sameRange(by.region.exact, range)) || (by.region.kind === "msi" && isOwn);
}

/** From high to low below 4 GiB, then above. */
function highestHole(size: bigint, free: FreeSpace<"ipa">): AddressRange<"ipa"> | undefined {
  const align = isPowerOfTwo(size) && size > MIB ? size : MIB;
  const low = { base: address<"ipa">(0n), end: FOUR_GIB };
  const place = free.within(low).highest(size, align) ?? free.highest(size, align);
  return place === undefined ? undefined : rangeOfSize(place, size);
}

function sizeFor({ guest }: PlacementInput, choice: DoorbellChoice): bigint {
  const size = guest.doorbell?.size;
  if (size !== undefined && size > 0n) return size;
  return choice === "top" ? 2n * MIB : MIB;
}
