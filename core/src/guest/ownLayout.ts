// How the guest's machine lays itself out with the memory that it makes itself: what QEMU would print, whatever hosts want. Knows nothing of hosts.
import type { AddressRange } from "../address";
import { perPlan } from "../plan/perPlan";
import { machineBanks } from "./expressible";
import { machineOf, machineRequest } from "./guestMachine";
import type { GuestPlan } from "./guestPlan";
import { forbiddenOf } from "./guestPlacement";
import type { Machine, MachineLayout, MachineRequest } from "./machines/machine";

export interface OwnLayout {
  readonly machine: Machine;
  /** The banks of its memory, upward. */
  readonly banks: readonly AddressRange<"ipa">[];
  readonly layout: MachineLayout;
}

/** Undefined without a known machine. */
export const ownLayoutOf: (plan: GuestPlan) => OwnLayout | undefined = perPlan((plan: GuestPlan) => {
  const machine = machineOf(plan);
  return machine && layoutWith(plan, machine);
});

/** The layout of the same guest when something of what the machine is asked for is another. */
export function layoutWith(plan: GuestPlan, machine: Machine, change: Partial<MachineRequest> = {}): OwnLayout {
  const request = { ...machineRequest(plan.guest, forbiddenOf(plan).guestBits), ...change };
  const banks = machineBanks(plan, machine, request.ramSize);
  return { machine, banks, layout: machine.layout(request, banks.at(-1)?.end ?? machine.ramBase) };
}

/** Guests have at most 52 bits on Arm and x86. */
const MOST_BITS = 52;

/** The least width, in bits and at least `least`, with which the machine starts and leaves nothing out; undefined when there is none. */
export function bitsForAll(plan: GuestPlan, machine: Machine, least: number): number | undefined {
  for (let bits = least; bits <= MOST_BITS; bits++) {
    const { layout } = layoutWith(plan, machine, { addressBits: bits });
    if (!layout.refusal && layout.dropped.length === 0) return bits;
  }
  return undefined;
}
