// Which members of an IOMMU group VFIO lets stay with the host while another member is assigned. Knows nothing of groups.
// Source: Linux, drivers/iommu/iommu.c, iommu_group_claim_dma_owner, and the drivers that set driver_managed_dma (before 5.19 drivers/vfio/vfio.c,
// vfio_dev_viable).
import { under } from "../anchor";
import { isMisread } from "./misread";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";

/** Ports and bridges do no DMA of their own for the host. */
export function isPortOrBridge({ function: { type, class: code } }: PciNode): boolean {
  if (type === undefined || type === "unknown") return code?.startsWith("0604") === true;
  return type.endsWith("-port") || type.endsWith("bridge");
}

/** True for a driver that keeps a function for guests, or keeps it unused. */
export function isGuestDriver(driver: string): boolean {
  return /^(vfio-pci|.+[-_]vfio[-_]pci|pci-stub)$/.test(driver);
}

/** The driver that uses the function for the host, where the description names one. */
export function hostDriver({ function: { driver } }: PciNode): string | undefined {
  return driver !== undefined && !isGuestDriver(driver) ? driver : undefined;
}

/** What the host keeps for itself: `assign: false`, or nothing said. What could not be read may have said otherwise. */
export function staysWithHost(plan: Plan, node: PciNode): boolean {
  const { assign, driver } = node.function;
  if (assign === true || isPortOrBridge(node) || isMisread(plan, under(node.anchor, "assign"))) return false;
  return driver === undefined || !isGuestDriver(driver);
}

/** A capture tells the drivers of all functions or of none. */
export function areDriversTold(plan: Plan): boolean {
  return plan.platform.captured !== undefined && plan.functions.some((node) => node.function.driver !== undefined);
}
