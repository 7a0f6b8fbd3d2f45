// Reads the capabilities in a function's configuration space: PCI Express, MSI, MSI-X, ACS, ATS, SR-IOV.
// Knows nothing of the header, nor of what the capabilities mean for isolation.
import type { FunctionFacts, FunctionType } from "./pciFunctionFacts";
import { hasWideAcs } from "../quirks/acsQuirks";
import type { Reading, Unread } from "./reading";

type CapabilityFacts = Pick<FunctionFacts, "type" | "acs" | "msi" | "ats" | "sriov" | "iommuBase">;

const UNKNOWN: CapabilityFacts = { type: "unknown", acs: "unknown", msi: "unknown", ats: "unknown", sriov: "unknown" };

const MSI = 0x05;
const SECURE_DEVICE = 0x0f;
const PCI_EXPRESS = 0x10;
const MSI_X = 0x11;
const ACS = 0x000d;
const ATS = 0x000f;
const SRIOV = 0x0010;
const EXTENDED_START = 0x100;

/** Device/port types of the PCI Express Capabilities Register (domain.md 2.3). */
const PORT_TYPES: Readonly<Record<number, FunctionType>> = {
  0: "endpoint",
  1: "legacy-endpoint",
  4: "root-port",
  5: "upstream-port",
  6: "downstream-port",
  7: "pcie-to-pci-bridge",
  8: "pci-to-pcie-bridge",
  9: "integrated-endpoint",
  10: "event-collector",
};

/**
 * The capabilities of a function whose header is in `view`. Linux gives 64 bytes without root, and 256 where the
 * extended part cannot be reached: what lies beyond is unknown then, never absent.
 */
export function readCapabilities(view: DataView, bridge: boolean, where: string): Reading<CapabilityFacts> {
  const conventional: FunctionType = bridge ? "pci-bridge" : "pci-device";
  const listed = (view.getUint16(6, true) & 0x10) !== 0;
  if (!listed)
    return { facts: { type: conventional, acs: "none", msi: "none", ats: "none", sriov: "none" }, unread: [] };
  if (view.byteLength < 256) {
    return {
      facts: UNKNOWN,
      unread: [{ where, because: `only ${view.byteLength} bytes were readable (without root): capabilities unknown` }],
    };
  }
  const unread: Unread[] = [];
  const places = walk(view, unread, where);
  const express = places.get(PCI_EXPRESS);
  const type = express === undefined ? conventional : portType(view, express, unread, where);
  return {
    facts: {
      type,
      msi: readMsi(view, places),
      ...readIommuBase(view, places),
      ...readExtended(view, express !== undefined, unread, where),
    },
    unread,
  };
}

/** The offsets of the capabilities by id; the first of each. Bounded: no offset is visited twice. */
function walk(view: DataView, unread: Unread[], where: string): Map<number, number> {
  const places = new Map<number, number>();
  const visited = new Set<number>();
  for (let at = view.getUint8(0x34) & 0xfc; at !== 0; at = view.getUint8(at + 1) & 0xfc) {
    if (at < 0x40 || at > 0xf8 || visited.has(at)) {
      unread.push({ where, because: `the list of capabilities is broken at offset 0x${at.toString(16)}` });
      break;
    }
    visited.add(at);
    const id = view.getUint8(at);
    if (id === 0xff) break;
    if (!places.has(id)) places.set(id, at);
  }
  return places;
}

function portType(view: DataView, express: number, unread: Unread[], where: string): FunctionFacts["type"] {
  const code = (view.getUint16(express + 2, true) >> 4) & 0x0f;
  const type = PORT_TYPES[code];
  if (type) return type;
  unread.push({ where, because: `PCI Express device/port type ${code} is not known` });
  return "unknown";
}

/**
 * AMD I/O virtualization specification 3.1: capability type 3, and the base of the registers in the two words that
 * follow.
 */
