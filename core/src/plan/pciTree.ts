// The PCI functions of a platform as a flat list that knows its tree: host bridge, parent, full address.
// Knows nothing of groups, nor of addresses on the bus.
import type { Anchor } from "../anchor";
import { printPciAddress, requesterId } from "../pciAddress";
import type { HostBridge, PciFunction, Platform } from "../platform";

/** A function in its place. */
export interface PciNode {
  readonly function: PciFunction;
  readonly hostBridge: HostBridge;
  /** The bridge or port above; absent on the host bridge's first bus. */
  readonly parent: PciNode | undefined;
  readonly children: readonly PciNode[];
  /** `0000:01:00.0`, the segment filled in. */
  readonly address: string;
  readonly segment: number;
  readonly requesterId: number;
  /** Name and address, or the address alone. */
  readonly label: string;
  /** The whole entry. */
  readonly anchor: Anchor;
}

/** All functions, each bridge before what is behind it, in the order of the description. */
export function pciTree(platform: Platform): readonly PciNode[] {
  const nodes: PciNode[] = [];
  for (const hostBridge of platform.pci ?? []) {
    for (const one of hostBridge.devices ?? []) addNode(one, hostBridge, undefined, nodes);
  }
  return nodes;
}

/** The ports and bridges above a function, nearest first. */
export function* ancestors(node: PciNode): Generator<PciNode> {
  for (let up = node.parent; up; up = up.parent) yield up;
}

/** The node and all that is below it. */
export function* subtree(node: PciNode): Generator<PciNode> {
  yield node;
  for (const child of node.children) yield* subtree(child);
}

function addNode(one: PciFunction, hostBridge: HostBridge, parent: PciNode | undefined, nodes: PciNode[]): PciNode {
  const segment = one.at.segment ?? hostBridge.segment ?? 0;
  const address = printPciAddress(one.at, segment);
  const children: PciNode[] = [];
  const node: PciNode = {
    function: one,
    hostBridge,
    parent,
    children,
    address,
    segment,
    requesterId: requesterId(one.at),
    label: one.name === undefined ? address : `${one.name} (${address})`,
    anchor: one.anchor,
  };
  nodes.push(node);
  for (const child of one.devices ?? []) children.push(addNode(child, hostBridge, node, nodes));
  return node;
}
