// The guest file: one virtual machine, and the hosts that it must run on. Every key, what it takes and what it means.
// Knows nothing of how a guest is placed, nor of what the files that it names say.
import { source } from "./factSource";
import {
  address, boolean, file, integer, listOf, name, optional, pattern, pciAddress, range, record, reference, required, size, text, word,
} from "./valueType";
import {
  architectures, assignmentBackends, attachTimes, doorbellStrategies, guestIommuTypes, guestMemoryTypes, placementPolicies,
  processorVendors, reservedRegionTypes, windowTypes,
} from "./vocabulary";

const description = optional(text(), "Words for people. Nothing is read from it.");

const guestMemory = record(
  "guest memory",
  "Memory that the guest asks for: at a base, or wherever it may lie on all hosts.",
  {
    name: required(name(), "Name, unique in the file."),
    size: required(size(), "Bytes. `64K`, `2M`, `16G`, `1T` are powers of 1024."),
    base: optional(address("ipa"), "First byte as the guest sees it. Absent: Platmap places the memory, in several banks where it must."),
    from: optional(address("ipa"), "Lowest address to place it at. Absent: where the machine's memory begins, else 0x4000_0000."),
    align: optional(size(), "Alignment of each bank. Absent: `2M`."),
    banks: optional(listOf(range("ipa")), "Where it lies, as a plan has placed it: first and last bytes, both inclusive. What the guest asks for stays beside it."),
    type: optional(word(guestMemoryTypes), "What kind of memory. Absent: `ram`."),
    source, description,
  },
  { extents: { extent: { space: "ipa", base: "base", size: "size" } }, entry: "guest-memory" },
);

const guestDevice = record(
  "guest device",
  "Registers that the virtual machine monitor puts at a fixed place.",
  {
    name: required(name(), "Name, unique in the file."),
    base: optional(address("ipa"), "First byte as the guest sees it. With `size` or with `last`."),
    size: optional(size(), "Bytes."),
    last: optional(address("ipa"), "Last byte, inclusive. In place of `size`."),
    range: optional(range("ipa"), "First and last byte in one text, both inclusive."),
    source, description,
  },
  { extents: { extent: { space: "ipa", base: "base", size: "size", last: "last", range: "range", needed: true } }, entry: "guest-device" },
);

const guestWindow = record(
  "guest window",
  "A window of the guest's PCI host bridge. Without a base it is placed downward from the top of the guest's address space, naturally aligned.",
  {
    name: required(name(), "Name, unique in the file."),
    type: required(word(windowTypes), "What the window carries."),
    size: required(size(), "Bytes."),
    base: optional(address("ipa"), "First byte as the guest sees it. Absent: Platmap places it."),
    source, description,
  },
  { extents: { extent: { space: "ipa", base: "base", size: "size" } }, entry: "guest-window" },
);

const guestDoorbell = record(
  "guest doorbell",
  "Where the guest's devices write to raise an interrupt.",
  {
    strategy: optional(word(doorbellStrategies), "How its address is chosen. Absent: `auto`."),
    base: optional(address("ipa"), "First byte, where you choose it yourself."),
    size: optional(size(), "Bytes. Absent: `1M`, and `2M` for `top`."),
    source, description,
  },
  { extents: { extent: { space: "ipa", base: "base", size: "size", baseAlone: true } } },
);

const passthrough = record("passed-through device", "A PCI function of a host that the guest gets.", {
  host: required(reference("platform"), "The host: the name that its platform file gives."),
  device: required(pciAddress(), "PCI address on that host. The segment may be left out."),
  when: optional(word(attachTimes), "At boot, or while the guest runs. Absent: `boot`."),
  description,
});

const viommuRegion = record("declared reserved region", "A region that the guest's IOMMU declares (QEMU: reserved-regions of virtio-iommu).", {
  range: required(range("iova"), "First and last byte, both inclusive."),
  type: optional(word(reservedRegionTypes), "The kernel's word. Absent: `reserved`."),
  source,
});

const guestIommu = record("guest IOMMU", "The IOMMU that the guest itself sees.", {
  type: required(word(guestIommuTypes), "Its kind."),
  pageSize: optional(size(), "The page size that it offers the guest."),
  reserved: optional(listOf(viommuRegion), "The reserved regions that it declares to the guest."),
});

/** The guest file: one virtual machine. */
export const guestFile = record("guest file", "One virtual machine: its memory, its fixed devices, its doorbell, what is passed through to it, and the hosts that it must run on.", {
  $schema: optional(text(), "A JSON Schema for editors that do not know the language. Not read."),
  description,
  guest: required(name(), "Name of the virtual machine."),
  machine: optional(
    pattern(/^[a-z][a-z0-9_]*(-[a-z0-9_.]+)*$/i, "a known machine with its version", "qemu-virt-10.1"),
    "A known layout, with its version and architecture where they matter: `qemu-virt-10.1`, `qemu-q35-8.2`, `cloud-hypervisor-arm64`. Absent: nothing is fixed.",
  ),
  arch: optional(word(architectures), "Processor architecture. Absent: the machine's, else the hosts'."),
  processor: optional(word(processorVendors), "Vendor of the virtual processor, where the machine's layout depends on it."),
  physicalAddressBits: optional(integer(1, 64), "Width of the guest's physical addresses (IPA, GPA)."),
  pageSize: optional(size(), "Page size of the guest's kernel."),
  hosts: optional(listOf(file("platform")), "The platform files of the hosts that it must run on, from this file's folder."),
  fleet: optional(file("fleet"), "A fleet file whose platforms are the hosts."),
  memory: optional(listOf(guestMemory), "The memory that it asks for."),
  maxMemory: optional(size(), "Most memory that it may have in its life (QEMU: maxmem)."),
  memorySlots: optional(integer(0, 1024), "How many memory modules can be added (QEMU: slots)."),
  hugePages: optional(size(), "Page size of the memory behind it on the host."),
  devices: optional(listOf(guestDevice), "Registers at fixed places."),
  windows: optional(listOf(guestWindow), "Windows of its PCI host bridge, besides those that the machine brings."),
  doorbell: optional(guestDoorbell, "Where its devices write to raise an interrupt."),
  iommu: optional(guestIommu, "The IOMMU that the guest itself sees."),
  passthrough: optional(listOf(passthrough), "Devices of the hosts that it gets."),
  backend: optional(word(assignmentBackends), "How devices are assigned on the host. Absent: `vfio`."),
  policy: optional(word(placementPolicies), "What it keeps off. Absent: `strict`."),
  policyVersion: optional(integer(1, 1), "Version of the placement rules. A later version may place a guest elsewhere; this keeps it where it is."),
  secureMemory: optional(boolean(), "The machine has a secure world (QEMU virt: secure=on)."),
});

export { guestDevice, guestDoorbell, guestIommu, guestMemory, guestWindow, passthrough, viommuRegion };
