// Findings as diagnostics: code, link to the rule's page, related places. Knows nothing of when they are sent.
import type { Diagnostic } from "vscode-languageserver";
import type { Finding } from "../../../core/src/index";
import { shownText } from "../../../core/src/index";
import type { CheckOptions } from "../workspace/check";
import { sourceOf } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf, SEVERITIES } from "./convert";

/** More in one file are not sent; the last one says how many there are. */
const DIAGNOSTIC_LIMIT = 1000;

export interface DiagnosticOptions {
  readonly relatedInformation: boolean;
  /** The address of a rule's page; undefined where pages are not shipped. */
  pageOf(rule: string): string | undefined;
  /** How the file of a fix that is tried is checked. */
  readonly checking: CheckOptions;
}

export function diagnosticsOf(snapshot: Pick<Snapshot, "checked">, options: DiagnosticOptions): Diagnostic[] {
  const { findings, source } = snapshot.checked;
  const diagnostics = findings.slice(0, DIAGNOSTIC_LIMIT).map((finding) => toDiagnostic(snapshot, finding, options));
  const more = findings.length - DIAGNOSTIC_LIMIT;
  if (more > 0) {
    const message = `${more} more ${more === 1 ? "finding in this file is" : "findings in this file are"} not shown; platmap check lists them all`;
    diagnostics.push({ range: rangeOf(source, { file: source.file, start: 0, end: 0 }), severity: SEVERITIES.info, source: "platmap", message });
  }
  for (const { rule } of snapshot.checked.crashed) {
    const message = `Rule ${rule} failed on this file, a defect of Platmap. The other rules were checked.`;
    diagnostics.push({ range: rangeOf(source, { file: source.file, start: 0, end: 0 }), severity: SEVERITIES.error, source: "platmap", code: "internal-error", message });
  }
  return diagnostics;
}

export function toDiagnostic(snapshot: Pick<Snapshot, "checked">, finding: Finding, options: DiagnosticOptions): Diagnostic {
  const { source } = snapshot.checked;
  const href = options.pageOf(finding.rule);
  const related = finding.related.map((one) => {
    const other = sourceOf(snapshot.checked, one.at);
    return { location: { uri: other.file, range: rangeOf(other, one.at) }, message: shownText(one.message) };
  });
  return {
    range: rangeOf(source, finding.at),
    severity: SEVERITIES[finding.severity],
    source: "platmap",
    code: finding.rule,
    message: shownText(finding.message),
    ...(href !== undefined && { codeDescription: { href } }),
    ...(options.relatedInformation && related.length > 0 && { relatedInformation: related }),
  };
}
