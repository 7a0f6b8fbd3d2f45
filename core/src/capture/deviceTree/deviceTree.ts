// What a device tree blob says of a machine: every reader of nodes over one tree. Knows nothing of drafts.
import type { CapturedRange, Unread } from "../reading";
import type { SystemFacts } from "../systemFacts";
import { architectureOf } from "./architecture";
import type { TreeDevice } from "./deviceNodes";
import { devicesOf, placelessBehindIommu } from "./deviceNodes";
import type { TreeDoorbell } from "./doorbellNodes";
import { doorbellsOf, isDescribedByDoorbell } from "./doorbellNodes";
import type { TreeReservedRegion } from "./iommuAddresses";
import { reservedRegionsOf } from "./iommuAddresses";
import type { TreeIommu } from "./iommuNodes";
import { iommusOf } from "./iommuNodes";
import type { TreeMemory } from "./memoryNodes";
import { memoryOf } from "./memoryNodes";
import type { NodeNames } from "./names";
import type { TreeHostBridge } from "./pciHosts";
import { hostBridgesOf } from "./pciHosts";
import { textOf, textsOf } from "./properties";
import { readBlob } from "./readBlob";
import type { TreeReservation } from "./reservedMemory";
import { reservationsOf } from "./reservedMemory";
import { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";
import { noteMisnamed } from "./unitAddresses";

/**
 * Lists are in the order of addresses; facts refer to each other by node. Ranges are physical where nothing else is
 * said.
 */
export interface DeviceTreeFacts {
  /** The board's name in words. */
  readonly model: string | undefined;
  readonly compatible: string | undefined;
  readonly arch: SystemFacts["arch"];
  readonly memory: readonly TreeMemory[];
  readonly reservations: readonly TreeReservation[];
  /** The memory reservation block. */
  readonly memoryReservations: readonly CapturedRange[];
  readonly doorbells: readonly TreeDoorbell[];
  readonly iommus: readonly TreeIommu[];
  /** I/O virtual addresses. */
  readonly reservedRegions: readonly TreeReservedRegion[];
  readonly bridges: readonly TreeHostBridge[];
  readonly devices: readonly TreeDevice[];
  /** Devices behind an IOMMU that have no registers, so that they have no place in a description. */
  readonly placeless: readonly TreeNode[];
  readonly names: NodeNames;
}

/** The facts with what could not be read of them, or why the blob is none. */
export type DeviceTreeReading =
  | { readonly facts: DeviceTreeFacts; readonly unread: readonly Unread[]; readonly fault?: undefined }
  | { readonly facts?: undefined; readonly fault: string };

/** Reads a flattened device tree, version 16 or 17. `where` names it in notes. */
export function readDeviceTree(bytes: Uint8Array, where: string): DeviceTreeReading {
  const blob = readBlob(bytes, where);
  if (!blob.tree) return { fault: blob.fault };
  const context = new TreeContext(blob.tree, where);
  const facts = factsOf(context);
  return { facts, unread: [...blob.unread, ...context.unread] };
}

function factsOf(context: TreeContext): DeviceTreeFacts {
  const { root, reservations } = context.tree;
  const doorbells = inOrder(doorbellsOf(context));
  const iommus = inOrder(iommusOf(context));
  const bridges = hostBridgesOf(context, doorbells);
  const taken = new Set([...doorbells.filter(isDescribedByDoorbell), ...iommus, ...bridges].map(({ node }) => node));
  const devices = devicesOf(context, taken);
  noteMisnamed(context, new Set([...doorbells, ...iommus, ...devices].map(({ node }) => node)));
  return {
    model: textOf(root, "model"),
    compatible: textsOf(root, "compatible")[0],
    arch: architectureOf(context),
    memory: memoryOf(context).sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0)),
    reservations: inOrder(reservationsOf(context)),
    memoryReservations: reservations,
    doorbells,
    iommus,
    reservedRegions: reservedRegionsOf(context),
    bridges,
    devices,
    placeless: placelessBehindIommu(context, devices),
    names: context.names,
  };
}

/** By first address; what has no place comes last, in the order of the tree. */
function inOrder<T extends { readonly ranges: readonly CapturedRange[] }>(all: readonly T[]): T[] {
  const base = (one: T): bigint => one.ranges[0]?.base ?? 1n << 64n;
  return [...all].sort((a, b) => (base(a) < base(b) ? -1 : base(a) > base(b) ? 1 : 0));
}
