// Reads the DMAR table: Intel's remapping units, the devices of each, reserved memory. Knows nothing of the PCI tree:
// a scope is a path of device numbers here (dmarUnits.ts follows it).
import type { CapturedRange, Reading, Unread } from "../reading";
import { BYTE_HEAD, readEach, structuresOf, WORD_HEAD } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { attempt, TableFault } from "./tableBytes";

/** What a scope names (VT-d specification 4.1, section 8.3.1). */
export type ScopeKind = "endpoint" | "bridge" | "ioapic" | "hpet" | "namespace-device";

export interface DeviceScope {
  readonly kind: ScopeKind;
  /** Number of the I/O APIC, the HPET or the namespace device. */
  readonly enumerationId: number;
  /** First bus of the host bridge. */
  readonly startBus: number;
  /** Devices and functions from there on; each but the last is a bridge. */
  readonly path: readonly { readonly device: number; readonly function: number }[];
}

export interface RemappingUnit {
  /** Place among the units of the table: Linux calls it dmar0, dmar1, … */
  readonly index: number;
  readonly segment: number;
  /** Physical, inclusive. */
  readonly registers: CapturedRange;
  /** It has every device of the segment that no other unit has. */
  readonly includeAll: boolean;
  readonly scopes: readonly DeviceScope[];
}

/** Memory that devices use already; I/O virtual and physical at once, inclusive. */
export interface ReservedMemory extends CapturedRange {
  readonly segment: number;
  readonly scopes: readonly DeviceScope[];
  /** Offset in the table, for words about it. */
  readonly at: number;
}

/** Root ports below which devices may keep translations (ATS). */
export interface RootPortAts {
  readonly segment: number;
  readonly allPorts: boolean;
  readonly scopes: readonly DeviceScope[];
}

export interface Dmar {
  /** Width of the addresses that the platform's DMA can have. */
  readonly hostAddressBits: number;
  readonly interruptRemapping: boolean;
  readonly units: readonly RemappingUnit[];
  readonly reserved: readonly ReservedMemory[];
  readonly ats: readonly RootPortAts[];
}

const STRUCTURES_AT = 48;
const [DRHD, RMRR, ATSR] = [0, 1, 2];
const SCOPE_KINDS: readonly (ScopeKind | undefined)[] = [
  undefined,
  "endpoint",
  "bridge",
  "ioapic",
  "hpet",
  "namespace-device",
];
const SCOPE_HEAD_LENGTH = 6;
const PAGE = 4096n;

/** VT-d specification 4.1, chapter 8. Structures of other types (RHSA, ANDD, SATC, …) are passed over. */
export function readDmar(table: AcpiTable): Reading<Dmar> {
  const unread: Unread[] = [];
  const { bytes } = table;
  const head = attempt(table.where, unread, () => ({
    hostAddressBits: bytes.u8(36, "the host address width") + 1,
    interruptRemapping: (bytes.u8(37, "the flags") & 1) !== 0,
  }));
  const structures = structuresOf(table, bytes, STRUCTURES_AT, WORD_HEAD, unread);
  const ofType = (type: number): Structure[] => structures.filter((structure) => structure.type === type);
  const units = readEach(table, ofType(DRHD), unread, (one) => readUnit(one, table, unread));
  return {
    facts: {
      ...(head ?? { hostAddressBits: 64, interruptRemapping: false }),
      units: units.map((unit, index) => ({ ...unit, index })),
      reserved: readEach(table, ofType(RMRR), unread, (one) => readReserved(one, table, unread)),
      ats: readEach(table, ofType(ATSR), unread, (one) => readAts(one, table, unread)),
    },
    unread,
  };
}

/** Linux too ignores a unit at address 0 or at all ones. The size is 2^N pages; before version 4 the field is 0. */
function readUnit({ at, bytes }: Structure, table: AcpiTable, unread: Unread[]): Omit<RemappingUnit, "index"> {
  const base = bytes.u64(at + 8, "the registers' base");
  if (base === 0n || base === (1n << 64n) - 1n) throw new TableFault(at + 8, "a remapping unit has no address");
  const size = PAGE << BigInt(bytes.u8(at + 5, "the registers' size") & 0xf);
  return {
    segment: bytes.u16(at + 6, "the segment"),
    registers: { base, last: base + size - 1n },
    includeAll: (bytes.u8(at + 4, "the flags") & 1) !== 0,
    scopes: readScopes(at + 16, bytes, table, unread),
  };
}

function readReserved({ at, bytes }: Structure, table: AcpiTable, unread: Unread[]): ReservedMemory {
  const [base, last] = [bytes.u64(at + 8, "the base"), bytes.u64(at + 16, "the last byte")];
  if (last < base) throw new TableFault(at + 16, "the reserved memory ends before it begins");
  return {
    at,
    segment: bytes.u16(at + 6, "the segment"),
    base,
    last,
    scopes: readScopes(at + 24, bytes, table, unread),
  };
}

function readAts({ at, bytes }: Structure, table: AcpiTable, unread: Unread[]): RootPortAts {
  return {
    segment: bytes.u16(at + 6, "the segment"),
    allPorts: (bytes.u8(at + 4, "the flags") & 1) !== 0,
    scopes: readScopes(at + 8, bytes, table, unread),
  };
}

function readScopes(from: number, bytes: Structure["bytes"], table: AcpiTable, unread: Unread[]): DeviceScope[] {
  return readEach(table, structuresOf(table, bytes, from, BYTE_HEAD, unread), unread, readScope);
}

function readScope({ type, at, bytes }: Structure): DeviceScope {
  const kind = SCOPE_KINDS[type];
  if (!kind) throw new TableFault(at, `a device scope has the unknown type ${type}`);
  const steps = (bytes.length - SCOPE_HEAD_LENGTH) / 2;
  if (steps < 1 || !Number.isInteger(steps))
    throw new TableFault(at + 1, `a device scope of ${bytes.length} bytes has no path of whole steps`);
  const path = Array.from({ length: steps }, (_, index) => ({
    device: bytes.u8(at + SCOPE_HEAD_LENGTH + 2 * index, "a device number"),
    function: bytes.u8(at + SCOPE_HEAD_LENGTH + 2 * index + 1, "a function number"),
  }));
  if (path.some((step) => step.device > 31 || step.function > 7))
    throw new TableFault(at + SCOPE_HEAD_LENGTH, "a device scope names a device above 1f or a function above 7");
  return {
    kind,
    enumerationId: bytes.u8(at + 4, "the enumeration id"),
    startBus: bytes.u8(at + 5, "the start bus"),
    path,
  };
}
