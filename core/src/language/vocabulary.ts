// The words of the language, each with what it means. Knows nothing of the keys that take them.
import type { Word } from "./valueType";

export const architectures = [
  { word: "arm64", doc: "64-bit Arm." },
  { word: "x86_64", doc: "64-bit x86." },
  { word: "riscv64", doc: "64-bit RISC-V." },
  { word: "loongarch64", doc: "64-bit LoongArch." },
] as const satisfies readonly Word[];

export const memoryTypes = [
  { word: "ram", doc: "Memory that the operating system uses from boot on." },
  { word: "hotplug", doc: "A range in which memory may be added while the machine runs." },
  { word: "persistent", doc: "Persistent memory (NVDIMM, e820 type 7, EFI type 14)." },
  { word: "soft-reserved", doc: "Memory set apart for a purpose of its own (EFI attribute SP): usable, but not by default." },
] as const satisfies readonly Word[];

export const reservationTypes = [
  { word: "firmware", doc: "Kept by firmware: ACPI tables, runtime services, boot code that stays." },
  { word: "secure", doc: "Owned by the secure world (BL31, BL32, TZDRAM). An access from the normal world aborts, a speculative one too." },
  { word: "shared-memory", doc: "Shared with another owner, such as a co-processor, OP-TEE or SCMI firmware." },
  { word: "framebuffer", doc: "Scanned out by a display that is already on." },
  { word: "dma-pool", doc: "A pool from which drivers allocate memory for DMA (CMA, shared-dma-pool)." },
  { word: "crash-log", doc: "Kept over a reset for post-mortem logs (ramoops, pstore)." },
  { word: "hole", doc: "Not memory at all: a gap that nobody may allocate." },
] as const satisfies readonly Word[];

export const reservationOrigins = [
  { word: "reserved-memory", doc: "A child of the device tree's /reserved-memory." },
  { word: "memreserve", doc: "An entry of the device tree's memory reservation block." },
  { word: "efi", doc: "A descriptor of the EFI memory map." },
  { word: "e820", doc: "An entry of the x86 E820 map." },
  { word: "board", doc: "Known from the board's documents alone." },
] as const satisfies readonly Word[];

/** The kernel's words in `reserved_regions` (domain.md 1.1). */
export const reservedRegionTypes = [
  { word: "direct", doc: "Firmware wants it mapped one to one, always. Guest memory must stay out." },
  { word: "direct-relaxable", doc: "One to one only until the driver takes over. It does not block guest memory." },
  { word: "reserved", doc: "Cannot be mapped. Guest memory must stay out." },
  { word: "msi", doc: "Taken for message signalled interrupts. Guest memory must stay out." },
] as const satisfies readonly Word[];

export const doorbellTypes = [
  { word: "gicv2m", doc: "GICv2m frame: MSI_SETSPI_NS at offset 0x40." },
  { word: "its", doc: "GICv3 Interrupt Translation Service: 64 KiB of control, then 64 KiB with GITS_TRANSLATER at 0x40." },
  { word: "mbi", doc: "GICv3 message based interrupts: GICD_SETSPI_NSR, or an alias frame." },
  { word: "pre-its", doc: "Socionext's window in front of the ITS: the device id is part of the address." },
  { word: "imsic", doc: "RISC-V incoming MSI controller: one 4 KiB page an interrupt file." },
  { word: "local-apic", doc: "x86: writes to 0xfee0_0000-0xfeef_ffff are interrupts." },
  { word: "pch-msi", doc: "LoongArch: the bridge chip's MSI register." },
  { word: "mip", doc: "Broadcom's MSI-X peripheral (Raspberry Pi 5)." },
  { word: "controller", doc: "An MSI controller that has none of the other words." },
] as const satisfies readonly Word[];

export const iommuTypes = [
  { word: "smmuv1", doc: "Arm SMMU version 1 (MMU-400, MMU-401)." },
  { word: "smmuv2", doc: "Arm SMMU version 2 (MMU-500)." },
  { word: "smmuv3", doc: "Arm SMMU version 3 (MMU-600, MMU-700)." },
  { word: "vt-d", doc: "Intel VT-d remapping unit." },
  { word: "amd-vi", doc: "AMD-Vi." },
  { word: "virtio-iommu", doc: "The paravirtual IOMMU." },
  { word: "riscv-iommu", doc: "The RISC-V IOMMU." },
  { word: "dart", doc: "Apple's device address resolution table." },
] as const satisfies readonly Word[];

