// Banks of system memory: entries that touch are one. Knows nothing of what lies between two banks, nor of reservations inside them.
import type { AddressRange } from "../address";
import type { Occupant } from "./addressMap";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";

/** Physical memory without a gap. An entry that overlaps another one is not a bank's edge. */
export interface MemoryBank {
  readonly range: AddressRange<"pa">;
  /** The entry with which the bank begins. */
  readonly first: Occupant<"pa">;
  /** The entry with which it ends. */
  readonly last: Occupant<"pa">;
}

/** The banks, upward. Entries of type `ram` that are not disabled. */
export const memoryBanks: (plan: Plan) => readonly MemoryBank[] = perPlan((plan) => {
  const isRam = new Set((plan.platform.memory ?? []).filter(({ type, disabled }) => (type ?? "ram") === "ram" && disabled !== true).map((one) => one.name));
  const banks: MemoryBank[] = [];
  for (const one of plan.physical.occupants) {
    if (one.role !== "memory" || !isRam.has(one.name)) continue;
    const before = banks.at(-1);
    if (!before || one.range.base > before.range.end) banks.push({ range: one.range, first: one, last: one });
    else if (one.range.end > before.range.end) banks[banks.length - 1] = { range: { base: before.range.base, end: one.range.end }, first: before.first, last: one };
  }
  return banks;
});
