// Reads the MCFG table: where the configuration space of which buses is mapped. Knows nothing of host bridges.
import type { Reading, Unread } from "../reading";
import type { AcpiTable } from "./table";
import { attempt, TableFault } from "./tableBytes";

export interface McfgEntry {
  readonly segment: number;
  readonly firstBus: number;
  /** Inclusive. */
  readonly lastBus: number;
  /** Physical address of the first bus's configuration space: 1 MiB a bus. */
  readonly base: bigint;
}

const [ENTRIES_AT, ENTRY_LENGTH] = [44, 16];
const MEBIBYTE = 1n << 20n;

/**
 * PCI firmware specification 3.3, section 4.1.2: entries of 16 bytes from byte 44. The base in the table is that of bus
 * 0, also where the first bus is another; here it is that of the first bus.
 */
export function readMcfg(table: AcpiTable): Reading<McfgEntry[]> {
  const unread: Unread[] = [];
  const entries: McfgEntry[] = [];
  for (let at = ENTRIES_AT; at < table.bytes.end; at += ENTRY_LENGTH) {
    const entry = attempt(table.where, unread, () => readEntry(table, at));
    if (entry) entries.push(entry);
  }
  return { facts: entries, unread };
}

function readEntry({ bytes }: AcpiTable, at: number): McfgEntry {
  const entry = bytes.part(at, ENTRY_LENGTH, "an entry");
  const base = entry.u64(at, "a base address");
  const [firstBus, lastBus] = [entry.u8(at + 10, "the first bus"), entry.u8(at + 11, "the last bus")];
  if (lastBus < firstBus) throw new TableFault(at + 10, `the buses ${firstBus} to ${lastBus} are none`);
  if (base + BigInt(lastBus + 1) * MEBIBYTE > 1n << 64n)
    throw new TableFault(at, "the configuration space ends beyond 64 bits");
  return { segment: entry.u16(at + 8, "the segment"), firstBus, lastBus, base: base + BigInt(firstBus) * MEBIBYTE };
}
