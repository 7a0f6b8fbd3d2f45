// The platform file: every key, what it takes and what it means. The source of truth for reading, types, schema, hovers, completion and documentation.
// Knows nothing of how a value is written down, nor of what is wrong with one.
import { captured } from "./capturedFacts";
import { source } from "./factSource";
import type { Fields, RecordType } from "./valueType";
import {
  acsBits, address, boolean, busRange, either, file, id, idRange, integer, listOf, name, optional, pattern, pciAddress,
  range, record, reference, required, size, text, word,
} from "./valueType";
import {
  architectures, configTypes, doorbellTypes, functionTypes, iommuTypes, memoryTypes, reservationOrigins,
  reservationTypes, reservedRegionTypes, windowTypes,
} from "./vocabulary";
import type { Space } from "../address";
import type { PciFunction } from "../platform";

const placeFields = <S extends Space>(space: S) => ({
  base: optional(address(space), "First byte. With `size` or with `last`."),
  size: optional(size(), "Bytes. `64K`, `2M`, `16G`, `1T` are powers of 1024."),
  last: optional(address(space), "Last byte, inclusive. In place of `size`."),
  range: optional(range(space), "First and last byte in one text, both inclusive. In place of `base` with `size` or `last`."),
  ranges: optional(listOf(range(space)), "Several ranges, for one thing that lies in several places."),
});

const placed = <S extends Space>(space: S) =>
  ({ extent: { space, base: "base", size: "size", last: "last", range: "range", ranges: "ranges" } }) as const;

const mustBePlaced = <S extends Space>(space: S) => ({ extent: { ...placed(space).extent, needed: true } }) as const;

const disabled = optional(boolean(), "The entry is switched off. A disabled device still decodes its addresses; a disabled reservation does not hold.");
const node = optional(integer(0, 4095), "NUMA node.");
const partOf = optional(
  reference("memory", "device", "reservation", "doorbell", "iommu", "host-bridge"),
  "The entry that this one is a part of. It must lie inside that entry, and their overlap is meant.",
);
const description = optional(text(), "Words for people. Nothing is read from it.");

/** The scopes are the same everywhere: requester ids, PCI addresses, or streams. */
const scopeFields = {
  ids: optional(idRange(), "Requester ids, hexadecimal and inclusive: `0000-ffff` is every function of the segment."),
  devices: optional(listOf(pciAddress()), "PCI addresses of functions."),
  below: optional(boolean(), "The functions below those in `devices` are meant too."),
  streams: optional(idRange(), "Stream ids, hexadecimal and inclusive."),
};

const memory = record(
  "memory",
  "A range of memory.",
  {
    name: required(name(), "Name, unique in the file."),
    ...placeFields("pa"),
    type: optional(word(memoryTypes), "What kind of memory. Absent: `ram`."),
    node,
    in: partOf,
    disabled,
    source, description,
  },
  { extents: mustBePlaced("pa"), entry: "memory" },
);

const deviceIommu = record("device IOMMU mapping", "How the DMA of a device that is not PCI reaches its IOMMU.", {
  streams: optional(idRange(), "Stream ids that the device emits, hexadecimal and inclusive."),
  to: required(reference("iommu"), "The IOMMU."),
  incomplete: optional(boolean(), "The boot loader fills this in: what is written is a placeholder."),
});

const device = record(
  "device",
  "The registers of anything that is not PCI.",
  {
    name: required(name(), "Name, unique in the file."),
    ...placeFields("pa"),
    iommu: optional(listOf(deviceIommu), "The IOMMU in front of the device's DMA.", { unknown: true, none: true }),
    assign: optional(boolean(), "Meant to be assigned to a guest."),
    node,
    in: partOf,
    disabled,
    source, description,
  },
  { extents: mustBePlaced("pa"), entry: "device" },
);

const reservation = record(
  "reservation",
  "A range that the operating system may not allocate freely.",
  {
    name: required(name(), "Name, unique in the file."),
    ...placeFields("pa"),
    align: optional(size(), "For a reservation that is placed at boot: its alignment."),
    within: optional(listOf(range("pa")), "For a reservation that is placed at boot: where it may go."),
    type: optional(word(reservationTypes), "Who keeps it, and for what."),
    noMap: optional(boolean(), "The operating system must not even map it."),
    reusable: optional(boolean(), "The operating system may use it until its owner asks for it."),
    sharedWith: optional(
      reference("memory", "device", "reservation", "doorbell", "iommu", "host-bridge"),
      "The other owner of an overlap that is meant. It counts only when both entries say it.",
    ),
    origin: optional(word(reservationOrigins), "Where the reservation comes from."),
    node,
    in: partOf,
    disabled,
    source, description,
  },
  { extents: placed("pa"), entry: "reservation" },
);

