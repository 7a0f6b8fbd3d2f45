// Where MSIs are written to, in a device tree: interrupt controllers with doorbells (domain.md 3.1). Knows nothing of
// who writes there.
import type { CapturedRange } from "../reading";
import { busCells, isPciBus, rangeFrom } from "./cells";
import { cellOf, cellsOf, has, isCompatible, isEnabled, numberOf } from "./properties";
import { reachableRegisters, toPhysical } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

export type TreeDoorbellType = "gicv2m" | "its" | "mbi" | "pre-its" | "imsic" | "pch-msi" | "mip" | "controller";

export interface TreeDoorbell {
  readonly node: TreeNode;
  readonly type: TreeDoorbellType;
  readonly ranges: readonly [CapturedRange, ...CapturedRange[]];
  readonly disabled: boolean;
}

/** From the bindings of the kernel's interrupt controller drivers. */
const TYPES: Readonly<Record<string, TreeDoorbellType>> = {
  "arm,gic-v2m-frame": "gicv2m",
  "arm,gic-v3-its": "its",
  "riscv,imsics": "imsic",
  "loongson,pch-msi-1.0": "pch-msi",
  "brcm,bcm2712-mip": "mip",
};
/** GICD_SETSPI_NSR lies in the first 64 KiB of the distributor, and alone in that of an alias. */
const MBI_SIZE = 0x1_0000n;
/** The first of the two frames of an ITS: its control registers. */
const ITS_FRAME = 0x1_0000n;
const GICV3 = ["arm,gic-v3", "arm,gic-v4"] as const;

/**
 * In the order of the tree. A controller inside a PCI host bridge's own node is none: the root complex takes its MSIs.
 */
export function doorbellsOf(context: TreeContext): TreeDoorbell[] {
  return context.nodes.flatMap((node) => {
    const disabled = !isEnabled(node);
    return isCompatible(node, ...GICV3) ? mbiOf(node, context, disabled) : controllerOf(node, context, disabled);
  });
}

function controllerOf(node: TreeNode, context: TreeContext, disabled: boolean): TreeDoorbell[] {
  const known = Object.entries(TYPES).find(([compatible]) => isCompatible(node, compatible))?.[1];
  if (!known && (!has(node, "msi-controller") || isPciBus(node) || (node.parent && isPciBus(node.parent)))) return [];
  const cells = cellsOf(node, "socionext,synquacer-pre-its");
  const window = cells?.length === 2 ? rangeFrom(BigInt(cells[0] ?? 0), BigInt(cells[1] ?? 0)) : undefined;
  const [first, ...rest] = reachableRegisters(node);
  if (!first) {
    if (known) context.note(node, "an interrupt controller whose registers no CPU reaches");
    return [];
  }
  const own: TreeDoorbell = { node, type: known ?? "controller", ranges: [first, ...rest], disabled };
  if (!window) return [own];
  // Nothing writes to the ITS's own doorbell then, and the registers of some boards leave its frame out.
  const preIts: TreeDoorbell = { node, type: "pre-its", ranges: [window], disabled };
  return first.last - first.base < ITS_FRAME ? [preIts] : [own, preIts];
}

/** Message based interrupts of a GICv3 (arm,gic-v3.yaml: `mbi-ranges`, `mbi-alias`). */
function mbiOf(node: TreeNode, context: TreeContext, disabled: boolean): TreeDoorbell[] {
  if (!has(node, "mbi-ranges") || !has(node, "msi-controller")) return [];
  const alias = cellsOf(node, "mbi-alias");
  const cells = node.parent && busCells(node.parent)?.address;
  const base =
    alias && node.parent && alias.length === cells
      ? toPhysical(node.parent, numberOf(alias))
      : reachableRegisters(node)[0]?.base;
  const range = base === undefined ? undefined : rangeFrom(base, MBI_SIZE);
  if (!range) context.note(node, "the address of its message based interrupts cannot be read");
  return range ? [{ node, type: "mbi", ranges: [range], disabled }] : [];
}

/** Nodes whose registers a doorbell entry describes; a GIC, and an ITS behind a window, stay devices besides it. */
export function isDescribedByDoorbell({ node, type }: TreeDoorbell): boolean {
  return type !== "mbi" && type !== "pre-its" && cellOf(node, "reg") !== undefined;
}
