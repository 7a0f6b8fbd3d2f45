// The header that every ACPI table begins with, and its checksum. Knows nothing of what follows it.
import type { Reading, Unread } from "../reading";
import { attempt, hexOffset, TableBytes, TableFault } from "./tableBytes";

/** A table whose length is right. */
export interface AcpiTable {
  readonly signature: string;
  readonly revision: number;
  /** The path of the file, for words on what could not be read. */
  readonly where: string;
  /** The table's own bytes, header included. */
  readonly bytes: TableBytes;
}

/** Bytes of the header (ACPI specification 6.5, section 5.2.6). */
export const HEADER_LENGTH = 36;

/** Longer than any table of a real machine; it bounds the work on what is none. */
const LENGTH_LIMIT = 16 << 20;

/**
 * Reads the header: signature at 0, length at 4, revision at 8; the bytes of a table sum to 0 modulo 256. A table with
 * a wrong checksum is read, as Linux does, and said; one whose length is wrong is not.
 */
export function readTable(bytes: Uint8Array, where: string): Reading<AcpiTable | undefined> {
  const unread: Unread[] = [];
  const table = attempt(where, unread, () => {
    const whole = new TableBytes(bytes);
    const length = lengthOf(whole);
    if (sumOf(bytes.subarray(0, length)) !== 0)
      unread.push({ where, because: "its checksum is wrong: it may be damaged" });
    if (length < bytes.length)
      unread.push({
        where,
        because: `${bytes.length - length} bytes after the table's end at byte ${hexOffset(length)} are not read`,
      });
    return {
      signature: signatureOf(bytes),
      revision: whole.u8(8, "the revision"),
      where,
      bytes: whole.part(0, length, "the table"),
    };
  });
  return { facts: table, unread };
}

/** What makes a table unreadable as a whole; undefined where it can be read. */
export function acpiTableFault(bytes: Uint8Array): string | undefined {
  const { facts, unread } = readTable(bytes, "");
  return facts ? undefined : unread.map(({ because }) => because).join("; ");
}

/** The signature of bytes that are exactly one ACPI table, of whatever kind: name, length and checksum fit. */
export function otherAcpiTable(bytes: Uint8Array): string | undefined {
  if (bytes.length < HEADER_LENGTH || bytes.length > LENGTH_LIMIT) return undefined;
  const signature = signatureOf(bytes);
  const { facts, unread } = readTable(bytes, signature);
  return facts && unread.length === 0 && /^[A-Z][A-Z0-9_]{3}$/.test(signature) ? signature : undefined;
}

function lengthOf(whole: TableBytes): number {
  const length = whole.u32(4, "the header");
  whole.part(0, HEADER_LENGTH, "the header");
  if (length < HEADER_LENGTH)
    throw new TableFault(4, `the length ${length} is less than the header's ${HEADER_LENGTH} bytes`);
  if (length > whole.length)
    throw new TableFault(4, `the table says that it has ${length} bytes, and ${whole.length} are there`);
  if (length > LENGTH_LIMIT) throw new TableFault(4, `the length ${length} is more than any table has`);
  return length;
}

function signatureOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}
