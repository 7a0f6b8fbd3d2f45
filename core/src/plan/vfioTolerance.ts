// Which members of an IOMMU group VFIO lets stay with the host while another member is assigned. Knows nothing of groups.
// Source: Linux, drivers/vfio (vfio_dev_viable) and the drivers that set driver_managed_dma.
import type { PciNode } from "./pciTree";

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
