// The IOMMUs of a device tree. Knows nothing of who is behind them.
import type { CapturedRange } from "../reading";
import type { IommuType } from "../sysClassIommu";
import { isPciBus, regOf } from "./cells";
import { has, isCompatible, isEnabled } from "./properties";
import { reachableRegisters } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

export interface TreeIommu {
  readonly node: TreeNode;
  readonly type: IommuType;
  readonly ranges: readonly CapturedRange[];
  /** The requester id of one that is itself a PCI function, on the host bridge above it. */
  readonly requesterId: number | undefined;
  readonly disabled: boolean;
}

/**
 * From the bindings of the kernel's drivers (arm,smmu.yaml, arm,smmu-v3.yaml, riscv,iommu.yaml, virtio/iommu.yaml,
 * apple,dart.yaml).
 */
const TYPES: readonly (readonly [type: IommuType, ...compatibles: string[]])[] = [
  ["smmuv3", "arm,smmu-v3"],
  ["smmuv1", "arm,smmu-v1", "arm,mmu-400", "arm,mmu-401"],
  [
    "smmuv2",
    "arm,smmu-v2",
    "arm,mmu-500",
    "cavium,smmu-v2",
    "qcom,smmu-500",
    "qcom,smmu-v2",
    "qcom,adreno-smmu",
    "nvidia,smmu-500",
    "marvell,ap806-smmu-500",
  ],
  ["virtio-iommu", "virtio,pci-iommu"],
  ["riscv-iommu", "riscv,iommu", "riscv,pci-iommu"],
  ["dart", "apple,t8103-dart", "apple,t6000-dart", "apple,t8110-dart", "apple,s5l8960x-dart", "apple,t7000-dart"],
];

/** In the order of the tree. IOMMUs of a kind that the language has no word for stay devices: `isOtherIommu`. */
export function iommusOf(context: TreeContext): TreeIommu[] {
  return context.nodes.flatMap((node) => {
    const type = typeOf(node);
    return type === undefined ? [] : [{ node, type, ...placeOf(node), disabled: !isEnabled(node) }];
  });
}

/** An IOMMU of a kind that the language has no word for. */
export function isOtherIommu(node: TreeNode): boolean {
  return has(node, "#iommu-cells") && typeOf(node) === undefined;
}

function typeOf(node: TreeNode): IommuType | undefined {
  const known = TYPES.find(([, ...compatibles]) => isCompatible(node, ...compatibles))?.[0];
  return known ?? (has(node, "#iommu-cells") && isCompatible(node, "virtio,mmio") ? "virtio-iommu" : undefined);
}

/**
 * The first cell of a PCI function's `reg` has its bus, device and function from bit 8 on (PCI Bus Binding 2.2.1.1).
 */
function placeOf(node: TreeNode): Pick<TreeIommu, "ranges" | "requesterId"> {
  if (!node.parent || !isPciBus(node.parent)) return { ranges: reachableRegisters(node), requesterId: undefined };
  const address = regOf(node)?.[0]?.base;
  return { ranges: [], requesterId: address === undefined ? undefined : Number((address >> 72n) & 0xffffn) };
}
