// Functions of which the description does not say what bridge is above them: importers put them beside the host
// bridge's own. Knows nothing of groups.
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
  const orphans = topology.functions.filter(isOrphan);
  return [...new Set(orphans.map((node) => node.hostBridge))].map((bridge) => [
    ...orphans.filter((node) => node.hostBridge === bridge),
    ...topology.functions.filter((node) => node.hostBridge === bridge && !isOrphan(node) && mayBeAbove(node)),
  ]);
}

function mayBeAbove({ function: { buses, class: code, type } }: PciNode): boolean {
  const isBridge = buses === "unknown" || code?.startsWith("0604") === true || /-port$|bridge/.test(type ?? "");
  return isBridge && (buses === undefined || buses === "unknown");
}
