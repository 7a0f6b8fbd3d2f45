// Whether the guest's machine can lay its memory out as it is placed: every known machine makes its banks itself. Source: domain.md 5.1 to 5.3.
// Knows nothing of whether the places are good.
import type { AddressRange } from "../address";
import { address, compareRanges, overlaps, sameRange } from "../address";
import { FreeSpace } from "../plan/freeSpace";
import { machineOf, machineRequest, ramSizeOf } from "./guestMachine";
import type { GuestPlan } from "./guestPlan";
import { forbiddenOf, placementOf } from "./guestPlacement";
import type { Machine } from "./machines/machine";
import { banksOf } from "./placement/place";
import type { Occupied, Placement } from "./placement/placement";

/** What the machine makes of the memory, beside what is placed. */
export interface OtherBanks {
  readonly machine: Machine;
  readonly placed: readonly AddressRange<"ipa">[];
  /** The banks that the machine makes. */
  readonly made: readonly AddressRange<"ipa">[];
}

/** Undefined where the machine makes the very banks that are placed, where no machine is known, and where something has no place. */
export function inexpressible(plan: GuestPlan, placement: Placement): OtherBanks | undefined {
  const machine = machineOf(plan);
  const size = ramSizeOf(plan.guest);
  const placed = banksOf(placement);
  if (!machine || size === 0n || placed.reduce((sum, bank) => sum + (bank.end - bank.base), 0n) !== size) return undefined;
  const made = machineBanks(plan, machine, size);
  const isSame = made.length === placed.length && made.every((bank, index) => sameRange(bank, placed[index] as AddressRange<"ipa">));
  return isSame ? undefined : { machine, placed, made };
}

/** What lies where the machine would put memory, upward: what the hosts keep, the doorbell where its place is the author's choice, devices of the file. */
export function metByMachineBanks(plan: GuestPlan, { made }: OtherBanks): readonly Occupied[] {
  const met: Occupied[] = [
    ...forbiddenOf(plan).ranges.map((region): Occupied => ({ range: region.range, by: { kind: "forbidden", region } })),
    ...authorsDoorbell(plan).map((range): Occupied => ({ range, by: { kind: "doorbell" } })),
    ...(plan.guest.devices ?? []).flatMap((entry) => (entry.extent?.ranges ?? []).map((range): Occupied => ({ range, by: { kind: "device", entry } }))),
  ];
  return met.filter((one) => made.some((bank) => overlaps(bank, one.range))).sort((a, b) => compareRanges(a.range, b.range));
}

/** The banks that a machine makes of so much memory: upward from its base, around its own regions and nothing else. */
export function machineBanks(plan: GuestPlan, machine: Machine, size: bigint): readonly AddressRange<"ipa">[] {
  const request = { ...machineRequest(plan.guest, forbiddenOf(plan).guestBits), ramSize: size };
  const whole = { base: machine.ramBase, end: address<"ipa">(1n << 64n) };
  return FreeSpace.around(whole, machine.fixedRegions(request).map((one) => one.range)).takeUpward(size, 1n).pieces;
}

/**
 * The most memory, in bytes and in whole units, that the machine lays out without meeting what is closed; 0 where not even one unit is.
 * @param unit at least 1
 */
export function mostMachineMemory(plan: GuestPlan, machine: Machine, unit: bigint): bigint {
  const { ranges, top } = forbiddenOf(plan);
  const closed = [...ranges.map((one) => one.range), ...authorsDoorbell(plan)];
  const isOpen = (size: bigint): boolean => machineBanks(plan, machine, size).every((bank) => bank.end <= top.end && !closed.some((range) => overlaps(range, bank)));
  let low = 0n;
  let high = ramSizeOf(plan.guest) / unit;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (isOpen(middle * unit)) low = middle;
    else high = middle - 1n;
  }
  return low * unit;
}

/** Where the author has put the doorbell; one that is placed goes out of the memory's way. */
function authorsDoorbell(plan: GuestPlan): AddressRange<"ipa">[] {
  const { range } = placementOf(plan).doorbell;
  return plan.guest.doorbell?.base !== undefined && range ? [range] : [];
}
