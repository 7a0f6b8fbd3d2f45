// Between Platmap's own places and those of the protocol. The only file that does so. Knows nothing of features.
import type { Range } from "vscode-languageserver";
import { DiagnosticSeverity } from "vscode-languageserver";
import type { Place, Severity } from "../../../core/src/index";
import type { Source } from "../jsonc/source";

export function rangeOf(source: Source, place: Place): Range {
  const { start, end } = source.span(place);
  return rangeBetween(source, start, end);
}

/** Half-open offsets. */
export function rangeBetween(source: Source, start: number, end: number): Range {
  return { start: source.position(start), end: source.position(end) };
}

export const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
