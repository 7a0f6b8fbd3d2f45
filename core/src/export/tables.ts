// The physical map as a table: Markdown for people, CSV for programs. Knows nothing of how the rows are found.
import { lastOf, sizeOf } from "../address";
import { escapeMarkdown, inlineCode } from "../describe/markdown";
import { shownText } from "../map/mapText";
import { factSourceAt } from "../plan/factSources";
import type { Plan } from "../plan/plan";
import type { Reservation } from "../platform";
import { printAddress, printPlainAddress, printRange, printSize } from "../print";
import type { Beside } from "./besideTheMap";
import { besideTheMap, isDisabled } from "./besideTheMap";
import type { ExportedRange } from "./exportedRanges";
import { exportedRanges } from "./exportedRanges";

/** First and last bytes, both inclusive. What has no range in the map is in tables of its own below. Tables in which an entry says its source have a column for it. */
export function markdownTable(plan: Plan): string {
  const ranges = exportedRanges(plan).map((one) => ({ cells: rangeCells(plan, one), source: sourceOf(plan, one.occupant?.entry) }));
  const beside = besideTheMap(plan).map(({ entry, state }) => ({ state, cells: besideCells(entry), source: sourceOf(plan, entry.anchor) }));
  const parts = BESIDE.map(({ state, title }) => {
    const rows = beside.filter((one) => one.state === state);
    return rows.length === 0 ? "" : `\n### ${title}\n\n${filledTable(["what", "first", "last", "size", "alignment", "where it may go"], rows)}`;
  });
  return table(["first", "last", "size", "what", "kind"], ranges) + parts.join("");
}

/** RFC 4180: sizes in bytes, addresses in hexadecimal without separators. What has no range in the map comes last. */
export function csvTable(plan: Plan): string {
  const ranges = exportedRanges(plan).map((one) => [
    ...plainEnds(one.range), one.occupant?.name ?? "", kindOf(one), one.occupant && isDisabled(plan, one.occupant) ? "disabled" : "", "", "", sourceOf(plan, one.occupant?.entry),
  ]);
  const beside = besideTheMap(plan).flatMap(({ entry, state }) => besideRows(plan, entry, state));
  const head = ["first", "last", "bytes", "name", "kind", "state", "alignment", "within", "source"];
  return [head, ...ranges, ...beside].map((row) => row.map(quoted).join(",") + "\r\n").join("");
}

const BESIDE: readonly { readonly state: Beside; readonly title: string }[] = [
  { state: "placed at boot", title: "Reservations that are placed at boot" },
  { state: "without a place", title: "Reservations with neither a place nor a size" },
  { state: "disabled", title: "Reservations that are disabled" },
];

interface Row {
  readonly cells: readonly string[];
  readonly source: string;
}

/** Without the columns in which nothing is said. */
function filledTable(columns: readonly string[], rows: readonly Row[]): string {
  const isFilled = columns.map((_, index) => rows.some(({ cells }) => cells[index] !== ""));
  const filled = <T>(all: readonly T[]): readonly T[] => all.filter((_, index) => isFilled[index]);
  return table(filled(columns), rows.map(({ cells, source }) => ({ cells: filled(cells), source })));
}

/** Sizes stand to the right. */
function table(columns: readonly string[], rows: readonly Row[]): string {
  const hasSources = rows.some(({ source }) => source !== "");
  const line = (cells: readonly string[], source: string): string => `| ${[...cells, ...(hasSources ? [source] : [])].join(" | ")} |`;
  const rule = line(columns.map((one) => (one === "size" || one === "alignment" ? "---:" : "---")), "---");
  return [line(columns, "source"), rule, ...rows.map(({ cells, source }) => line(cells, escapeMarkdown(source))), ""].join("\n");
}

function rangeCells(plan: Plan, one: ExportedRange): readonly string[] {
  const { range, occupant } = one;
  const name = occupant ? nameCell(occupant.name) : "*free*";
  const kind = occupant && isDisabled(plan, occupant) ? `${kindOf(one)}, disabled` : kindOf(one);
  return [addressCell(range.base), addressCell(lastOf(range)), printSize(sizeOf(range)), name, kind];
}

function besideCells({ name, extent, size, align, within }: Reservation): readonly string[] {
  const ranges = extent?.ranges ?? [];
  const bytes = extent ? ranges.map((range) => printSize(sizeOf(range))).join(", ") : size === undefined ? "" : printSize(size);
  const ends = [ranges.map(({ base }) => addressCell(base)).join(", "), ranges.map((range) => addressCell(lastOf(range))).join(", ")];
  return [nameCell(name), ...ends, bytes, align === undefined ? "" : printSize(align), (within ?? []).map((range) => inlineCode(printRange(range))).join(", ")];
}

function besideRows(plan: Plan, entry: Reservation, state: Beside): string[][] {
  const { name, extent, size, align, within } = entry;
  const places = extent ? extent.ranges.map(plainEnds) : [["", "", size === undefined ? "" : String(size)]];
  const where = (within ?? []).map((range) => `${printPlainAddress(range.base)}-${printPlainAddress(lastOf(range))}`).join(" ");
  return places.map((ends) => [...ends, name, "reservation", state, align === undefined ? "" : String(align), where, sourceOf(plan, entry.anchor)]);
}

function plainEnds(range: ExportedRange["range"]): string[] {
  return [printPlainAddress(range.base), printPlainAddress(lastOf(range)), String(sizeOf(range))];
}

function addressCell(value: bigint): string {
  return inlineCode(printAddress(value));
}

function nameCell(name: string): string {
  return inlineCode(name).replaceAll("|", "\\|");
}

function sourceOf(plan: Plan, at: Reservation["anchor"] | undefined): string {
  return (at && factSourceAt(plan, at.path)) ?? "";
}

function kindOf({ occupant }: ExportedRange): string {
  return occupant ? occupant.role.replaceAll("-", " ") : "free";
}

/** A spreadsheet takes a text that begins with one of these for a formula. The table may go to a terminal: nothing in it steers one, nor ends a line. */
function quoted(text: string): string {
  const shown = shownText(text);
  const plain = /^[=+\-@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
