// Reads the text that acpidump prints: the bytes of every ACPI table in hexadecimal. Knows nothing of what tables say.
import { linesOf } from "../reading";

const HEAD = /^([A-Z][A-Z0-9_]{3}) @ 0x[0-9a-f]+\s*$/i;
const ROW = /^\s+([0-9a-f]{4,8}): ((?:[0-9a-f]{2} ){1,16})/i;
/** Longer than any table of a real machine; it bounds the work on what is none. */
const TABLE_LIMIT = 16 << 20;

/** True when a text begins as acpidump's does: `MCFG @ 0x00000000DB5F8000`, then rows of bytes. */
export function looksLikeAcpiDump(start: string): boolean {
  const lines = linesOf(start);
  return lines.some((line, index) => HEAD.test(line) && ROW.test(lines[index + 1] ?? ""));
}

/** The bytes of each table, in the order of the text. A row that does not follow the one before it ends its table. */
export function readAcpiDump(text: string): Uint8Array[] {
  const tables: number[][] = [];
  let open = false;
  for (const line of linesOf(text)) {
    if (HEAD.test(line)) {
      tables.push([]);
      open = true;
      continue;
    }
    const [row, table] = [ROW.exec(line), tables.at(-1)];
    if (!row || !table) continue;
    open = open && parseInt(row[1] ?? "", 16) === table.length && table.length < TABLE_LIMIT;
    if (open) for (const byte of (row[2] ?? "").trim().split(" ")) table.push(parseInt(byte, 16));
  }
  return tables.map((bytes) => Uint8Array.from(bytes));
}
