// `platmap check`: checks files and says what was found. Knows nothing of rules.
import type { Severity } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { checkText } from "../workspace/check";
import { decodeText } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { ExitCode } from "./exitCode";
import { findFiles, readable, shownPath } from "./findFiles";
import { printJsonReport } from "./report/json";
import { reportOf } from "./report/report";
import { printTextReport } from "./report/text";
import { UsageError } from "./usageError";

export interface CheckOptions {
  readonly format: "text" | "json";
  readonly failOn: "error" | "warning" | "info";
}

const SEVERITY_ORDER: readonly Severity[] = ["error", "warning", "info", "hint"];

export function runCheck(paths: readonly string[], options: CheckOptions, host: Host, output: Output): ExitCode {
  const unread: string[] = [];
  const checking = { surroundings: commandLineSurroundings(host) };
  const checked = inputs(paths, host, unread).map(({ file, text }) => ({ file, result: checkText(file, text, checking) }));
  for (const message of unread) output.err(`platmap: ${message}\n`);
  if (checked.length === 0 && unread.length > 0) return ExitCode.Usage;
  if (checked.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}`);
  const report = reportOf(checked, checking);
  const sources = new Map(checked.map(({ file, result }) => [file, result]));
  const lineOf = (file: string, line: number): string => sources.get(file)?.source.line(line - 1) ?? "";
  output.out(options.format === "json" ? printJsonReport(report) : printTextReport(report, lineOf, output.color));
  if (report.fixesCut) output.err("Fixes are tried before they are listed; in a file this large, only those of the first findings were.\n");
  for (const { rule, file, error } of report.crashed) output.err(`Rule ${rule} failed on ${file}, a defect of Platmap: ${String(error)}\n`);
  if (report.crashed.length > 0) return ExitCode.Defect;
  if (unread.length > 0) return ExitCode.Usage;
  const limit = SEVERITY_ORDER.indexOf(options.failOn);
  return report.findings.some((finding) => SEVERITY_ORDER.indexOf(finding.severity) <= limit) ? ExitCode.Findings : ExitCode.Clean;
}

/** The texts to check. An input that cannot be read does not stop the others: what is wrong with it goes to `unread`. */
function inputs(paths: readonly string[], host: Host, unread: string[]): { file: string; text: string }[] {
  const named = paths.filter((one) => one !== "-");
  const files = paths.length === 0 ? findFiles(host, ["."]) : findFiles(host, named);
  const texts = files.flatMap((file) => textOf(shownPath(host, file), () => host.readFile(file), unread));
  return paths.includes("-") ? [...texts, ...textOf("standard input", () => host.readStandardInput(), unread)] : texts;
}

function textOf(file: string, read: () => Uint8Array, unread: string[]): { file: string; text: string }[] {
  try {
    return [{ file, text: decodeText(readable(file, read)).text }];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    unread.push(error instanceof UsageError ? message : `${file}: ${message}`);
    return [];
  }
}
