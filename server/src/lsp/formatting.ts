// Formatting of a document, of some lines, and while somebody types. Knows nothing of how a text is laid out; what a client says of tabs is not asked for,
// since the layout is the same everywhere.
import type { Position, Range, TextEdit } from "vscode-languageserver";
import { formatEdits, formatLines, indentEdit } from "../jsonc/format/format";
import type { Snapshot } from "../workspace/workspace";
import { TYPED_FIRST } from "./capabilities";
import { editsOf } from "./convert";

/** A line end is the first: a new line is indented before anything is on it. */

export function formatDocument({ checked: { source } }: Snapshot): TextEdit[] {
  return editsOf(source, formatEdits(source) ?? []);
}

/** The lines that the range touches. */
export function formatRange({ checked: { source } }: Snapshot, { start, end }: Range): TextEdit[] {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return editsOf(source, formatLines(source, start.line, last) ?? []);
}

/** After a line end the new line is indented; after a closing bracket the line that it ends is formatted, as soon as the text has no syntax errors. */
export function formatOnType({ checked: { source } }: Snapshot, { line }: Position, typed: string): TextEdit[] {
  if (typed !== TYPED_FIRST) return editsOf(source, formatLines(source, line, line) ?? []);
  const edit = indentEdit(source, line);
  return edit ? editsOf(source, [edit]) : [];
}
