// What keeps a PCI function from being given to a guest: DMA past the IOMMU, regions that firmware wants mapped,
// interrupts that nothing checks. Sources: Linux, drivers/vfio and drivers/iommu/iommu.c; domain.md 1.5 and 3.3. Knows
// nothing of the verdict on a function.
import { printIdRange } from "../pciAddress";
import { printRange } from "../print";
import type { Group } from "./groups/assignment";
import type { KernelVersion } from "./groups/kernel";
import { isAtLeast, KERNEL_CHANGES } from "./groups/kernel";
import { interruptIsolation } from "./interruptIsolation";
import { iommuInFront } from "./iommuInFront";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { functionRegions } from "./reserved/functionRegions";
import { isPortOrBridge } from "./vfioTolerance";

/** `because` is a clause. */
export interface AssignmentObstacle {
  readonly verdict: "impossible" | "not-safe" | "unknown";
  readonly because: string;
}

/** No IOMMU in front: nothing keeps its DMA from the host's memory (domain.md 3.3, 4.3). */
export function bypassing(plan: Plan, node: PciNode): AssignmentObstacle | undefined {
  const front = iommuInFront(plan, node);
  if (front.kind !== "none" && front.kind !== "disabled") return undefined;
  if (!(plan.platform.iommus ?? []).some((iommu) => iommu.disabled !== true)) {
    return {
      verdict: "impossible",
      because:
        front.kind === "disabled"
          ? `${front.iommu.name}, its only protection, is disabled`
          : "the machine has no IOMMU",
    };
  }
  const { name, iommu } = node.hostBridge;
  const why =
    Array.isArray(iommu) && iommu.length > 0
      ? `no IOMMU mapping of ${name} covers id ${printIdRange({ first: node.requesterId, last: node.requesterId })}`
      : `${name} has no IOMMU mapping`;
  return {
    verdict: "not-safe",
    because: `its DMA bypasses the IOMMU: ${front.kind === "disabled" ? `${front.iommu.name} is disabled` : why}`,
  };
}

/** A description that does not say whether an IOMMU is in front settles nothing. */
export function doubtAboutFront(plan: Plan, node: PciNode): AssignmentObstacle[] {
  const front = iommuInFront(plan, node);
  return front.kind === "unknown" ? [{ verdict: "unknown", because: front.because }] : [];
}

/**
 * Bridges and ports, also those whose type nobody tells: VFIO takes only functions with an ordinary header (Linux,
 * vfio_pci_core_register_device).
 */
export function isBridge(node: PciNode): boolean {
  const { type, buses } = node.function;
  const isUntold = type === undefined || type === "unknown";
  return isPortOrBridge(node) || (isUntold && (buses !== undefined || node.children.length > 0));
}

/** What keeps a whole group from a guest: VFIO asks every member. */
export function obstaclesOfGroup(plan: Plan, kernel: KernelVersion, group: Group): AssignmentObstacle[] {
  return [...directRegions(plan, kernel, group), ...openInterrupts(plan, group)];
}

/** One member with a region that must stay mapped one to one keeps the whole group from another domain. */
function directRegions(plan: Plan, kernel: KernelVersion, group: Group): AssignmentObstacle[] {
  return group.members.flatMap((node) => {
    const front = iommuInFront(plan, node);
    const refuses = isAtLeast(kernel, KERNEL_CHANGES.directRefused) || (front.kind === "iommu" && front.iommu.type === "vt-d");
    const direct = refuses ? functionRegions(plan, node).regions.filter((region) => region.kind === "direct") : [];
    return direct.map(({ range }): AssignmentObstacle => ({
      verdict: "impossible",
      because: `firmware wants ${printRange(range)} mapped one to one for ${node.label} at all times (direct)`,
    }));
  });
}

function openInterrupts(plan: Plan, group: Group): AssignmentObstacle[] {
  const found = new Map<string, AssignmentObstacle>();
  for (const node of group.members.filter((one) => !isBridge(one))) {
    const { kind, because } = interruptIsolation(plan, node);
    if (kind !== "isolated") found.set(because, { verdict: kind === "open" ? "not-safe" : "unknown", because });
  }
  return [...found.values()];
}
