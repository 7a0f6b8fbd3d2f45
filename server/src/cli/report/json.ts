// A report as JSON. The names are fixed: other programs read them. Knows nothing of how findings come about.
import { plainJson } from "../terminal";
import type { Report, ReportedFinding } from "./report";

export function printJsonReport(report: Report): string {
  const { files, known, waived, skipped } = report;
  const findings = report.findings.map(({ fingerprint: _, ...finding }) => finding);
  const printed = { files, known, findings: findings.map(withTitles), waived: waived.map(withTitles), skipped };
  return plainJson(JSON.stringify(printed, undefined, 2)) + "\n";
}

function withTitles<F extends Pick<ReportedFinding, "fixes">>(finding: F): object {
  return { ...finding, fixes: finding.fixes.map((fix) => fix.title) };
}
