// What the kernel and the virtual machine monitors say when they refuse something, filled in with what is known; `…` stands for what is not.
// Sources: QEMU, hw/vfio and hw/mem/memory-device.c; Linux, drivers/vfio and drivers/iommu; domain.md 1.5, 1.7, 5.4 and 6.
// Knows nothing of when they say it.
import { sizeOf } from "../address";
import { machineOf } from "../guest/guestMachine";
import type { GuestPlan } from "../guest/guestPlan";
import type { GuestDevice } from "./devices";
import type { Plan } from "../plan/plan";
import { printPlainAddress } from "../print";
import type { MappedMemory } from "./state";

export type Backend = NonNullable<GuestPlan["guest"]["backend"]>;

/** The words of one guest's monitor. A guest without a known machine is taken to run in QEMU. */
export class VmmWords {
  private readonly family: string;

  constructor(private readonly plan: GuestPlan) {
    this.family = machineOf(plan)?.name ?? "qemu";
  }

  get backend(): Backend {
    return this.plan.guest.backend ?? "vfio";
  }

  get isQemu(): boolean {
    return this.family.startsWith("qemu");
  }

  /** A device is attached, and a piece of memory cannot be mapped for it. */
  mapRefused(node: GuestDevice, host: Plan, memory: MappedMemory): string {
    const [base, size] = [printPlainAddress(memory.range.base), printPlainAddress(sizeOf(memory.range))];
    if (!this.isQemu) return this.backend === "iommufd" ? `IOMMU_IOAS_MAP ${base}+${size}: Invalid argument (EINVAL)` : `VFIO_IOMMU_MAP_DMA ${base}+${size}: Invalid argument (EINVAL)`;
    const mapped = `memory listener initialization failed: Region ${this.regionName(memory)}: vfio_container_dma_map(…, ${base}, ${size}, …) = -22 (Invalid argument)`;
    return this.backend === "iommufd" ? this.about(node, mapped) : this.about(node, `failed to setup container for group ${groupNumber(host, node)}: ${mapped}`);
  }

  /**
   * A device comes to a guest whose memory is mapped for others already, where its group can have none. QEMU does not say that it could not join them: it
   * takes another I/O address space, and maps the memory there (hw/vfio/iommufd.c, iommufd_cdev_attach; hw/vfio/container.c).
   */
  besideMappingsRefused(node: GuestDevice, host: Plan, memory: MappedMemory): string {
    return this.isQemu || this.backend === "vfio" ? this.mapRefused(node, host, memory) : this.attachRefused(node, host, "EADDRINUSE");
  }

  /** A device cannot be attached to an I/O address space. */
  attachRefused(node: GuestDevice, host: Plan, error: "EADDRINUSE" | "EINVAL"): string {
    const text = error === "EADDRINUSE" ? "Address already in use" : "Invalid argument";
    if (this.backend === "iommufd") return this.isQemu ? this.about(node, `[iommufd=…] error attach ${node.address} (…) to id=…: ${text}`) : `VFIO_DEVICE_ATTACH_IOMMUFD_PT: ${text} (${error})`;
    return this.isQemu ? this.about(node, `failed to setup container for group ${groupNumber(host, node)}: Failed to set group container: ${text}`) : `VFIO_GROUP_SET_CONTAINER: ${text} (${error})`;
  }

  noGroup(node: GuestDevice): string {
    return this.about(node, "no iommu_group found: No such file or directory");
  }

  notViable(node: GuestDevice, host: Plan): string {
    const group = groupNumber(host, node);
    return this.about(node, `group ${group} is not viable\nPlease ensure all devices within the iommu_group are bound to their vfio bus driver.`);
  }

  alreadyAttached(node: GuestDevice): string {
    return this.about(node, "device is already attached");
  }

  noSuchDevice(address: string): string {
    return this.isQemu ? `vfio ${address}: no such host device: No such file or directory` : `/sys/bus/pci/devices/${address}: No such file or directory`;
  }

  notAttached(address: string): string {
    return this.isQemu ? `Device '${address}' not found` : `${address}: no such device`;
  }

  private about(node: GuestDevice, text: string): string {
    return `vfio ${node.address}: ${text}`;
  }

  /** QEMU's name of the memory that a machine has at boot. */
  private regionName({ name }: MappedMemory): string {
    if (this.family.startsWith("qemu-virt")) return "mach-virt.ram";
    return this.family.startsWith("qemu-q35") ? "pc.ram" : name;
  }
}

/** Linux, iommu.c, since about 6.6. */
export const DIRECT_MAPPING_WANTED =
  "Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device without a 1:1 mapping. Contact your platform vendor.";
/** Linux before that, intel/iommu.c. */
export const RESERVED_MEMORY_REQUIRED =
  "Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  Contact your platform vendor.";
/** Linux, vfio_iommu_type1.c. */
export const NO_INTERRUPT_REMAPPING =
  'vfio_iommu_type1_attach_group: No interrupt remapping support.  Use the module param "allow_unsafe_interrupts" to enable VFIO IOMMU support on this platform';
/** QEMU, hw/vfio/listener.c: it aborts. */
export const MAPPING_FAILED_LATER = "vfio: DMA mapping failed, unable to continue";
/** QEMU, hw/mem/memory-device.c. */
export const NO_MEMORY_DEVICES = "the configuration is not prepared for memory devices (e.g., for memory hotplug), consider specifying the maxmem option";
export const NO_FREE_SLOT = "no free memory slots available";

export function notEnoughSpace(used: bigint, total: bigint): string {
  return `not enough space, currently ${printPlainAddress(used)} in use of total space for memory devices ${printPlainAddress(total)}`;
}

/** QEMU, hw/virtio/virtio-iommu.c. */
export const CONFLICTING_RANGES = "IOMMU mr=… Conflicting host reserved ranges set!";
export const NOTIFIED_AFTER_PROBE = "virtio-iommu-memory-region-…: Notified about new host reserved regions after probe";

/** QEMU, hw/vfio/migration.c and common.c. */
export function migrationBlocked(address: string): string {
  return `${address}: VFIO migration is not supported in kernel`;
}
export const MIGRATION_BLOCKED_BY_VIOMMU = "Migration is currently not supported with vIOMMU enabled";

/** QEMU, hw/arm/virt.c. */
export function addressesBeyondHost(needed: number, supported: number): string {
  return `-m and ,maxmem option values require an IPA range (${needed} bits) larger than the one supported by the host (${supported} bits)`;
}

/** The number that the running machine gave the group; a description has no other. */
function groupNumber({ platform: { captured } }: Plan, { address }: GuestDevice): string {
  const group = captured?.groups?.find((one) => one.devices.includes(address));
  return group === undefined ? "…" : String(group.id);
}
