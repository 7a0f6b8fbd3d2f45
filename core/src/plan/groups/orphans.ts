// Functions of which the description does not say what bridge is above them: importers put them beside the host
// bridge's own. Knows nothing of groups.
import type { HostBridge } from "../../platform";
import type { PciNode } from "../pciTree";
import type { Topology } from "./topology";

/**
 * True for a function on the host bridge's list that is not on its first bus. The buses of virtual functions have no
 * bridge of their own.
 */
export function isOrphan({ parent, hostBridge, requesterId, function: one }: PciNode): boolean {
  return parent === undefined && one.virtual !== true && requesterId >> 8 !== (hostBridge.buses?.first ?? 0);
}

/**
 * For each host bridge with orphans: these, and the bridges that may be above them because their own buses are not
 * known.
 */
export function orphanages(topology: Topology): readonly (readonly PciNode[])[] {
  const homes = new Map<HostBridge, { orphans: PciNode[]; above: PciNode[] }>();
  for (const node of topology.functions) if (isOrphan(node)) homes.set(node.hostBridge, { orphans: [], above: [] });
  for (const node of topology.functions) {
    const home = homes.get(node.hostBridge);
    if (isOrphan(node)) home?.orphans.push(node);
    else if (mayBeAbove(node)) home?.above.push(node);
  }
  return [...homes.values()].map(({ orphans, above }) => [...orphans, ...above]);
}

function mayBeAbove({ function: { buses, class: code, type } }: PciNode): boolean {
  const isBridge = buses === "unknown" || code?.startsWith("0604") === true || /-port$|bridge/.test(type ?? "");
  return isBridge && (buses === undefined || buses === "unknown");
}
