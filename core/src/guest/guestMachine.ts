// The machine of a guest: what its name means, and what it is asked to hold. Knows nothing of where memory goes.
import type { Guest } from "../guest";
import { perPlan } from "../plan/perPlan";
import type { GuestPlan } from "./guestPlan";
import type { MachineLookup } from "./machines/index";
import { findMachine } from "./machines/index";
import type { Architecture, Machine, MachineRequest } from "./machines/machine";

/** What the name of the machine means; undefined where the guest names none. */
export const machineLookup: (plan: GuestPlan) => MachineLookup | undefined = perPlan((plan: GuestPlan) =>
  plan.guest.machine === undefined ? undefined : findMachine(plan.guest.machine, plan.guest.arch ?? hostArchitecture(plan)),
);

/** The machine; undefined where the guest names none, or one that is not known. */
export function machineOf(plan: GuestPlan): Machine | undefined {
  const found = machineLookup(plan);
  return found && "machine" in found ? found.machine : undefined;
}

/** The guest's own, else its machine's, else the one that all hosts have. */
export function architectureOf(plan: GuestPlan): Architecture | undefined {
  return plan.guest.arch ?? machineOf(plan)?.arch ?? hostArchitecture(plan);
}

/** What the machine of a guest is asked to hold. */
export function machineRequest(guest: Guest, addressBits: number): MachineRequest {
  return {
    ramSize: ramSizeOf(guest),
    ...(guest.maxMemory === undefined ? {} : { maxMemory: guest.maxMemory }),
    ...(guest.memorySlots === undefined ? {} : { slots: guest.memorySlots }),
    addressBits,
    ...(guest.processor === undefined ? {} : { processor: guest.processor }),
  };
}

/** Bytes of memory that the guest has at boot. */
export function ramSizeOf(guest: Guest): bigint {
  return (guest.memory ?? []).filter((one) => one.type !== "hotplug").reduce((sum, one) => sum + one.size, 0n);
}

function hostArchitecture(plan: GuestPlan): Architecture | undefined {
  const all = new Set(plan.hosts.map((host) => host.plan.platform.arch));
  return all.size === 1 ? [...all][0] : undefined;
}
