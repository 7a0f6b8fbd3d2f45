// The functions that Linux takes to be isolated though their ACS does not say so, as data. Knows nothing of groups.
// Device ids are facts of drivers/pci/quirks.c (read: 6.1.y, 6.18.y and a tree after 7.0); names are our own.
import type { AcsBit } from "../acs";
import type { PciQuirk } from "./pciQuirk";
import { holds } from "./pciQuirk";

export interface AcsQuirk extends PciQuirk {
  /**
   * The bits that count as on. `as-capable`: those of the capability, whose control word lies where ACS does not have
   * it. None: the kernel says no, whatever the registers say.
   */
  readonly grants: readonly AcsBit[] | "as-capable";
  /** The bits that mean something for these functions: others are not asked for. Absent: all. */
  readonly asked?: readonly AcsBit[];
  /** Only where an AMD IOMMU is in the machine, for one of several functions on a host bridge's first bus. */
  readonly needsAmdIommu?: true;
}

/** True for a root port whose ACS registers are double words: its control word lies at offset 8 instead of 6. */
export function hasWideAcs(vendor: number, device: number): boolean {
  return ACS_QUIRKS.some((row) => row.grants === "as-capable" && row.vendor === vendor && holds(row.devices, device));
}

/** Functions of whose ACS capability Linux does not believe everything. */
export interface AcsDefect extends PciQuirk {
  /** The bits that count as if the capability did not have them: they are neither turned on nor asked for. */
  readonly without: readonly AcsBit[];
}

/**
 * Since 7.0; kernels before turn the bit off only while they read the configuration space of what is below the port
 * (pci_idt_bus_quirk).
 */
export const ACS_DEFECTS: readonly AcsDefect[] = [
  {
    name: "IDT switch that drops completions by source validation",
    vendor: 0x111d,
    devices: [0x80b5, 0x8090],
    without: ["SV"],
    since: "7.0",
    source: "pci_disable_broken_acs_cap",
    tested: false,
  },
];

const PORT: readonly AcsBit[] = ["SV", "RR", "CR", "UF"];
const ENDPOINT: readonly AcsBit[] = ["SV", "TB", "RR", "CR", "UF", "DT"];

type Row = Omit<AcsQuirk, "tested" | "grants" | "source"> & Partial<Pick<AcsQuirk, "tested">>;

/** Functions of one device that the vendor says do no peer-to-peer among themselves. */
function endpoint(row: Row): AcsQuirk {
  return { grants: ENDPOINT, source: "pci_quirk_mf_endpoint_acs", tested: false, ...row };
}

/** Ports that isolate without an ACS capability. */
function port(source: string, row: Row): AcsQuirk {
  return { grants: PORT, source, tested: false, ...row };
}

/** Part of an AMD southbridge: no peer-to-peer where the machine has AMD's IOMMU. */
function southbridge(name: string, vendor: number, device: number): AcsQuirk {
  return {
    name,
    vendor,
    devices: [device],
    grants: ["RR", "CR"],
    asked: ["RR", "CR", "EC", "DT"],
    needsAmdIommu: true,
    source: "pci_quirk_amd_sb_acs",
    tested: false,
  };
}

/** PCH root ports without the capability, whose own registers the kernel sets when it wants ACS. */
function pch(name: string, devices: AcsQuirk["devices"]): AcsQuirk {
  return port("pci_quirk_intel_pch_acs", {
    name: `Intel ${name} PCH root port`,
    vendor: 0x8086,
    devices,
    types: ["root-port"],
  });
}

/**
 * PCH root ports whose ACS registers are double words: the control word lies at offset 8, where neither lspci nor the
 * specification looks.
 */
function wideAcs(name: string, devices: AcsQuirk["devices"]): AcsQuirk {
  return {
    name: `Intel ${name} PCH root port`,
    vendor: 0x8086,
    devices,
    types: ["root-port"],
    grants: "as-capable",
    source: "pci_quirk_intel_spt_pch_acs",
    tested: false,
  };
}

