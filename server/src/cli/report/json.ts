// A report as JSON. The names are fixed: other programs read them. Knows nothing of how findings come about.
import { plainJson } from "../terminal";
import type { Report } from "./report";

export function printJsonReport(report: Report): string {
  const { files, skipped } = report;
  const findings = report.findings.map(({ fingerprint: _, fixes, ...finding }) => ({ ...finding, fixes: fixes.map((fix) => fix.title) }));
  return plainJson(JSON.stringify({ files, findings, skipped }, undefined, 2)) + "\n";
}
