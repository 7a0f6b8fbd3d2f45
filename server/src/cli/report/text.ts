// A report for people, in the manner of good compilers: the place, what is wrong, the line with carets, where else, what would mend it.
// Knows nothing of how findings come about.
import type { Severity } from "../../../../core/src/index";
import type { Paint } from "../terminal";
import { painter, plainText } from "../terminal";
import type { Report, ReportedFinding } from "./report";

const SEVERITIES: readonly Severity[] = ["error", "warning", "info", "hint"];
const PLURALS: Readonly<Record<Severity, string>> = { error: "errors", warning: "warnings", info: "notes", hint: "hints" };
const WIDEST_LINE = 160;

/** `lineOf` gives a line's text, counted from one. */
export function printTextReport(report: Report, lineOf: (file: string, line: number) => string, color: boolean): string {
  const paint = painter(color);
  const parts = report.findings.map((finding) => printFinding(finding, lineOf, paint));
  const unchecked = report.skipped.filter((one) => one.rule === "*").map(({ file, because }) => `${plainText(file)}: not checked: ${plainText(because)}\n`);
  return [...parts, ...unchecked, summary(report)].join("\n") + "\n";
}

function printFinding(finding: ReportedFinding, lineOf: (file: string, line: number) => string, paint: Paint): string {
  const place = `${plainText(finding.file)}:${finding.line}:${finding.column}`;
  const catalogue = finding.catalogue === undefined ? "" : ` ${finding.catalogue}`;
  const lines = [
    `${paint("bold", place)}: ${paint(finding.severity, finding.severity)}[${finding.rule}${catalogue}]: ${paint("bold", plainText(finding.message))}`,
    ...excerpt(finding, lineOf(finding.file, finding.line), paint),
    ...finding.related.map((one) => `  ${paint("dim", "also")} ${plainText(one.file)}:${one.line}:${one.column}: ${plainText(one.message)}`),
    ...finding.fixes.map(({ title }) => `  ${paint("dim", "fix")}  ${plainText(title)}`),
  ];
  return lines.join("\n") + "\n";
}

function excerpt(finding: ReportedFinding, line: string, paint: Paint): string[] {
  const number = String(finding.line);
  const endColumn = finding.endLine === finding.line ? finding.endColumn : line.length + 1;
  const from = Math.max(0, Math.min(finding.column - 20, line.length - WIDEST_LINE));
  const shown = plainText(line.slice(from, from + WIDEST_LINE).replaceAll("\t", " "));
  const caretColumn = finding.column - 1 - from;
  const carets = "^".repeat(Math.max(1, Math.min(endColumn - finding.column, WIDEST_LINE - caretColumn)));
  const margin = " ".repeat(number.length);
  return [
    `${paint("dim", ` ${number} |`)} ${shown}`,
    `${paint("dim", ` ${margin} |`)} ${" ".repeat(Math.max(0, caretColumn))}${paint(finding.severity, carets)}`,
  ];
}

function summary(report: Report): string {
  const counts = SEVERITIES.map((severity) => {
    const count = report.findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? "" : `${count} ${count === 1 ? (severity === "info" ? "note" : severity) : PLURALS[severity]}`;
  }).filter((text) => text !== "");
  const files = `${report.files} ${report.files === 1 ? "file" : "files"} checked`;
  const rules = new Set(report.skipped.map((one) => one.rule).filter((rule) => rule !== "*")).size;
  const skipped = rules === 0 ? "" : `; ${rules} ${rules === 1 ? "rule was" : "rules were"} not decided everywhere (--format json says why)`;
  const allowed = report.waived.length === 0 ? "" : `; ${report.waived.length} allowed in comments`;
  const known = report.known === undefined ? "" : `; ${report.known} known before`;
  const nothing = report.known === undefined ? "nothing found" : "nothing new found";
  return `${files}: ${counts.length === 0 ? nothing : counts.join(", ")}${known}${allowed}${skipped}`;
}
