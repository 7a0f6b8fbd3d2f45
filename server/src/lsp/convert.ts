// Between Platmap's own places and those of the protocol. The only file that does so. Knows nothing of features.
import type { Range, TextEdit as ProtocolEdit } from "vscode-languageserver";
import { DiagnosticSeverity } from "vscode-languageserver";
import type { Place, Severity } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import type { Source } from "../jsonc/source";

export function rangeOf(source: Source, place: Place): Range {
  const { start, end } = source.span(place);
  return rangeBetween(source, start, end);
}

/** Half-open offsets. */
export function rangeBetween(source: Source, start: number, end: number): Range {
  return { start: source.position(start), end: source.position(end) };
}

/** Edits of the source's text. */
export function editsOf(source: Source, edits: readonly TextEdit[]): ProtocolEdit[] {
  return edits.map((edit) => ({ range: rangeBetween(source, edit.start, edit.end), newText: edit.text }));
}

export const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
