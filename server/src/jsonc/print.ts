// A draft to the text of a document: short records on one line with their columns aligned, long ones broken, comments
// kept. Knows nothing of the language's keys, nor of where the draft comes from.
import type { Draft, DraftItem, DraftList, DraftMember, DraftRecord, DraftValue } from "../../../core/src/index";
import { printComment, printText } from "./printText";

const WIDTH = 120;
const STEP = "  ";

/** The whole document, ending with a line end. The same draft gives the same bytes. */
export function printDraft(draft: Draft): string {
  const sections = draft.root.members.map((member, index) => {
    const spaced = index > 0 && member.comment !== undefined && member.comment.length > 0;
    return [...(spaced ? [""] : []), ...memberLines(member, STEP, index === draft.root.members.length - 1)];
  });
  return [...printComment(draft.comment, "", WIDTH), "{", ...sections.flat(), "}", ""].join("\n");
}

/** `"key": value`, with its comment above; each line with its indentation. */
function memberLines(member: DraftMember, indent: string, last: boolean): string[] {
  const [first = "", ...rest] = valueLines(member.value, indent, `${JSON.stringify(member.key)}: `.length);
  const lines = [`${indent}${JSON.stringify(member.key)}: ${first}`, ...rest];
  return [...printComment(member.comment ?? [], indent, WIDTH), ...ended(lines, last)];
}

/** A value after `offset` characters of its line. The first line has no indentation, the others have. */
function valueLines(value: DraftValue, indent: string, offset: number): string[] {
  const inline = inlineText(value);
  if (typeof value !== "object") return [inline ?? ""];
  if (inline !== undefined && indent.length + offset + inline.length < WIDTH && !isTable(value)) return [inline];
  if (value.kind === "record") return recordLines(value, indent);
  return value.items.every(isPlainItem) ? filledLines(value, indent) : listLines(value, indent);
}

/** Several records read better one below the other, however short they are. */
function isTable(value: DraftList | DraftRecord): boolean {
  if (value.kind === "record")
    return value.members.some((member) => typeof member.value === "object" && isTable(member.value));
  return value.items.filter((item) => typeof item.value === "object" && item.value.kind === "record").length > 1;
}

/** Keys with plain values, and lists of such values, share lines; the others have lines of their own. */
function recordLines(record: DraftRecord, indent: string): string[] {
  const inner = indent + STEP;
  const lines: string[] = [];
  let open = false;
  record.members.forEach((member, index) => {
    const last = index === record.members.length - 1;
    const text = `${inlineMember(member) ?? ""}${last ? "" : ","}`;
    const shared = isShared(member) && inner.length + text.length <= WIDTH;
    const joined = `${lines.at(-1) ?? ""} ${text}`;
    if (shared && open && joined.length <= WIDTH) lines[lines.length - 1] = joined;
    else if (shared) lines.push(`${inner}${text}`);
    else lines.push(...memberLines(member, inner, last));
    open = shared;
  });
  return ["{", ...lines, `${indent}}`];
}

function isShared({ value, comment }: DraftMember): boolean {
  return (
    (comment ?? []).length === 0 &&
    (typeof value !== "object" || (value.kind === "list" && value.items.every(isPlainItem)))
  );
}

function isPlainItem(item: DraftItem): boolean {
  return typeof item.value !== "object" && commentOf(item).length === 0;
}

/** A long list of plain values, as many on a line as it takes. */
function filledLines(list: DraftList, indent: string): string[] {
  const lines: string[] = [];
  list.items.forEach((item, index) => {
    const text = `${inlineText(item.value) ?? ""}${index === list.items.length - 1 ? "" : ","}`;
    const joined = `${lines.at(-1) ?? ""} ${text}`;
    if (lines.length > 0 && joined.length <= WIDTH) lines[lines.length - 1] = joined;
    else lines.push(`${indent}${STEP}${text}`);
  });
  return ["[", ...lines, `${indent}]`];
}

