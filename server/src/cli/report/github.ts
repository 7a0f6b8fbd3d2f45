// A report as the workflow commands by which GitHub Actions annotates a change. GitHub shows ten annotations of a kind for each step, so the most severe
// ten are commands and the rest are plain lines of the log. Knows nothing of how findings come about.
import type { Severity } from "../../../../core/src/index";
import { plainText } from "../terminal";
import type { Report, ReportedFinding } from "./report";

export const ANNOTATIONS_OF_A_KIND = 10;

type Command = "error" | "warning" | "notice";
const COMMANDS: Readonly<Record<Severity, Command>> = { error: "error", warning: "warning", info: "notice", hint: "notice" };

/** The lines of the log, and what is not annotated. */
export function printGithubReport({ findings, files }: Report): { readonly text: string; readonly note: string | undefined } {
  const left: Record<Command, number> = { error: ANNOTATIONS_OF_A_KIND, warning: ANNOTATIONS_OF_A_KIND, notice: ANNOTATIONS_OF_A_KIND };
  const annotated = new Set<ReportedFinding>();
  // Hints only get what the notes leave over.
  for (const finding of [...findings].sort((a, b) => Number(a.severity === "hint") - Number(b.severity === "hint"))) {
    if (left[COMMANDS[finding.severity]]-- > 0) annotated.add(finding);
  }
  const lines = findings.map((finding) => (annotated.has(finding) ? command(finding) : plainLine(finding)));
  const rest = findings.length - annotated.size;
  const note = rest === 0 ? undefined : `${rest} of ${findings.length} findings are only in the log: GitHub shows ${ANNOTATIONS_OF_A_KIND} annotations of a kind for each step`;
  const checked = `${files} ${files === 1 ? "file" : "files"} checked: ${findings.length === 0 ? "nothing found" : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`}`;
  return { text: [...lines, checked, ""].join("\n"), note };
}

function command(finding: ReportedFinding): string {
  const properties = {
    file: finding.file,
    line: finding.line,
    endLine: finding.endLine,
    // GitHub takes columns only for what is on one line.
    ...(finding.line === finding.endLine && { col: finding.column, endColumn: finding.endColumn }),
    title: `${finding.rule}${finding.catalogue === undefined ? "" : ` ${finding.catalogue}`}`,
  };
  const printed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(plainText(String(value)))}`);
  const related = finding.related.map((one) => `also ${one.file}:${one.line}:${one.column}: ${one.message}`);
  const fixes = finding.fixes.map(({ title }) => `fix: ${title}`);
  return `::${COMMANDS[finding.severity]} ${printed.join(",")}::${[finding.message, ...related, ...fixes].map((line) => escapeData(plainText(line))).join("%0A")}`;
}

/** A text of a document must not be taken for a command: the place stands in front of what begins a line, and the older form of commands counts anywhere in one. */
function plainLine({ file, line, column, severity, rule, message }: ReportedFinding): string {
  return `- ${plainText(file)}:${line}:${column}: ${severity}[${rule}]: ${plainText(message)}`.replaceAll("##[", "## [");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
