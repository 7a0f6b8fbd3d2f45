// The structures that tables are lists of, each with its type and its length in front. Knows nothing of any one table.
import type { Unread } from "../reading";
import type { AcpiTable } from "./table";
import { attempt, TableFault } from "./tableBytes";
import type { TableBytes } from "./tableBytes";

export interface Structure {
  readonly type: number;
  /** Offset of its first byte in the table. */
  readonly at: number;
  /** Its own bytes, type and length included; offsets are those of the table. */
  readonly bytes: TableBytes;
}

/** Where type and length stand, in bytes from the structure's start. Both are little-endian. */
export interface StructureHead {
  readonly typeSize: 1 | 2;
  readonly lengthAt: number;
  readonly lengthSize: 1 | 2;
}

/** MADT and SRAT: one byte each (ACPI specification, 5.2.12 and 5.2.16); device scopes of the DMAR too. */
export const BYTE_HEAD: StructureHead = { typeSize: 1, lengthAt: 1, lengthSize: 1 };
/** DMAR: two bytes each (VT-d specification, chapter 8). */
export const WORD_HEAD: StructureHead = { typeSize: 2, lengthAt: 2, lengthSize: 2 };
/** IVRS, VIOT, CEDT: a byte of type, another byte, two of length. */
export const MIXED_HEAD: StructureHead = { typeSize: 1, lengthAt: 2, lengthSize: 2 };
/** IORT: a byte of type, two of length (Arm DEN 0049). */
export const IORT_HEAD: StructureHead = { typeSize: 1, lengthAt: 1, lengthSize: 2 };

/**
 * The structures from `from` to the end of `bytes`. At one whose length is impossible the walk ends, since nothing
 * tells where the next one begins: that is said in `unread`, and what came before stays. `least` is the shortest length
 * that any of them can have; each step goes on by at least the head, so the walk ends.
 */
export function structuresOf(
  table: AcpiTable,
  bytes: TableBytes,
  from: number,
  head: StructureHead,
  unread: Unread[],
  most = Infinity,
): Structure[] {
  const found: Structure[] = [];
  for (let at = from; at < bytes.end && found.length < most;) {
    const structure = attempt(table.where, unread, () => structureAt(bytes, at, head));
    if (!structure) break;
    found.push(structure);
    at += structure.bytes.length;
  }
  return found;
}

/**
 * Reads each structure with `read`; one with a fault is left out and said. What `read` does not know gives undefined.
 */
export function readEach<T>(
  table: AcpiTable,
  structures: readonly Structure[],
  unread: Unread[],
  read: (structure: Structure) => T | undefined,
): T[] {
  return structures.flatMap((structure) => {
    const facts = attempt(table.where, unread, () => read(structure));
    return facts === undefined ? [] : [facts];
  });
}

function structureAt(bytes: TableBytes, at: number, head: StructureHead): Structure {
  const what = "the type and the length of a structure";
  const headLength = head.lengthAt + head.lengthSize;
  bytes.part(at, headLength, what);
  const type = head.typeSize === 1 ? bytes.u8(at, what) : bytes.u16(at, what);
  const lengthAt = at + head.lengthAt;
  const length = head.lengthSize === 1 ? bytes.u8(lengthAt, what) : bytes.u16(lengthAt, what);
  if (length < headLength)
    throw new TableFault(
      at,
      `a structure of type ${type} says that it has ${length} bytes, less than its head; what follows it is not read`,
    );
  return { type, at, bytes: bytes.part(at, length, `a structure of type ${type}`) };
}
