// The devices that a guest starts with, host by host, and what each host then keeps from its memory. Knows nothing of where that memory lies.
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import { pageOf } from "./contributions";
import type { GuestHost, GuestPlan } from "./guestPlan";
import type { HostRegions } from "./hostRegions";
import { regionsFor } from "./hostRegions";
import type { PassedThrough } from "./passedThrough";
import { passedThrough } from "./passedThrough";

export interface BootDevices extends HostRegions {
  readonly host: GuestHost;
  /** At least one, in the order of the file. */
  readonly devices: readonly (PassedThrough & { readonly node: PciNode })[];
  /** The page with which the host maps memory, in bytes. */
  readonly page: bigint;
}

/** Hosts that give the guest a device at boot, in the order of the file. */
export const bootDevices: (plan: GuestPlan) => readonly BootDevices[] = perPlan((plan: GuestPlan) =>
  plan.hosts.flatMap((host): BootDevices[] => {
    const devices = passedThrough(plan).flatMap(({ node, ...rest }) => (rest.host === host && node && rest.entry.when !== "hotplug" ? [{ ...rest, node }] : []));
    return devices.length === 0 ? [] : [{ host, devices, ...regionsFor(host.plan, devices.map((one) => one.node)), page: pageOf(host.plan) }];
  }),
);
