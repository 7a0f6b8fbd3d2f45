// A report as JUnit's XML, which most CI systems read: a suite for each file, a case for each finding. Knows nothing of how findings come about.
import type { Severity } from "../../../../core/src/index";
import { plainText } from "../terminal";
import type { Report, ReportedFinding } from "./report";

/** `fails` tells which severities count as a failed test; the others pass, and say what was found in their output. */
export function printJunitReport(report: Report, checked: readonly string[], fails: (severity: Severity) => boolean): string {
  const suites = checked.map((file) => suiteOf(file, report, fails));
  const [tests, failures, skipped] = (["tests", "failures", "skipped"] as const).map((key) => suites.reduce((sum, suite) => sum + suite[key], 0));
  const lines = suites.flatMap((suite) => suite.lines);
  return [`<?xml version="1.0" encoding="UTF-8"?>`, `<testsuites${attributes({ name: "platmap", tests, failures, errors: 0, skipped })}>`, ...lines, `</testsuites>`, ""].join("\n");
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly lines: readonly string[];
}

function suiteOf(file: string, report: Report, fails: (severity: Severity) => boolean): Suite {
  const findings = report.findings.filter((one) => one.file === file);
  const unchecked = report.skipped.filter((one) => one.file === file);
  const cases = [...findings.map((one) => caseOf(one, fails(one.severity))), ...unchecked.map(({ rule, because }) => skippedCase(file, rule, because))];
  if (findings.length === 0) cases.unshift([`    <testcase${attributes({ classname: file, name: "nothing found" })}/>`]);
  const counts = { tests: cases.length, failures: findings.filter((one) => fails(one.severity)).length, skipped: unchecked.length };
  return { ...counts, lines: [`  <testsuite${attributes({ name: file, ...counts, errors: 0 })}>`, ...cases.flat(), `  </testsuite>`] };
}

function caseOf(finding: ReportedFinding, isFailure: boolean): string[] {
  const name = `${finding.rule} at ${finding.line}:${finding.column}`;
  const place = `${finding.file}:${finding.line}:${finding.column}: ${finding.severity}[${finding.rule}]: ${finding.message}`;
  const also = finding.related.map((one) => `also ${one.file}:${one.line}:${one.column}: ${one.message}`);
  const text = [place, ...also, ...finding.fixes.map(({ title }) => `fix ${title}`)].map((line) => escape(plainText(line))).join("\n");
  const inner = isFailure ? `<failure${attributes({ type: finding.severity, message: finding.message })}>${text}</failure>` : `<system-out>${text}</system-out>`;
  return [`    <testcase${attributes({ classname: finding.file, name, file: finding.file, line: finding.line })}>`, `      ${inner}`, `    </testcase>`];
}

function skippedCase(file: string, rule: string, because: string): string[] {
  const name = rule === "*" ? "the file" : rule;
  return [`    <testcase${attributes({ classname: file, name })}>`, `      <skipped${attributes({ message: because })}/>`, `    </testcase>`];
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values).map(([key, value]) => ` ${key}="${escape(plainText(String(value)))}"`).join("");
}

/** What XML cannot hold at all (lone surrogates, U+FFFE, U+FFFF) becomes U+FFFD; control characters did so before. */
function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"]/g, (one) => entities[one] ?? one);
}
