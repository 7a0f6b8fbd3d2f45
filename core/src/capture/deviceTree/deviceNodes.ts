// Everything with registers in a device tree that is not memory, PCI, an IOMMU or a doorbell. Knows nothing of drafts.
import type { CapturedRange } from "../reading";
import { isPciBus, rangeFrom, regOf } from "./cells";
import { isOtherIommu } from "./iommuNodes";
import { has, isCompatible, isEnabled, textOf, textsOf } from "./properties";
import type { IdMap, Reference } from "./references";
import { idMapOf, referencesOf } from "./references";
import { registersOf } from "./translate";
import { isFramebuffer } from "./reservedMemory";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";
import { ancestorsOf } from "./treeNode";

export interface TreeDevice {
  readonly node: TreeNode;
  readonly registers: readonly (CapturedRange & { readonly name: string | undefined })[];
  readonly iommus: readonly Reference[];
  readonly iommuMap: IdMap | undefined;
  readonly disabled: boolean;
  /** What is particular about it, in words. */
  readonly note: string;
}

/** GICs list their parts in `reg` without names (arm,gic.yaml, arm,gic-v3.yaml). */
const GICV2 = [
  "arm,gic-400",
  "arm,cortex-a15-gic",
  "arm,cortex-a7-gic",
  "arm,cortex-a9-gic",
  "qcom,msm-qgic2",
] as const;

/** In the order of the tree. `taken`: nodes that are described otherwise. */
export function devicesOf(context: TreeContext, taken: ReadonlySet<TreeNode>): TreeDevice[] {
  return context.nodes.flatMap((node) => {
    if (!has(node, "reg") || taken.has(node) || isElsewhere(node)) return [];
    const registers = registersWithNames(node, context);
    return registers.length === 0 ? [] : [deviceOf(node, registers, context)];
  });
}

/** Devices without registers of their own that an IOMMU serves: they have no place in a map. */
export function placelessBehindIommu(context: TreeContext, devices: readonly TreeDevice[]): TreeNode[] {
  const placed = new Set(devices.map(({ node }) => node));
  return context.nodes.filter((node) => has(node, "iommus") && !placed.has(node) && isEnabled(node) && !isPciBus(node));
}

function deviceOf(node: TreeNode, registers: TreeDevice["registers"], context: TreeContext): TreeDevice {
  return {
    node,
    registers,
    iommus: referencesOf(node, "iommus", "#iommu-cells", context),
    iommuMap: idMapOf(node, "iommu-map", context),
    disabled: !isEnabled(node),
    note: isOtherIommu(node) ? "an IOMMU of a kind that the language has no word for" : "",
  };
}

/** Memory, reservations, processors, and what is below PCI: `reg` means something else there. */
function isElsewhere(node: TreeNode): boolean {
  const above = [...ancestorsOf(node)];
  return (
    textOf(node, "device_type") === "memory" ||
    isFramebuffer(node) ||
    above.some((up) => isPciBus(up) || up.path === "/reserved-memory" || up.path === "/cpus")
  );
}

function registersWithNames(node: TreeNode, context: TreeContext): (CapturedRange & { name: string | undefined })[] {
  const names = partNames(node);
  const found = registersOf(node).flatMap((range, index) => (range ? [{ ...range, name: names(index) }] : []));
  const isPlaced = (regOf(node) ?? []).some(({ base, size }) => rangeFrom(base, size) === undefined && size !== 0n);
  if (isPlaced) context.note(node, "a register range that passes 2^64 is left out");
  return found;
}

/** The names of a node's register ranges by their places. */
function partNames(node: TreeNode): (index: number) => string | undefined {
  if (isCompatible(node, ...GICV2)) return (index) => ["gicd", "gicc", "gich", "gicv"][index];
  if (isCompatible(node, "arm,gic-v3")) {
    const bytes = node.properties.get("#redistributor-regions");
    const regions = bytes?.[3] ?? 1;
    const rest = ["gicc", "gich", "gicv"];
    return (index) =>
      index === 0
        ? "gicd"
        : index <= regions
          ? regions === 1
            ? "gicr"
            : `gicr${index - 1}`
          : rest[index - 1 - regions];
  }
  const names = textsOf(node, "reg-names");
  return (index) => names[index];
}