export const configTypes = [
  { word: "ecam", doc: "Memory mapped: 1 MiB a bus, 4 KiB a function, the base is that of the first bus." },
  { word: "indirect", doc: "Reached through index registers of the controller." },
  { word: "io-ports", doc: "Reached through I/O ports 0xcf8 and 0xcfc." },
] as const satisfies readonly Word[];

export const windowTypes = [
  { word: "io", doc: "I/O ports." },
  { word: "mem32", doc: "Memory below 4 GiB, not prefetchable." },
  { word: "mem32-prefetchable", doc: "Memory below 4 GiB, prefetchable." },
  { word: "mem64", doc: "Memory with 64-bit addresses, not prefetchable." },
  { word: "mem64-prefetchable", doc: "Memory with 64-bit addresses, prefetchable." },
] as const satisfies readonly Word[];

/** PCIe device/port types (PCIe base specification, PCI Express Capabilities Register; domain.md 2.3). */
export const functionTypes = [
  { word: "root-port", doc: "Port of the root complex towards a link." },
  { word: "upstream-port", doc: "A switch's port towards the root complex." },
  { word: "downstream-port", doc: "A switch's port away from the root complex." },
  { word: "endpoint", doc: "PCIe endpoint." },
  { word: "legacy-endpoint", doc: "Legacy PCIe endpoint." },
  { word: "integrated-endpoint", doc: "Root complex integrated endpoint." },
  { word: "event-collector", doc: "Root complex event collector." },
  { word: "pcie-to-pci-bridge", doc: "PCIe above, conventional PCI below: what is below appears under the bridge's requester id." },
  { word: "pci-to-pcie-bridge", doc: "Conventional PCI above, PCIe below." },
  { word: "pci-bridge", doc: "Conventional PCI-to-PCI bridge." },
  { word: "pci-device", doc: "Conventional PCI device." },
] as const satisfies readonly Word[];

export const firmwareMapSources = [
  { word: "e820", doc: "The x86 E820 map." },
  { word: "efi", doc: "The EFI memory map." },
] as const satisfies readonly Word[];

export const guestMemoryTypes = [
  { word: "ram", doc: "Memory that the guest has from boot on." },
  { word: "hotplug", doc: "Room for memory that is added while the guest runs." },
] as const satisfies readonly Word[];

export const doorbellStrategies = [
  { word: "fixed", doc: "Where `base` says; without a base at 0xfee0_0000, as on x86. Without a base it falls back when something is there, and says so." },
  { word: "host-window", doc: "Where the hosts' kernels put their own MSI window, when they all agree on one." },
  { word: "top", doc: "The last 2 MiB of the guest's address space." },
  { word: "sign-extended", doc: "0xfee0_0000 sign-extended to the guest's address width: 18 MiB below the top." },
  { word: "auto", doc: "The first of the others that is free, else the highest free MiB below 4 GiB, else above." },
] as const satisfies readonly Word[];

export const attachTimes = [
  { word: "boot", doc: "The guest starts with the device." },
  { word: "hotplug", doc: "The device is added while the guest runs." },
] as const satisfies readonly Word[];

export const placementPolicies = [
  { word: "strict", doc: "Keep off every host's every reserved region, and off every described bridge window." },
  { word: "relaxed", doc: "Keep off the regions of the groups of the passed-through devices, and off windows only of bridges on their path without RR and UF." },
] as const satisfies readonly Word[];

export const assignmentBackends = [
  { word: "vfio", doc: "VFIO's type 1 container." },
  { word: "iommufd", doc: "iommufd, which refuses some groups that VFIO's container takes." },
] as const satisfies readonly Word[];

export const guestIommuTypes = [
  { word: "virtio-iommu", doc: "A paravirtual IOMMU, which tells the guest its reserved regions when the guest probes it." },
  { word: "smmuv3", doc: "An emulated Arm SMMUv3." },
  { word: "vt-d", doc: "An emulated Intel IOMMU." },
  { word: "amd-vi", doc: "An emulated AMD IOMMU." },
] as const satisfies readonly Word[];

export const processorVendors = [
  { word: "intel", doc: "Intel." },
  { word: "amd", doc: "AMD: QEMU keeps guest memory off the HyperTransport range." },
] as const satisfies readonly Word[];