/** In the order of the kernel's table: the first row that has an answer counts. */
export const ACS_QUIRKS: readonly AcsQuirk[] = [
  southbridge("AMD SBx00 SMBus controller", 0x1002, 0x4385),
  southbridge("AMD SB7x0 IDE controller", 0x1002, 0x439c),
  southbridge("AMD SBx00 audio", 0x1002, 0x4383),
  southbridge("AMD SB7x0 LPC controller", 0x1002, 0x439d),
  southbridge("AMD SBx00 PCI bridge", 0x1002, 0x4384),
  southbridge("AMD SB7x0 USB OHCI2 controller", 0x1002, 0x4399),
  southbridge("AMD FCH PCI bridge", 0x1022, 0x780f),
  southbridge("AMD FCH USB OHCI controller", 0x1022, 0x7809),
  endpoint({ name: "Solarflare SFC9120", vendor: 0x1924, devices: [0x0903] }),
  endpoint({ name: "Solarflare SFC9140", vendor: 0x1924, devices: [0x0923] }),
  endpoint({ name: "Solarflare SFC9220", vendor: 0x1924, devices: [0x0a03] }),
  endpoint({ name: "Intel 82598", vendor: 0x8086, devices: [0x10c6, 0x10db, 0x10dd, 0x10e1, 0x10f1] }),
  endpoint({
    name: "Intel 82599",
    vendor: 0x8086,
    devices: [[0x10f7, 0x10fc], 0x1507, 0x1514, 0x151c, 0x1529, 0x152a, 0x154d, 0x154f, 0x1551, 0x1558],
  }),
  endpoint({ name: "Intel 82580", vendor: 0x8086, devices: [0x1509, [0x150e, 0x1511], 0x1516, 0x1527] }),
  endpoint({
    name: "Intel 82576",
    vendor: 0x8086,
    devices: [0x10c9, [0x10e6, 0x10e8], 0x150a, 0x150d, 0x1518, 0x1526],
  }),
  endpoint({ name: "Intel 82575", vendor: 0x8086, devices: [0x10a7, 0x10a9, 0x10d6] }),
  endpoint({ name: "Intel I350", vendor: 0x8086, devices: [[0x1521, 0x1524]] }),
  endpoint({ name: "Intel 82571", vendor: 0x8086, devices: [[0x105e, 0x1060], 0x10d9] }),
  endpoint({ name: "Intel I219", vendor: 0x8086, devices: [[0x15b7, 0x15b8]] }),
  port("pci_quirk_rciep_acs", {
    name: "Intel root complex integrated endpoint",
    vendor: 0x8086,
    devices: "any",
    types: ["integrated-endpoint"],
    tested: true,
  }),
  port("pci_quirk_qcom_rp_acs", { name: "Qualcomm QDF2400 root port", vendor: 0x17cb, devices: [[0x0400, 0x0401]] }),
  port("pci_quirk_qcom_rp_acs", { name: "Qualcomm SA8775P root port", vendor: 0x17cb, devices: [0x0115] }),
  port("pci_quirk_qcom_rp_acs", { name: "Qualcomm Hamoa root port", vendor: 0x17cb, devices: [0x0111], since: "6.19" }),
  port("pci_quirk_qcom_rp_acs", {
    name: "Qualcomm Glymur root port",
    vendor: 0x17cb,
    devices: [0x0120],
    since: "6.19",
  }),
  port("pci_quirk_qcom_rp_acs", { name: "HXT SD4800 root port", vendor: 0x1dbf, devices: [0x0401] }),
  pch("Ibex Peak", [[0x3b42, 0x3b51]]),
  pch("Cougar Point", [[0x1c10, 0x1c1f]]),
  pch("Panther Point", [[0x1e10, 0x1e1f]]),
  pch("Lynx Point-H", [[0x8c10, 0x8c1f]]),
  pch("Lynx Point-LP", [[0x9c10, 0x9c1b]]),
  pch("Wildcat Point-LP", [[0x9c90, 0x9c9b]]),
  pch("Patsburg (X79)", [0x1d10, 0x1d12, 0x1d14, 0x1d16, 0x1d18, 0x1d1a, 0x1d1c, 0x1d1e]),
  pch("Wellsburg (X99)", [[0x8d10, 0x8d1e]]),
  pch("9 series", [0x8c90, 0x8c92, 0x8c94, 0x8c96, 0x8c98, 0x8c9a, 0x8c9c, 0x8c9e]),
  wideAcs("Sunrise Point", [
    [0xa110, 0xa11f],
    [0xa167, 0xa16a],
  ]),
  wideAcs("Union Point", [
    [0xa290, 0xa29f],
    [0xa2e7, 0xa2ee],
  ]),
  wideAcs("Sunrise Point-LP", [[0x9d10, 0x9d1b]]),
  endpoint({ name: "Emulex BladeEngine 3 R", vendor: 0x19a2, devices: [0x0710] }),
  endpoint({ name: "Emulex Skyhawk-R", vendor: 0x10df, devices: [0x0720] }),
  port("pci_quirk_cavium_acs", {
    name: "Cavium ThunderX root port",
    vendor: 0x177d,
    devices: [[0xa000, 0xa7ff]],
    types: ["root-port"],
  }),
  port("pci_quirk_cavium_acs", {
    name: "Cavium ThunderX2 root port",
    vendor: 0x177d,
    devices: [0xaf84],
    types: ["root-port"],
  }),
  port("pci_quirk_cavium_acs", {
    name: "Marvell ThunderX3 root port",
    vendor: 0x177d,
    devices: [0xb884],
    types: ["root-port"],
  }),
  endpoint({ name: "Cavium ThunderX BGX", vendor: 0x177d, devices: [0xa026] }),
  endpoint({ name: "Marvell Octeon TX2 CGX", vendor: 0x177d, devices: [0xa059] }),
  endpoint({ name: "Marvell Octeon 10 RPM", vendor: 0x177d, devices: [0xa060] }),
  port("pci_quirk_xgene_acs", { name: "APM X-Gene root port", vendor: 0x10e8, devices: [0xe004] }),
  port("pci_quirk_xgene_acs", { name: "Ampere eMAG root port", vendor: 0x1def, devices: [[0xe005, 0xe00c]] }),
  endpoint({ name: "Broadcom BCM57414", vendor: 0x14e4, devices: [0x16d7] }),
  endpoint({ name: "Broadcom BCM5750x", vendor: 0x14e4, devices: [[0x1750, 0x1752]] }),
  endpoint({ name: "Broadcom BCM5760x", vendor: 0x14e4, devices: [[0x1760, 0x1763]] }),
  port("pci_quirk_brcm_acs", { name: "Broadcom iProc PAXB root port", vendor: 0x14e4, devices: [0xd714] }),
  port("pci_quirk_loongson_acs", {
    name: "Loongson 3C6000 root port",
    vendor: 0x0014,
    devices: [0x3c09, 0x3c19, 0x3c29],
  }),
  port("pci_quirk_loongson_acs", {
    name: "Loongson 7A root port",
    vendor: 0x0014,
    devices: [0x7a09, 0x7a19, 0x7a29, 0x7a39, 0x7a49, 0x7a59, 0x7a69],
  }),
  port("pci_quirk_al_acs", {
    name: "Annapurna Labs root port",
    vendor: 0x1c36,
    devices: [0x0031],
    types: ["root-port"],
  }),
  endpoint({ name: "Zhaoxin USB UHCI controller", vendor: 0x1d17, devices: [0x3038] }),
  endpoint({ name: "Zhaoxin USB EHCI controller", vendor: 0x1d17, devices: [0x3104] }),
  endpoint({ name: "Zhaoxin SATA controller", vendor: 0x1d17, devices: [0x9083] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx0A root port", vendor: 0x1957, devices: [0x8d81, 0x8da1, 0x8d83] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx0C root port", vendor: 0x1957, devices: [0x8d80, 0x8da0, 0x8d82] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx0E root port", vendor: 0x1957, devices: [0x8d90, 0x8db0, 0x8d92] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx0N root port", vendor: 0x1957, devices: [0x8d91, 0x8db1, 0x8d93] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx2A root port", vendor: 0x1957, devices: [0x8d89, 0x8da9, 0x8d8b] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx2C root port", vendor: 0x1957, devices: [0x8d88, 0x8da8, 0x8d8a] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx2E root port", vendor: 0x1957, devices: [0x8d98, 0x8db8, 0x8d9a] }),
  port("pci_quirk_nxp_rp_acs", { name: "NXP LX2xx2N root port", vendor: 0x1957, devices: [0x8d99, 0x8db9, 0x8d9b] }),
  port("pci_quirk_zhaoxin_pcie_ports_acs", {
    name: "Zhaoxin port",
    vendor: 0x1d17,
    devices: [[0x0710, 0x071e], 0x0721, [0x0723, 0x0752]],
    types: ["root-port", "downstream-port"],
  }),
  {
    name: "another Zhaoxin port",
    vendor: 0x1d17,
    devices: "any",
    types: ["root-port", "downstream-port"],
    grants: [],
    source: "pci_quirk_zhaoxin_pcie_ports_acs",
    tested: false,
  },
  port("pci_quirk_wangxun_nic_acs", { name: "Wangxun SFxxx", vendor: 0x8088, devices: [[0x0100, 0x010f]] }),
  port("pci_quirk_wangxun_nic_acs", { name: "Wangxun RP1000 and RP2000", vendor: 0x8088, devices: [0x1001, 0x2001] }),
  port("pci_quirk_wangxun_nic_acs", {
    name: "Wangxun FF5xxx",
    vendor: 0x8088,
    devices: [0x5010, 0x5025, 0x5040, 0x5110, 0x5125, 0x5140],
  }),
  {
    name: "another Wangxun device",
    vendor: 0x8088,
    devices: "any",
    grants: [],
    source: "pci_quirk_wangxun_nic_acs",
    tested: false,
  },
];
