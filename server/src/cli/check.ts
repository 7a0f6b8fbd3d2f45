// `platmap check`: checks files and says what was found. Knows nothing of rules.
import path from "node:path";
import { Command, Option } from "commander";
import { fileId } from "../../../core/src/index";
import type { Host, Output } from "../host";
import type { CheckedFile } from "../workspace/check";
import { checkReading, checkText } from "../workspace/check";
import { decodeText } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import type { FingerprintedFinding } from "../workspace/knownFindings";
import { newFindings } from "../workspace/knownFindings";
import { GitError, revisionHost } from "../workspace/revisionHost";
import type { Surroundings } from "../workspace/surroundings";
import { isUnreadable } from "../workspace/surroundings";
import { readBaseline, writeBaseline } from "./baseline";
import { ExitCode } from "./exitCode";
import { findFiles, readable, shownPath } from "./findFiles";
import { printGithubReport } from "./report/github";
import { printJsonReport } from "./report/json";
import { printJunitReport } from "./report/junit";
import type { Report } from "./report/report";
import { reportOf } from "./report/report";
import { printSarifReport } from "./report/sarif";
import { printTextReport } from "./report/text";
import { isAtLeast, LEAST_SEVERITIES } from "./severity";
import { UsageError } from "./usageError";

const FORMATS = ["text", "json", "sarif", "github", "junit"] as const;

