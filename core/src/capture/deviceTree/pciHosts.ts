// The PCI host bridges of a device tree. Knows nothing of drafts.
import type { TreeDoorbell } from "./doorbellNodes";
import { isPciBus } from "./cells";
import type { HostRegisters } from "./pciConfig";
import { hostRegisters } from "./pciConfig";
import type { TreeMsi } from "./pciMsi";
import { msiOf } from "./pciMsi";
import type { TreeInbound, TreeWindow } from "./pciWindows";
import { inboundOf, windowsOf } from "./pciWindows";
import { cellOf, cellsOf, isEnabled } from "./properties";
import type { IdMap, Reference } from "./references";
import { idMapOf, referencesOf } from "./references";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";
import { ancestorsOf } from "./treeNode";

export interface TreeHostBridge {
  readonly node: TreeNode;
  readonly segment: number;
  /** The segment is a guess: the tree does not number this bridge. */
  readonly guessed: boolean;
  readonly buses: { readonly first: number; readonly last: number };
  readonly registers: HostRegisters;
  readonly windows: readonly TreeWindow[] | "unknown";
  readonly inbound: readonly TreeInbound[] | "unknown" | undefined;
  readonly iommuMap: IdMap | undefined;
  /** IOMMUs that the bridge names without a map: one stream for all of its functions. */
  readonly iommus: readonly Reference[];
  readonly msi: TreeMsi;
  readonly numaNode: number | undefined;
  readonly disabled: boolean;
}

/** In the order of the tree. PCI nodes below other PCI nodes are ports and functions, not host bridges. */
export function hostBridgesOf(context: TreeContext, doorbells: readonly TreeDoorbell[]): TreeHostBridge[] {
  const nodes = context.nodes.filter((node) => isPciBus(node) && ![...ancestorsOf(node)].some(isPciBus));
  const known = new Set(doorbells.map(({ node }) => node));
  const segments = segmentsOf(nodes);
  return nodes.map((node) => {
    const inbound = inboundOf(node, context);
    return {
      node,
      ...(segments.get(node) ?? { segment: 0, guessed: true }),
      buses: busesOf(node, context),
      registers: hostRegisters(node),
      windows: windowsOf(node, context),
      inbound,
      iommuMap: idMapOf(node, "iommu-map", context),
      iommus: referencesOf(node, "iommus", "#iommu-cells", context),
      msi: msiOf(node, typeof inbound === "object" ? inbound : [], known, context),
      numaNode: cellOf(node, "numa-node-id"),
      disabled: !isEnabled(node),
    };
  });
}

/**
 * Numbers for all, once each. Bridges that the tree does not number get what is left, those that are on first, in the
 * order of the tree: what the kernel gives them depends on the order in which drivers start. A lone bridge is 0.
 */
function segmentsOf(nodes: readonly TreeNode[]): Map<TreeNode, { segment: number; guessed: boolean }> {
  const found = new Map<TreeNode, { segment: number; guessed: boolean }>();
  for (const node of nodes) {
    const segment = cellOf(node, "linux,pci-domain");
    if (segment !== undefined && segment <= 0xffff) found.set(node, { segment, guessed: false });
  }
  const taken = new Set([...found.values()].map(({ segment }) => segment));
  const rest = nodes.filter((node) => !found.has(node));
  let segment = 0;
  for (const node of [...rest.filter(isEnabled), ...rest.filter((one) => !isEnabled(one))]) {
    while (taken.has(segment)) segment++;
    found.set(node, { segment, guessed: nodes.length > 1 });
    segment++;
  }
  return found;
}

function busesOf(node: TreeNode, context: TreeContext): { first: number; last: number } {
  const [first, last] = cellsOf(node, "bus-range") ?? [0, 0xff];
  if (first !== undefined && last !== undefined && first <= last && last <= 0xff) return { first, last };
  context.note(node, "its bus-range cannot be read; all buses are written");
  return { first: 0, last: 0xff };
}