const doorbell = record(
  "doorbell",
  "Where a device writes to raise an interrupt (MSI).",
  {
    name: required(name(), "Name, unique in the file."),
    type: required(word(doorbellTypes), "The kind of interrupt controller behind it."),
    ...placeFields("pa"),
    sharedWith: optional(
      reference("memory", "device", "reservation", "doorbell", "iommu", "host-bridge"),
      "The other owner of an overlap that is meant. It counts only when both entries say it.",
    ),
    node,
    in: partOf,
    disabled,
    source, description,
  },
  { extents: mustBePlaced("pa"), entry: "doorbell" },
);

const msiWindow = record(
  "MSI window",
  "The I/O virtual addresses at which devices find the doorbell.",
  {
    ...placeFields("iova"),
    programmable: optional(boolean(), "Software chooses where the window lies (Linux: 0x0800_0000 on Arm). Absent: hardware decides."),
    source,
  },
  { extents: placed("iova") },
);

const iommuReserved = record(
  "IOMMU reserved region",
  "I/O virtual addresses that this IOMMU does not translate freely.",
  {
    name: optional(name(), "Name, unique in the file."),
    ...placeFields("iova"),
    type: required(word(reservedRegionTypes), "The kernel's word in `reserved_regions`."),
    ...scopeFields,
    source, description,
  },
  { extents: mustBePlaced("iova") },
);

const iommu = record(
  "IOMMU",
  "What translates the addresses that devices emit.",
  {
    name: required(name(), "Name, unique in the file."),
    type: required(word(iommuTypes), "The architecture of the IOMMU."),
    ...placeFields("pa"),
    at: optional(pciAddress(), "Where the IOMMU is itself a PCI function."),
    inputBits: optional(integer(1, 64), "Width of the addresses that it takes (IAS, aperture)."),
    outputBits: optional(integer(1, 64), "Width of the addresses that it gives (OAS). What lies above cannot be mapped."),
    pageSizes: optional(listOf(size()), "Page sizes that it can map; the smallest is its granule."),
    msiWindow: optional(msiWindow, "The I/O virtual addresses at which devices find the doorbell."),
    reserved: optional(listOf(iommuReserved), "I/O virtual addresses that it does not translate freely."),
    interruptRemapping: optional(boolean(), "It checks which interrupts a device may raise.", { unknown: true }),
    translatesHyperTransport: optional(
      boolean(),
      "It translates 0xfd_0000_0000-0xff_ffff_ffff like any other addresses (AMD-Vi: HTRangeIgnore). Absent: it does not. Linux makes use of it since 6.16.",
    ),
    node,
    in: partOf,
    disabled,
    source, description,
  },
  { extents: placed("pa"), entry: "iommu" },
);

const config = record(
  "configuration space",
  "How the configuration space of the bridge's buses is reached. For ECAM, the part that this bridge decodes; the base is that of its first bus.",
  { ...placeFields("pa"), type: optional(word(configTypes), "The access method. Absent: `ecam`."), source },
  { extents: placed("pa") },
);

const hostWindow = record(
  "host bridge window",
  "CPU addresses that the host bridge turns into bus addresses.",
  {
    name: optional(name(), "Name, unique in the file."),
    type: required(word(windowTypes), "What the window carries."),
    cpu: optional(address("pa"), "First byte as the CPU sees it. An I/O window may have none."),
    bus: optional(address("bus"), "First byte on the bus. Absent: the same number as `cpu`."),
    size: required(size(), "Bytes."),
    source, description,
  },
  {
    extents: {
      cpuExtent: { space: "pa", base: "cpu", size: "size" },
      busExtent: { space: "bus", base: "bus", size: "size", otherwise: "cpu", needed: true },
    },
  },
);

const inboundWindow = record(
  "inbound window",
  "Bus addresses of DMA that the host bridge forwards to memory (device tree: dma-ranges).",
  {
    bus: required(address("bus"), "First byte on the bus."),
    cpu: optional(address("pa"), "First byte that it becomes. Absent: the same number."),
    size: required(size(), "Bytes."),
    source, description,
  },
  {
    extents: {
      busExtent: { space: "bus", base: "bus", size: "size" },
      cpuExtent: { space: "pa", base: "cpu", size: "size", otherwise: "bus" },
    },
  },
);

const bridgeIommu = record("IOMMU mapping", "Which requester ids reach which IOMMU, and as which streams (device tree: iommu-map; ACPI: IORT).", {
  ...scopeFields,
  to: required(reference("iommu"), "The IOMMU."),
  stream: optional(id(), "Stream of the first id; the others follow."),
  mask: optional(id(), "Applied to the requester id before the range is matched (iommu-map-mask). `0x0` makes every function the same stream."),
  incomplete: optional(boolean(), "The boot loader fills this in: what is written is a placeholder."),
  source,
});

