// `platmap check`: checks files and says what was found. Knows nothing of rules.
import path from "node:path";
import { Command, Option } from "commander";
import type { SaidSeverities } from "../../../core/src/index";
import type { Host, Output } from "../host";
import type { FingerprintedFinding } from "../workspace/knownFindings";
import { newFindings } from "../workspace/knownFindings";
import { readBaseline, writeBaseline } from "./baseline";
import type { NamedFile } from "./checkFiles";
import { checkFiles, checkFilesAt, hostAtBase } from "./checkFiles";
import { severitiesOfRules } from "./ruleOption";
import { ExitCode } from "./exitCode";
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
  /** `id=severity`, each. */
  readonly rule?: readonly string[];
}

/** What is checked, and how. */
interface Asked {
  readonly paths: readonly string[];
  readonly severities: SaidSeverities;
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
    .option("--rule <id=severity>", "for this run, over the configuration: a rule is error, warning, info, hint or off; once for each rule", (one, said: readonly string[] = []) => [...said, one])
    .option("--base <revision>", "report only what is new since this git revision")
    .option("--baseline <file>", "report only what is not in this file")
    .addOption(new Option("--write-baseline <file>", "write all that is found to this file, for --baseline, and report nothing").conflicts(["base", "baseline"]))
    .action((paths: string[], options: CheckOptions) => finish(runCheck(paths, options, environment)));
}

function runCheck(paths: readonly string[], options: CheckOptions, environment: CheckEnvironment): ExitCode {
  const { host, output } = environment;
  const unread: string[] = [];
  const severities = severitiesOfRules(options.rule ?? []);
  const { described, checked, leftOut, checking } = checkFiles(paths, host, unread, severities);
  for (const message of unread) output.err(`platmap: ${message}\n`);
  if (described.length === 0 && unread.length > 0) return ExitCode.Usage;
  if (described.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}`);
  const found = reportOf(checked, checking);
  const everything = { ...found, files: described.length, skipped: [...found.skipped, ...leftOut.map((one) => ({ rule: "*", ...one }))] };
  if (options.writeBaseline !== undefined) {
    writeBaseline(options.writeBaseline, everything.findings, host);
    output.err(`${options.writeBaseline}: ${everything.findings.length} ${everything.findings.length === 1 ? "finding" : "findings"} written\n`);
    return unread.length > 0 ? ExitCode.Usage : ExitCode.Clean;
  }
  const report = onlyNew(everything, described, { paths, severities }, options, environment);
  const { text, note } = print(report, checked, options, environment);
  // Problem matchers read a finding line by line, also at a terminal: lines stay whole.
  output.out(text);
  if (note !== undefined) output.err(`note: ${note}\n`);
  if (report.fixesCut) output.err("Fixes are tried before they are listed; in a file this large, only those of the first findings were.\n");
  for (const { rule, file, error } of report.crashed) output.err(`Rule ${rule} failed on ${file}, a defect of Platmap: ${String(error)}\n`);
  if (report.crashed.length > 0) return ExitCode.Defect;
  if (unread.length > 0) return ExitCode.Usage;
  return report.findings.some(({ severity }) => isAtLeast(severity, options.failOn)) ? ExitCode.Findings : ExitCode.Clean;
}

/** The report without what was there before, and how much that is. */
function onlyNew(report: Report, described: readonly NamedFile[], asked: Asked, { base, baseline }: CheckOptions, { host, output }: CheckEnvironment): Report {
  if (base === undefined && baseline === undefined) return report;
  const earlier = [...(base === undefined ? [] : findingsAt(base, described, asked, host, output)), ...(baseline === undefined ? [] : readBaseline(baseline, host))];
  const findings = newFindings(report.findings, earlier, (file) => host.kindOf(path.resolve(host.workingFolder, file)) !== undefined);
  return { ...report, findings, known: report.findings.length - findings.length };
}

function findingsAt(revision: string, described: readonly NamedFile[], { paths, severities }: Asked, host: Host, output: Output): readonly FingerprintedFinding[] {
  const unread: string[] = [];
  const { checked, checking } = checkFilesAt(hostAtBase(revision, host), paths, described, unread, severities);
  for (const message of unread) output.err(`platmap: at ${revision}: ${message}; what is found in it now counts as new\n`);
  return reportOf(checked, checking, false).findings;
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
