// The physical map as a table: Markdown for people, CSV for programs. Knows nothing of how the rows are found.
import { lastOf, sizeOf } from "../address";
import { inlineCode } from "../describe/markdown";
import type { Plan } from "../plan/plan";
import { printAddress, printPlainAddress, printSize } from "../print";
import type { ExportedRange } from "./exportedRanges";
import { exportedRanges } from "./exportedRanges";

/** First and last bytes, both inclusive. */
export function markdownTable(plan: Plan): string {
  const rows = exportedRanges(plan).map((one) => {
    const name = one.occupant ? inlineCode(one.occupant.name).replaceAll("|", "\\|") : "*free*";
    return `| \`${printAddress(one.range.base)}\` | \`${printAddress(lastOf(one.range))}\` | ${printSize(sizeOf(one.range))} | ${name} | ${kindOf(one)} |`;
  });
  return ["| first | last | size | what | kind |", "| --- | --- | ---: | --- | --- |", ...rows, ""].join("\n");
}

/** RFC 4180: sizes in bytes, addresses in hexadecimal without separators. */
export function csvTable(plan: Plan): string {
  const rows = exportedRanges(plan).map((one) => [
    printPlainAddress(one.range.base), printPlainAddress(lastOf(one.range)), String(sizeOf(one.range)), one.occupant?.name ?? "", kindOf(one),
  ]);
  return [["first", "last", "bytes", "name", "kind"], ...rows].map((row) => row.map(quoted).join(",") + "\r\n").join("");
}

function kindOf({ occupant }: ExportedRange): string {
  return occupant ? occupant.role.replaceAll("-", " ") : "free";
}

/** A spreadsheet takes a text that begins with one of these for a formula. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