const bridgeMsi = record("MSI mapping", "Which requester ids reach which doorbell, and as which device ids (device tree: msi-map).", {
  ...scopeFields,
  to: required(reference("doorbell"), "The doorbell."),
  deviceIds: optional(id(), "Device id of the first requester id; the others follow."),
  mask: optional(id(), "Applied to the requester id before the range is matched (msi-map-mask)."),
  incomplete: optional(boolean(), "The boot loader fills this in: what is written is a placeholder."),
  source,
});

const capturedMsi = record("MSI taken in the root complex", "The root complex takes the write itself: it never reaches the IOMMU, yet its address is lost to memory.", {
  rootComplex: required(address("bus"), "The bus address that devices write to. `unknown` where the driver picks one.", { unknown: true }),
});

const acs = record("ACS", "Access Control Services of the function.", {
  capable: required(acsBits(), "The bits that the function implements: words of `SV TB RR CR UF EC DT`.", { unknown: true }),
  enabled: required(acsBits(), "The bits that are on.", { unknown: true }),
});

const bridgeWindow = record(
  "bridge window",
  "Bus addresses that a bridge forwards to what is below it.",
  {
    type: required(word(windowTypes), "What the window carries."),
    bus: optional(address("bus"), "First byte on the bus."),
    size: optional(size(), "Bytes."),
    last: optional(address("bus"), "Last byte, inclusive. In place of `size`."),
    range: optional(range("bus"), "First and last byte in one text, both inclusive."),
    source, description,
  },
  { extents: { busExtent: { space: "bus", base: "bus", size: "size", last: "last", range: "range", needed: true } } },
);

const bar = record(
  "BAR",
  "A base address register, in bus addresses.",
  {
    bar: required(integer(0, 6), "Number of the register; 6 is the expansion ROM."),
    base: optional(address("bus"), "First byte on the bus. Absent: not assigned yet."),
    size: required(size(), "Bytes, a power of two."),
    type: required(word(windowTypes), "What the register decodes."),
    virtual: optional(boolean(), "A BAR of the virtual functions."),
  },
  { extents: { busExtent: { space: "bus", base: "base", size: "size" } } },
);

const functionMsi = record("MSI capability", "How the function raises interrupts.", {
  address64: optional(boolean(), "It takes a 64-bit doorbell address. False: the doorbell must lie below 4 GiB."),
  vectors: optional(integer(1, 2048), "How many vectors it has."),
  msix: optional(boolean(), "It has MSI-X, whose doorbell address is always 64 bits wide."),
});

const virtualFunctions = record("SR-IOV", "The virtual functions of this function.", {
  total: required(integer(0, 65535), "How many there can be."),
  enabled: optional(integer(0, 65535), "How many are on."),
  offset: optional(integer(0, 65535), "Requester id of the first one, from that of this function."),
  stride: optional(integer(0, 65535), "Distance between requester ids."),
});

const functionFields = {
  at: required(pciAddress(), "PCI address. The segment may be left out."),
  name: optional(name(), "Name, unique in the file."),
  type: optional(word(functionTypes), "What the function is on the link.", { unknown: true }),
  id: optional(pattern(/^[0-9a-f]{4}:[0-9a-f]{4}$/i, "a vendor and device id", "8086:10fb"), "Vendor and device id."),
  class: optional(pattern(/^[0-9a-f]{4}([0-9a-f]{2})?$/i, "a class code", "0200"), "Class code, four or six hexadecimal digits."),
  buses: optional(busRange(), "For a bridge: the buses behind it, secondary to subordinate.", { unknown: true }),
  multifunction: optional(boolean(), "The slot holds several functions."),
  acs: optional(acs, "Access Control Services. Absent or `none`: the function has no ACS capability.", { unknown: true, none: true }),
  windows: optional(listOf(bridgeWindow), "For a bridge: what it forwards.", { unknown: true, none: true }),
  bars: optional(listOf(bar), "Base address registers.", { unknown: true, none: true }),
  msi: optional(functionMsi, "How the function raises interrupts.", { unknown: true, none: true }),
  assign: optional(boolean(), "Meant to be assigned to a guest."),
  driver: optional(text(), "The driver that holds it on the host."),
  quirks: optional(listOf(text()), "Kernel quirks that isolate the function without ACS."),
  aliases: optional(listOf(pciAddress()), "Other requester ids under which the function's DMA appears."),
  virtualFunctions: optional(either(integer(0, 65535), virtualFunctions), "SR-IOV: how many virtual functions, or more about them."),
  virtual: optional(boolean(), "The function is a virtual function (SR-IOV)."),
  ats: optional(boolean(), "Address Translation Services are on: the function caches translations."),
  externalFacing: optional(boolean(), "The port leads out of the machine: what is plugged in is not trusted."),
  disabled,
  source, description,
} satisfies Fields;

