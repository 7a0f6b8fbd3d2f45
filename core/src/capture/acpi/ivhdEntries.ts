// Reads the device entries of an IVHD block: which requester ids an AMD IOMMU translates, and under which other id.
// Knows nothing of the blocks around them.
import type { Unread } from "../reading";
import type { AcpiTable } from "./table";
import { attempt, TableFault } from "./tableBytes";
import type { TableBytes } from "./tableBytes";

/** Requester ids, inclusive. `alias`: the id under which their DMA arrives. */
export interface IvhdEntry {
  readonly first: number;
  readonly last: number;
  readonly alias?: number;
}

/** Types of entries (AMD I/O virtualization specification 3.08, section 5.2.2.2). */
const TYPE = {
  all: 1,
  one: 2,
  rangeStart: 3,
  rangeEnd: 4,
  alias: 0x42,
  aliasRange: 0x43,
  extended: 0x46,
  extendedRange: 0x47,
  acpi: 0xf0,
} as const;

interface Walk {
  readonly found: IvhdEntry[];
  /** A range that has begun. */
  open: { readonly at: number; readonly first: number; readonly alias?: number } | undefined;
}

/**
 * The entries in their order. Those for I/O APICs, HPETs and ACPI devices have no requester id of PCI and are passed
 * over.
 */
export function readIvhdEntries(table: AcpiTable, bytes: TableBytes, unread: Unread[]): IvhdEntry[] {
  const walk: Walk = { found: [], open: undefined };
  attempt(table.where, unread, () => {
    for (let at = bytes.start; at < bytes.end;) {
      const length = lengthOf(bytes, at);
      readEntry(bytes.part(at, length, "a device entry"), at, walk);
      at += length;
    }
    if (walk.open) throw new TableFault(walk.open.at, "a range of devices has no end");
  });
  return walk.found;
}

/** The two upper bits of the type tell the length; entries that name an ACPI device carry the length of its name. */
function lengthOf(bytes: TableBytes, at: number): number {
  const type = bytes.u8(at, "a device entry");
  return type === TYPE.acpi ? 22 + bytes.u8(at + 21, "the length of a name") : 4 << (type >> 6);
}

function readEntry(entry: TableBytes, at: number, walk: Walk): void {
  const id = entry.u16(at + 1, "a device id");
  switch (entry.u8(at, "the type")) {
    case TYPE.all:
      walk.found.push({ first: 0, last: 0xffff });
      break;
    case TYPE.one:
    case TYPE.extended:
      walk.found.push({ first: id, last: id });
      break;
    case TYPE.alias:
      walk.found.push({ first: id, last: id, alias: entry.u16(at + 5, "the alias") });
      break;
    case TYPE.rangeStart:
    case TYPE.extendedRange:
      walk.open = { at, first: id };
      break;
    case TYPE.aliasRange:
      walk.open = { at, first: id, alias: entry.u16(at + 5, "the alias") };
      break;
    case TYPE.rangeEnd:
      endRange(id, at, walk);
  }
}

function endRange(last: number, at: number, walk: Walk): void {
  const { open } = walk;
  walk.open = undefined;
  if (!open) throw new TableFault(at, "a range of devices ends that has not begun");
  if (last < open.first) throw new TableFault(at, "a range of devices ends before it begins");
  walk.found.push({ first: open.first, last, ...(open.alias !== undefined && { alias: open.alias }) });
}
