// Reads the memory affinity of the SRAT table: which memory is near to which processors, and where more may be plugged.
// Knows nothing of processors.
import type { CapturedRange, Reading, Unread } from "../reading";
import { BYTE_HEAD, readEach, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { TableFault } from "./tableBytes";

/** Physical, inclusive. */
export interface MemoryAffinity extends CapturedRange {
  /** Proximity domain. */
  readonly domain: number;
  readonly hotplug: boolean;
  readonly nonVolatile: boolean;
}

const STRUCTURES_AT = 48;
const MEMORY_AFFINITY = 1;

/** ACPI specification 6.5, section 5.2.16.2. Entries that are not enabled, or empty, say nothing and are left out. */
export function readSrat(table: AcpiTable): Reading<MemoryAffinity[]> {
  const unread: Unread[] = [];
  const structures = structuresOf(table, table.bytes, STRUCTURES_AT, BYTE_HEAD, unread);
  return { facts: readEach(table, structures, unread, readMemory), unread };
}

function readMemory({ type, at, bytes }: Structure): MemoryAffinity | undefined {
  if (type !== MEMORY_AFFINITY) return undefined;
  const [base, length] = [bytes.u64(at + 8, "the base"), bytes.u64(at + 16, "the length")];
  const flags = bytes.u32(at + 28, "the flags");
  if ((flags & 1) === 0 || length === 0n) return undefined;
  const last = base + length - 1n;
  if (last >= 1n << 64n) throw new TableFault(at + 8, "the memory ends beyond 64 bits");
  return {
    base,
    last,
    domain: bytes.u32(at + 2, "the domain"),
    hotplug: (flags & 2) !== 0,
    nonVolatile: (flags & 4) !== 0,
  };
}