function readIommuBase(view: DataView, places: ReadonlyMap<number, number>): { iommuBase?: bigint } {
  const at = places.get(SECURE_DEVICE);
  if (at === undefined || at + 12 > view.byteLength || (view.getUint8(at + 2) & 7) !== 3) return {};
  const base =
    (BigInt(view.getUint32(at + 8, true)) << 32n) + BigInt((view.getUint32(at + 4, true) & 0xffff_c000) >>> 0);
  return base === 0n ? {} : { iommuBase: base };
}

/** MSI-X wins: drivers use it where both are there, and its addresses are always 64 bits wide. */
function readMsi(view: DataView, places: ReadonlyMap<number, number>): CapabilityFacts["msi"] {
  const msix = places.get(MSI_X);
  if (msix !== undefined) return { address64: true, vectors: (view.getUint16(msix + 2, true) & 0x7ff) + 1, msix: true };
  const msi = places.get(MSI);
  if (msi === undefined) return "none";
  const control = view.getUint16(msi + 2, true);
  return { address64: (control & 0x80) !== 0, vectors: 1 << ((control >> 1) & 7), msix: false };
}

function readExtended(
  view: DataView,
  express: boolean,
  unread: Unread[],
  where: string,
): Pick<CapabilityFacts, "acs" | "ats" | "sriov"> {
  if (!express) return { acs: "none", ats: "none", sriov: "none" };
  if (view.byteLength < EXTENDED_START + 4 || view.getUint32(EXTENDED_START, true) === 0xffff_ffff) {
    unread.push({
      where,
      because: "the extended configuration space could not be reached: ACS, ATS and SR-IOV unknown",
    });
    return { acs: "unknown", ats: "unknown", sriov: "unknown" };
  }
  const places = walkExtended(view, unread, where);
  return { acs: readAcs(view, places), ats: readAts(view, places), sriov: readSriov(view, places) };
}

/** Header dword: id in bits 15 to 0, version 19 to 16, next 31 to 20 (domain.md 10). */
function walkExtended(view: DataView, unread: Unread[], where: string): Map<number, number> {
  const places = new Map<number, number>();
  const visited = new Set<number>();
  for (let at = EXTENDED_START; at !== 0;) {
    if (at < EXTENDED_START || at + 4 > view.byteLength || visited.has(at)) {
      unread.push({ where, because: `the list of extended capabilities is broken at offset 0x${at.toString(16)}` });
      break;
    }
    visited.add(at);
    const header = view.getUint32(at, true);
    const id = header & 0xffff;
    if (header === 0 || header === 0xffff_ffff) break;
    if (!places.has(id)) places.set(id, at);
    at = (header >>> 20) & 0xffc;
  }
  return places;
}

function readAcs(view: DataView, places: ReadonlyMap<number, number>): CapabilityFacts["acs"] {
  const at = places.get(ACS);
  if (at === undefined) return "none";
  if (at + 8 > view.byteLength) return "unknown";
  const control = hasWideAcs(view.getUint16(0, true), view.getUint16(2, true)) ? at + 8 : at + 6;
  if (control + 2 > view.byteLength) return "unknown";
  return { capable: view.getUint16(at + 4, true) & 0x7f, enabled: view.getUint16(control, true) & 0x7f };
}

function readAts(view: DataView, places: ReadonlyMap<number, number>): CapabilityFacts["ats"] {
  const at = places.get(ATS);
  if (at === undefined) return "none";
  return at + 8 > view.byteLength ? "unknown" : (view.getUint16(at + 6, true) & 0x8000) !== 0;
}

function readSriov(view: DataView, places: ReadonlyMap<number, number>): CapabilityFacts["sriov"] {
  const at = places.get(SRIOV);
  if (at === undefined) return "none";
  if (at + 0x40 > view.byteLength) return "unknown";
  const on = (view.getUint16(at + 8, true) & 1) !== 0;
  return {
    total: view.getUint16(at + 0x0e, true),
    enabled: on ? view.getUint16(at + 0x10, true) : 0,
    offset: view.getUint16(at + 0x14, true),
    stride: view.getUint16(at + 0x16, true),
  };
}