export type PciFunctionFields = typeof functionFields;

const pciFunction: RecordType<PciFunction> & { fields: Fields & { devices?: unknown } } = record("PCI function", "A PCI function, with what is behind it.", functionFields, {
  entry: "function",
});
const functionList = listOf(pciFunction as RecordType<PciFunction>);
/** The record refers to itself: functions hold functions. */
(pciFunction.fields as Record<string, unknown>)["devices"] = optional(functionList, "What is behind the bridge, nested as the hardware is.");

const cxl = record("CXL host bridge", "The host bridge's CXL side.", {
  registers: required(range("pa"), "Component registers, inclusive."),
});

const hostBridge = record(
  "PCI host bridge",
  "A PCI host bridge (root complex), with what is below it.",
  {
    name: required(name(), "Name, unique in the file."),
    segment: optional(integer(0, 0x7fff_ffff), "PCI segment (domain). Absent: 0. Those above 0xffff are the kernel's own (VMD)."),
    buses: optional(busRange(), "The buses that the bridge owns, hexadecimal and inclusive. Absent: `00-ff`."),
    config: optional(config, "How configuration space is reached.", { unknown: true, none: true }),
    windows: optional(listOf(hostWindow), "CPU addresses that become bus addresses.", { unknown: true, none: true }),
    inbound: optional(listOf(inboundWindow), "Bus addresses of DMA that reach memory. Absent: everything, one to one.", { unknown: true }),
    iommu: optional(listOf(bridgeIommu), "Which functions are behind which IOMMU. Absent: none is.", { unknown: true, none: true }),
    msi: optional(
      either(reference("doorbell"), listOf(bridgeMsi), capturedMsi),
      "Where MSIs of the functions go: a doorbell, a list of mappings, or the root complex itself.",
      { unknown: true, none: true },
    ),
    cxl: optional(cxl, "The CXL side of the bridge."),
    devices: optional(functionList, "What is on the bridge's first bus, nested as the hardware is."),
    node,
    disabled,
    source, description,
  },
  { entry: "host-bridge" },
);

const cxlWindow = record(
  "CXL window",
  "Physical addresses that are decoded to CXL memory (CEDT: CFMWS).",
  {
    name: optional(name(), "Name, unique in the file."),
    ...placeFields("pa"),
    targets: optional(listOf(reference("host-bridge")), "The host bridges that it is interleaved over."),
    granularity: optional(size(), "Interleave granularity in bytes."),
    source, description,
  },
  { extents: mustBePlaced("pa") },
);

/** The platform file: one kind of machine. */
export const platformFile = record("platform file", "One kind of machine: its physical map, doorbells, IOMMUs and PCIe.", {
  $schema: optional(text(), "A JSON Schema for editors that do not know the language. Not read."),
  description,
  platform: required(name(), "Name of this kind of machine."),
  arch: optional(word(architectures), "Processor architecture."),
  physicalAddressBits: optional(integer(1, 64), "Width of a physical address. Nothing can lie above.", { unknown: true }),
  pageSize: optional(size(), "Page size of the host's kernel."),
  memory: optional(listOf(memory), "Memory."),
  devices: optional(listOf(device), "Registers of anything that is not PCI."),
  reserved: optional(listOf(reservation), "Ranges that nobody may allocate freely, in physical addresses."),
  doorbells: optional(listOf(doorbell), "Where devices write to raise interrupts."),
  iommus: optional(listOf(iommu), "What translates the addresses that devices emit."),
  pci: optional(listOf(hostBridge), "PCI host bridges, with what is below them."),
  cxlWindows: optional(listOf(cxlWindow), "Physical addresses that are decoded to CXL memory."),
  captured: optional(captured, "What a running machine said."),
  extends: optional(either(file("platform"), listOf(file("platform"))), "Another platform file, or several, over which this one is laid: entries of one name are one, key by key, and this file's word counts. Of several, a later one counts over an earlier one."),
  remove: optional(listOf(text()), "Names of entries of the extended files that this machine does not have."),
});

export { acs, bar, bridgeIommu, bridgeMsi, bridgeWindow, capturedMsi, config, cxlWindow, device, doorbell, functionMsi, hostBridge, hostWindow, inboundWindow, iommu, iommuReserved, memory, msiWindow, reservation };