function listLines(list: DraftList, indent: string): string[] {
  const inner = indent + STEP;
  const lines: string[] = ["["];
  for (let at = 0; at < list.items.length;) {
    const run = rowsFrom(list.items, at, inner);
    const rows = run.length > 0 ? alignedRows(run, inner) : [];
    rows.forEach((row, index) =>
      lines.push(...rowLines(run[index] as DraftItem, row, inner, at + index === list.items.length - 1)),
    );
    at += run.length;
    const item = list.items[at];
    if (!item || run.length > 0) continue;
    const [first = "", ...rest] = valueLines(item.value, inner, 0);
    lines.push(
      ...printComment(commentOf(item), inner, WIDTH),
      ...ended([`${inner}${first}`, ...rest], at === list.items.length - 1),
    );
    at++;
  }
  return [...lines, `${indent}]`];
}

/** The items from `start` on that are records of one line each. */
function rowsFrom(items: readonly DraftItem[], start: number, indent: string): DraftItem[] {
  const run: DraftItem[] = [];
  for (const item of items.slice(start)) {
    const inline = typeof item.value === "object" && item.value.kind === "record" ? inlineText(item.value) : undefined;
    if (inline === undefined || indent.length + inline.length >= WIDTH) break;
    run.push(item);
    if (run.length > 1 && (item.comment ?? []).length > 0) {
      run.pop();
      break;
    }
  }
  return run;
}

/** The rows with the columns that all of them have padded to the same width, unless a row grows too long. */
function alignedRows(items: readonly DraftItem[], indent: string): string[] {
  const records = items.map((item) =>
    (item.value as DraftRecord).members.map(
      (member) => `${JSON.stringify(member.key)}: ${inlineText(member.value) ?? ""}`,
    ),
  );
  const keys = items.map((item) => (item.value as DraftRecord).members.map((member) => member.key.length));
  const widths: number[] = [];
  for (let column = 0; keys.every((row) => row[column] !== undefined && row[column] === keys[0]?.[column]); column++) {
    widths.push(Math.max(...records.map((row) => (row[column] ?? "").length)));
  }
  const rows = records.map((row) => rowText(row, widths));
  return rows.every((row) => indent.length + row.length < WIDTH) ? rows : records.map((row) => rowText(row, []));
}

function rowText(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column === cells.length - 1 ? cell.padEnd(widths[column] ?? 0) : `${cell},`.padEnd((widths[column] ?? -1) + 1),
  );
  return padded.length === 0 ? "{}" : `{ ${padded.join(" ")} }`;
}

function rowLines(item: DraftItem, row: string, indent: string, last: boolean): string[] {
  const line = `${indent}${row}${last ? "" : ","}`;
  const [note, ...more] = printComment(noteOf(item), "", WIDTH);
  const beside = note !== undefined && more.length === 0 && line.length + 1 + note.length <= WIDTH;
  const above = printComment(beside ? (item.comment ?? []) : commentOf(item), indent, WIDTH);
  return [...above, beside ? `${line} ${note}` : line];
}

/** A record's note becomes a comment above where the record is not one line. */
function commentOf(item: DraftItem): string[] {
  return [...(item.comment ?? []), ...noteOf(item)];
}

function noteOf(item: DraftItem): string[] {
  return typeof item.value === "object" && item.value.kind === "record" && item.value.note !== undefined
    ? [item.value.note]
    : [];
}

/** The value on one line, or undefined where a comment inside forbids it. */
function inlineText(value: DraftValue): string | undefined {
  if (typeof value === "string") return printText(value);
  if (typeof value !== "object") return String(value);
  const parts = value.kind === "list" ? value.items.map(inlineItem) : value.members.map(inlineMember);
  if (parts.some((part) => part === undefined)) return undefined;
  if (value.kind === "list") return `[${parts.join(", ")}]`;
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function inlineItem(item: DraftItem): string | undefined {
  return commentOf(item).length > 0 ? undefined : inlineText(item.value);
}

function inlineMember(member: DraftMember): string | undefined {
  const text = (member.comment ?? []).length > 0 ? undefined : inlineText(member.value);
  return text === undefined ? undefined : `${JSON.stringify(member.key)}: ${text}`;
}

function ended(lines: readonly string[], last: boolean): string[] {
  return last ? [...lines] : [...lines.slice(0, -1), `${lines.at(-1) ?? ""},`];
}
