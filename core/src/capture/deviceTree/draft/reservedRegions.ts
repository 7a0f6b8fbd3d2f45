// `iommu-addresses` in a draft: the reserved regions of an IOMMU, each for the streams or the PCI function that it is
// about. Knows nothing of how the property is read.
import { printIdRange, printShortPciAddress } from "../../../pciAddress";
import type { PciAddress } from "../../../pciAddress";
import type { DraftRecord } from "../../draft/draft";
import { list, record } from "../../draft/draft";
import { inclusive } from "../../draft/places";
import { isPciBus, regOf } from "../cells";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeReservedRegion } from "../iommuAddresses";
import type { TreeIommu } from "../iommuNodes";
import type { TreeHostBridge } from "../pciHosts";
import type { TreeNode } from "../treeNode";
import { ancestorsOf } from "../treeNode";
import { joined, streamsOf } from "./streams";

/** Finds the PCI address of a function's node; undefined where it cannot be told. */
export type Locate = (device: TreeNode, bridge: TreeHostBridge) => string | undefined;

/** The regions of all devices behind an IOMMU, as records of `iommus[].reserved`. */
export function reservedRegionsOf(iommu: TreeIommu, facts: DeviceTreeFacts, locate: Locate): DraftRecord[] {
  return facts.reservedRegions.flatMap((region) => [
    ...forStreams(region, iommu, facts),
    ...forFunction(region, iommu, facts, locate),
  ]);
}

/** The host bridge above a PCI function's node. */
export function bridgeAbove(device: TreeNode, facts: DeviceTreeFacts): TreeHostBridge | undefined {
  const above = new Set(ancestorsOf(device));
  return facts.bridges.find(({ node }) => above.has(node));
}

/** The address of a function directly on the root bus: the buses below are numbered at boot. */
export function functionOnRootBus(device: TreeNode, bridge: TreeHostBridge): string | undefined {
  const slot = slotOf(device);
  return device.parent === bridge.node && slot ? printShortPciAddress({ ...slot, bus: bridge.buses.first }) : undefined;
}

/** Device and function of a PCI node: bits 15 to 8 of the first cell of its `reg` (PCI Bus Binding 2.2.1.1). */
export function slotOf(node: TreeNode): PciAddress | undefined {
  const reg = regOf(node)?.[0]?.base;
  return reg !== undefined && node.parent && isPciBus(node.parent)
    ? functionOf(Number((reg >> 72n) & 0xffn))
    : undefined;
}

/** The address that a requester id is. */
export function functionOf(requester: number): PciAddress {
  return { segment: undefined, bus: requester >> 8, device: (requester >> 3) & 0x1f, function: requester & 7 };
}

function forStreams(region: TreeReservedRegion, iommu: TreeIommu, facts: DeviceTreeFacts): DraftRecord[] {
  const behind = facts.devices.find(({ node }) => node === region.device)?.iommus ?? [];
  const own = behind.filter(({ target }) => target === iommu.node).flatMap((one) => streamsOf(one) ?? []);
  return joined(own.map((one) => ({ to: "", ...one }))).map(({ first, last }) => {
    const streams = first === undefined ? undefined : printIdRange({ first, last: last ?? first });
    return record({ ...saidOf(region), streams }, region.reservation.path);
  });
}

function forFunction(
  region: TreeReservedRegion,
  iommu: TreeIommu,
  facts: DeviceTreeFacts,
  locate: Locate,
): DraftRecord[] {
  const bridge = bridgeAbove(region.device, facts);
  if (!bridge?.iommuMap?.entries.some(({ target }) => target === iommu.node)) return [];
  const address = locate(region.device, bridge);
  return address === undefined
    ? []
    : [record({ ...saidOf(region), devices: list([address]) }, region.reservation.path)];
}

function saidOf(region: TreeReservedRegion): { range: string; type: string } {
  return { range: inclusive(region), type: region.type };
}
