// The devices of a guest on the host that it is on: functions that the host's description has, and those of which only the address is known.
// Knows nothing of what stands against one.
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { HostRegions } from "../guest/hostRegions";
import { allRegionsOf, regionsFor } from "../guest/hostRegions";
import { functionAt, passedThrough, undescribedOn } from "../guest/passedThrough";
import type { PciAddress } from "../pciAddress";
import { printPciAddress } from "../pciAddress";
import type { PciNode } from "../plan/pciTree";

/** A function that the description of its host does not have. It may be anywhere on the host. */
export interface UndescribedDevice {
  /** `0000:01:00.0`. */
  readonly address: string;
  readonly label: string;
}

export type GuestDevice = PciNode | UndescribedDevice;

export function isDescribed(device: GuestDevice): device is PciNode {
  return "function" in device;
}

/**
 * The device at an address of a host. One that is not described is believed where the guest's file names it, or where the host describes no function at
 * all; else it is not there.
 */
export function deviceOn(plan: GuestPlan, host: GuestHost, at: PciAddress): GuestDevice | undefined {
  const address = printPciAddress(at);
  const isBelieved = host.plan.functions.length === 0 || undescribedOn(plan, host).includes(address);
  return functionAt(host.plan, at) ?? (isBelieved ? { address, label: address } : undefined);
}

/** What the file gives the guest on a host at boot, in its order. */
export function bootDevices(plan: GuestPlan, host: GuestHost): GuestDevice[] {
  return passedThrough(plan).flatMap(({ entry, host: on, node }) => {
    const address = printPciAddress(entry.device);
    return on === host && entry.when !== "hotplug" ? [node ?? { address, label: address }] : [];
  });
}

/** What a host keeps from a guest that has these devices. For one that is not described every region counts, but no window: it may be behind any bridge. */
export function regionsOfDevices({ plan }: GuestHost, devices: readonly GuestDevice[]): HostRegions {
  const own = regionsFor(plan, devices.filter(isDescribed));
  if (devices.every(isDescribed)) return own;
  const all = allRegionsOf(plan);
  return { regions: [...new Set([...own.regions, ...all.regions.filter((one) => one.kind !== "window")])], unknown: [...new Set([...own.unknown, ...all.unknown])] };
}
