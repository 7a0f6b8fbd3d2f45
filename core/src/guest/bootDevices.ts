// The devices that a guest starts with, host by host, and what each host then keeps from its memory. Knows nothing of where that memory lies.
import { perPlan } from "../plan/perPlan";
import { printPciAddress } from "../pciAddress";
import type { PciNode } from "../plan/pciTree";
import { pageOf } from "./contributions";
import type { GuestHost, GuestPlan } from "./guestPlan";
import type { HostRegions } from "./hostRegions";
import { regionsForPassed } from "./hostRegions";
import type { PassedThrough } from "./passedThrough";
import { passedThrough } from "./passedThrough";

export interface BootDevices extends HostRegions {
  readonly host: GuestHost;
  /** At least one, in the order of the file; without a function where the host describes none. */
  readonly devices: readonly PassedThrough[];
  /** What people call them. */
  readonly labels: readonly string[];
  readonly nodes: readonly PciNode[];
  /** The page with which the host maps memory, in bytes. */
  readonly page: bigint;
}

/** Hosts that give the guest a device at boot, in the order of the file. */
export const bootDevices: (plan: GuestPlan) => readonly BootDevices[] = perPlan((plan: GuestPlan) =>
  plan.hosts.flatMap((host): BootDevices[] => {
    const devices = passedThrough(plan).filter((one) => one.host === host && one.entry.when !== "hotplug");
    if (devices.length === 0) return [];
    const nodes = devices.flatMap((one) => one.node ?? []);
    const missing = devices.filter((one) => !one.node).map((one) => printPciAddress(one.entry.device));
    const labels = devices.map((one) => one.node?.label ?? printPciAddress(one.entry.device));
    return [{ host, devices, labels, nodes, ...regionsForPassed(host.plan, nodes, missing), page: pageOf(host.plan) }];
  }),
);
