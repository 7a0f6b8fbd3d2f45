// The functions of the description that a captured list of devices names, and which captured regions are windows of their host bridges.
// Knows nothing of groups that follow from the description.
import type { AddressRange } from "../address";
import { address } from "../address";
import { parsePciAddress, printPciAddress } from "../pciAddress";
import type { HostBridge } from "../platform";
import { known } from "./occupants";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";
import { functionsByAddress } from "./requesterIds";

/** The function that a captured name is the address of; undefined for a device that is not PCI, and for one that is not described. */
export function capturedFunction(plan: Plan, device: string): PciNode | undefined {
  const at = parsePciAddress(device);
  return at && functionsByAddress(plan).get(printPciAddress(at));
}

/** True when memory windows of these host bridges, in bus addresses, hold all of an I/O virtual range: devices emit both by the same numbers. */
export function isInWindows(bridges: readonly HostBridge[], range: AddressRange<"iova">): boolean {
  const windows = bridges.flatMap((bridge) => known(bridge.windows)).filter((window) => window.type !== "io");
  const covered = new RangeSet(windows.flatMap((window) => window.busExtent?.ranges ?? []));
  return covered.contains({ base: address(range.base), end: address(range.end) });
}
