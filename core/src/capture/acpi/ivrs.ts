// Reads the IVRS table: AMD's IOMMUs, the device ids of each, reserved memory. Knows nothing of the PCI tree.
import type { CapturedRange, Reading, Unread } from "../reading";
import type { IvhdEntry } from "./ivhdEntries";
import { readIvhdEntries } from "./ivhdEntries";
import { MIXED_HEAD, readEach, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { TableFault } from "./tableBytes";

/** A hardware definition block. The same IOMMU may have several, of different types. */
export interface HardwareBlock {
  /** 10h, 11h or 40h: later types tell the same with more. */
  readonly type: number;
  readonly segment: number;
  /** Requester id of the IOMMU itself. */
  readonly at: number;
  /** Its registers, physical, inclusive. */
  readonly registers: CapturedRange;
  /** HTRangeIgnore of the second word of features: the HyperTransport range is translated too. False where the table has no such word. */
  readonly translatesHyperTransport: boolean;
  readonly entries: readonly IvhdEntry[];
}

/** A memory definition block: I/O virtual and physical at once, inclusive, in whole pages. */
export interface MemoryBlock extends CapturedRange {
  /** Requester ids, inclusive. */
  readonly firstId: number;
  readonly lastId: number;
  readonly segment: number;
}

export interface Ivrs {
  readonly hardware: readonly HardwareBlock[];
  readonly memory: readonly MemoryBlock[];
}

const STRUCTURES_AT = 48;
const HARDWARE_TYPES: ReadonlyMap<number, number> = new Map([
  [0x10, 24],
  [0x11, 40],
  [0x40, 40],
]);
/** All devices, one device, a range of devices. */
const [MEMORY_ALL, MEMORY_ONE, MEMORY_RANGE] = [0x20, 0x21, 0x22];
const [UNITY, EXCLUSION] = [0x01, 0x08];
const PAGE = 4096n;
/** EFRSup of the table's IVinfo: the images of the feature registers in its blocks are there. */
const HAS_FEATURES = 0x01;
/** Bit 11 of the second feature register (Linux, drivers/iommu/amd/amd_iommu_types.h, FEATURE_HT_RANGE_IGNORE). */
export const HYPERTRANSPORT_IGNORED = 1n << 11n;
/**
 * Bytes of registers without and with performance counters (AMD I/O virtualization specification 3.08, section 3.4).
 */
const [SIZE, SIZE_WITH_COUNTERS] = [0x4000n, 0x8_0000n];

/** AMD I/O virtualization specification 3.08, section 5.2. Blocks of other types are passed over. */
export function readIvrs(table: AcpiTable): Reading<Ivrs> {
  const unread: Unread[] = [];
  const blocks = structuresOf(table, table.bytes, STRUCTURES_AT, MIXED_HEAD, unread);
  return {
    facts: {
      hardware: readEach(table, blocks, unread, (one) => readHardware(one, table, unread)),
      memory: readEach(table, blocks, unread, readMemory),
    },
    unread,
  };
}

function readHardware({ type, at, bytes }: Structure, table: AcpiTable, unread: Unread[]): HardwareBlock | undefined {
  const headLength = HARDWARE_TYPES.get(type);
  if (headLength === undefined) return undefined;
  bytes.part(at, headLength, "the head of a hardware definition");
  const base = bytes.u64(at + 8, "the registers' base");
  const size = hasCounters(type, at, bytes) ? SIZE_WITH_COUNTERS : SIZE;
  return {
    type,
    segment: bytes.u16(at + 16, "the segment"),
    at: bytes.u16(at + 4, "the device id"),
    registers: { base, last: base + size - 1n },
    translatesHyperTransport: translatesHyperTransport(type, at, bytes, table),
    entries: readIvhdEntries(table, bytes.part(at + headLength, bytes.length - headLength, "the entries"), unread),
  };
}

function translatesHyperTransport(type: number, at: number, bytes: Structure["bytes"], table: AcpiTable): boolean {
  if (type === 0x10 || (table.bytes.u32(36, "the virtualization information") & HAS_FEATURES) === 0) return false;
  return (bytes.u64(at + 32, "the second features") & HYPERTRANSPORT_IGNORED) !== 0n;
}

/**
 * Performance counters need a larger register space: banks and counters in type 10h, a bit of the features in the
 * others.
 */
function hasCounters(type: number, at: number, bytes: Structure["bytes"]): boolean {
  if (type !== 0x10) return (bytes.u64(at + 24, "the extended features") & 0x200n) !== 0n;
  const features = bytes.u32(at + 20, "the features");
  return (features & (0xf << 13)) !== 0 && (features & (0x3f << 17)) !== 0;
}

/** Linux maps exclusion ranges one to one as it does unity ranges; a block that is neither does nothing. */
function readMemory({ type, at, bytes }: Structure): MemoryBlock | undefined {
  if (type < MEMORY_ALL || type > MEMORY_RANGE) return undefined;
  const flags = bytes.u8(at + 1, "the flags");
  const [start, length] = [bytes.u64(at + 16, "the base"), bytes.u64(at + 24, "the length")];
  if ((flags & (UNITY | EXCLUSION)) === 0) return undefined;
  const base = pagesUp(start);
  const end = base + pagesUp(length);
  if (end === base || end > 1n << 64n)
    throw new TableFault(at + 16, "the reserved memory is empty, or ends beyond 64 bits");
  const device = bytes.u16(at + 4, "the device id");
  const ids =
    type === MEMORY_ALL
      ? [0, 0xffff]
      : [device, type === MEMORY_ONE ? device : bytes.u16(at + 6, "the last device id")];
  const [firstId = 0, lastId = 0] = ids;
  if (lastId < firstId) throw new TableFault(at + 6, "the range of devices ends before it begins");
  return { base, last: end - 1n, firstId, lastId, segment: bytes.u16(at + 8, "the segment") };
}

/** Linux rounds both to whole pages (drivers/iommu/amd/init.c). */
function pagesUp(value: bigint): bigint {
  return ((value + PAGE - 1n) / PAGE) * PAGE;
}