interface CheckOptions {
  readonly format: (typeof FORMATS)[number];
  readonly failOn: (typeof LEAST_SEVERITIES)[number];
  /** Only what is new: since a git revision, and beside what a file holds. */
  readonly base?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

/** What a command knows of the program that it is a part of. */
export interface CheckEnvironment {
  readonly host: Host;
  readonly output: Output;
  readonly version: string;
  /** An address at which a person reads what Platmap is. */
  readonly homepage: string;
}

export function checkCommand(environment: CheckEnvironment, finish: (code: ExitCode) => void): Command {
  return new Command("check")
    .summary("check files")
    .description("Checks files; folders are searched for *.platform.jsonc, *.guest.jsonc and *.fleet.jsonc (and .json).")
    .argument("[path...]", "files and folders; - is standard input", ["."])
    .addOption(new Option("--format <format>", "form of the output").choices(FORMATS).default("text"))
    .addOption(new Option("--fail-on <severity>", "least severity that makes the exit code 1").choices(LEAST_SEVERITIES).default("error"))
    .option("--base <revision>", "report only what is new since this git revision")
    .option("--baseline <file>", "report only what is not in this file")
    .option("--write-baseline <file>", "write all that is found to this file, for --baseline, and report nothing")
    .action((paths: string[], options: CheckOptions) => finish(runCheck(paths, options, environment)));
}

interface NamedFile {
  readonly file: string;
  readonly result: CheckedFile;
}

function runCheck(paths: readonly string[], options: CheckOptions, environment: CheckEnvironment): ExitCode {
  const { host, output } = environment;
  const unread: string[] = [];
  const { described, checked, checking } = checkFiles(paths, host, unread);
  for (const message of unread) output.err(`platmap: ${message}\n`);
  if (described.length === 0 && unread.length > 0) return ExitCode.Usage;
  if (described.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}`);
  const everything = { ...reportOf(checked, checking), files: described.length };
  if (options.writeBaseline !== undefined) {
    writeBaseline(options.writeBaseline, everything.findings, host);
    output.err(`${options.writeBaseline}: ${everything.findings.length} ${everything.findings.length === 1 ? "finding" : "findings"} written\n`);
    return unread.length > 0 ? ExitCode.Usage : ExitCode.Clean;
  }
  const report = onlyNew(everything, paths, options, host);
  const { text, note } = print(report, checked, options, environment);
  output.out(text);
  if (note !== undefined) output.err(`note: ${note}\n`);
  if (report.fixesCut) output.err("Fixes are tried before they are listed; in a file this large, only those of the first findings were.\n");
  for (const { rule, file, error } of report.crashed) output.err(`Rule ${rule} failed on ${file}, a defect of Platmap: ${String(error)}\n`);
  if (report.crashed.length > 0) return ExitCode.Defect;
  if (unread.length > 0) return ExitCode.Usage;
  return report.findings.some(({ severity }) => isAtLeast(severity, options.failOn)) ? ExitCode.Findings : ExitCode.Clean;
}

interface CheckedFiles {
  /** What the paths name. */
  readonly described: readonly NamedFile[];
  /** These, and the configurations that hold for them. */
  readonly checked: readonly NamedFile[];
  readonly checking: { readonly surroundings: Surroundings };
}

function checkFiles(paths: readonly string[], host: Host, unread: string[]): CheckedFiles {
  const checking = { surroundings: commandLineSurroundings(host) };
  const named = new Set(paths.map((one) => shownPath(host, path.resolve(host.workingFolder, one))));
  const described = inputs(paths, host, unread)
    .map(({ file, text }) => ({ file, result: checkText(file, text, checking) }))
    .filter(({ file, result }) => !result.isLeftOut || named.has(file));
  return { described, checked: [...described, ...configurationsOf(described, checking.surroundings)], checking };
}

/** The report without what was there before, and how much that is. */
function onlyNew(report: Report, paths: readonly string[], { base, baseline }: CheckOptions, host: Host): Report {
  if (base === undefined && baseline === undefined) return report;
  const earlier = [...(base === undefined ? [] : findingsAt(base, paths, host)), ...(baseline === undefined ? [] : readBaseline(baseline, host))];
  const findings = newFindings(report.findings, earlier, (file) => host.kindOf(path.resolve(host.workingFolder, file)) !== undefined);
  return { ...report, findings, known: report.findings.length - findings.length };
}

/** What was found at a revision: in the same paths; where one of them was not there, its file may have had another name, and all files are looked at. */
function findingsAt(revision: string, paths: readonly string[], host: Host): readonly FingerprintedFinding[] {
  const past = hostAt(revision, host);
  const named = paths.filter((one) => one !== "-");
  const isWhole = named.length === 0 || named.some((one) => past.kindOf(path.resolve(host.workingFolder, one)) === undefined);
  if (isWhole && past.kindOf(host.workingFolder) === undefined) return [];
  return reportOf(checkFiles(isWhole ? ["."] : named, past, []).checked, { surroundings: commandLineSurroundings(past) }, false).findings;
}

function hostAt(revision: string, host: Host): Host {
  try {
    return revisionHost(host, revision);
  } catch (error) {
    throw error instanceof GitError ? new UsageError(`--base ${revision}: ${error.message}`) : error;
  }
}

/** The report, and what of it the form could not hold. */
function print(report: Report, checked: readonly NamedFile[], { format, failOn }: CheckOptions, { host, output, version, homepage }: CheckEnvironment): { text: string; note?: string | undefined } {
  switch (format) {
    case "json":
      return { text: printJsonReport(report) };
    case "sarif":
      return printSarifReport(report, { version, homepage, workingFolder: host.workingFolder });
    case "github":
      return printGithubReport(report);
    case "junit":
      return { text: printJunitReport(report, checked.map(({ file }) => file), (severity) => isAtLeast(severity, failOn)) };
    case "text": {
      const sources = new Map(checked.map(({ file, result }) => [file, result]));
      return { text: printTextReport(report, (file, line) => sources.get(file)?.source.line(line - 1) ?? "", output.color) };
    }
  }
}

/** The configurations that hold for what was checked, and were not checked themselves. */
function configurationsOf(checked: readonly { readonly file: string }[], surroundings: Surroundings): { file: string; result: CheckedFile }[] {
  const known = new Set(checked.map(({ file }) => file));
  return checked.flatMap(({ file }) => {
    const [at] = surroundings.configurationOf(fileId(file));
    const reading = at === undefined || known.has(at) ? undefined : surroundings.read(at);
    if (at === undefined || !reading || isUnreadable(reading)) return [];
    known.add(at);
    return [{ file: at, result: checkReading(reading) }];
  });
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
