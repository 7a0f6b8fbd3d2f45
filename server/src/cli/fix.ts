// `platmap fix`: mends files by the fixes of their findings. Knows nothing of what a fix changes.
import { Command, Option } from "commander";
import { createTwoFilesPatch } from "diff";
import type { Severity } from "../../../core/src/index";
import { rules } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { nearestWord } from "../jsonc/nearest";
import { decodeText, readTextFile } from "../workspace/decode";
import type { MendedText, MendingOptions } from "../workspace/fixAll";
import { fixAll } from "../workspace/fixAll";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { ExitCode } from "./exitCode";
import type { LeftOut } from "./findFiles";
import { findFiles, readable, shownPath } from "./findFiles";
import { isAtLeast, LEAST_SEVERITIES } from "./severity";
import { plainPatch, plainText } from "./terminal";
import { UsageError } from "./usageError";

interface FixOptions {
  readonly dryRun?: true;
  readonly rule?: readonly string[];
  readonly failOn: (typeof LEAST_SEVERITIES)[number];
}

export function fixCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("fix")
    .summary("mend files by the fixes of their findings")
    .description(
      "Applies the first fix of each finding that has one, again and again until no fix is left that removes its finding without making a new one. " +
        "An entry is taken away only for a rule that is named. Comments stay, and a file is written as a whole or not at all. With --dry-run the files stay as they are, and the difference is printed. " +
        "Standard input (-) is mended to standard output. The exit code is 1 when findings are left, and with --dry-run also when something would change.",
    )
    .argument("[path...]", "files and folders; - is standard input", ["."])
    .option("--dry-run", "write nothing, and print the difference")
    .addOption(new Option("--rule <id>", "only findings of this rule; may be given several times").argParser((id: string, others: readonly string[] = []) => [...others, ruleNamed(id)]))
    .addOption(new Option("--fail-on <severity>", "least severity that makes the exit code 1").choices(LEAST_SEVERITIES).default("error"))
    .action((paths: string[], options: FixOptions) => finish(new FixRun(options, host, output).run(paths)));
}

class FixRun {
  private readonly mending: MendingOptions;
  private isUnread = false;
  private hasFindings = false;

  constructor(
    private readonly options: FixOptions,
    private readonly host: Host,
    private readonly output: Output,
  ) {
    const { rule: wanted } = options;
    const checking = { surroundings: commandLineSurroundings(host) };
    this.mending = wanted === undefined ? { checking } : { checking, isWanted: ({ rule }) => wanted.includes(rule), mayRemoveEntries: true };
  }

  run(paths: readonly string[]): ExitCode {
    if (paths.includes("-")) {
      if (paths.length > 1) throw new UsageError("standard input is mended alone");
      this.mendStandardInput();
    } else {
      const leftOut: LeftOut[] = [];
      const files = findFiles(this.host, paths, leftOut);
      for (const { file, because } of leftOut) this.output.err(`platmap: ${plainText(file)}: left out: ${because}\n`);
      if (files.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}`);
      for (const file of files) this.mendFile(file);
    }
    if (this.isUnread) return ExitCode.Usage;
    return this.hasFindings ? ExitCode.Findings : ExitCode.Clean;
  }

  private mendStandardInput(): void {
    const { text, mark } = readable("standard input", () => decodeText(this.host.readStandardInput()));
    const mended = fixAll("standard input", text, this.mending);
    this.conclude("standard input", mended);
    if (this.options.dryRun) this.printDifference("standard input", text, mended);
    else this.output.out((mark ? "\ufeff" : "") + mended.text);
  }

  /** A file that cannot be read or written does not stop the others. */
  private mendFile(file: string): void {
    const shown = shownPath(this.host, file);
    try {
      const { text, mark } = readable(shown, () => readTextFile(this.host, file));
      const mended = fixAll(shown, text, this.mending);
      if (mended.text !== text && this.options.dryRun !== true) this.write(file, text, (mark ? "\ufeff" : "") + mended.text);
      this.conclude(shown, mended);
      if (this.options.dryRun) this.printDifference(shown, text, mended);
    } catch (error) {
      this.isUnread = true;
      const message = error instanceof Error ? error.message : String(error);
      this.output.err(`platmap: ${error instanceof UsageError ? message : `${shown}: ${message}`}\n`);
    }
  }

  /** What somebody else wrote in the meantime is not lost. */
  private write(file: string, read: string, text: string): void {
    if (readTextFile(this.host, file).text !== read) throw new Error("it was changed by another program while it was mended; run platmap fix again");
    this.host.writeFile(file, text);
  }

  private conclude(shown: string, { applied, checked }: MendedText): void {
    for (const { rule, title, line } of applied) this.output.err(`${plainText(shown)}:${line}: ${rule}: ${title}\n`);
    const left = checked.findings.filter(({ severity }) => isAtLeast(severity, this.options.failOn)).length;
    const verb = this.options.dryRun ? "could be mended" : "mended";
    if (applied.length > 0 || left > 0) this.output.err(`${plainText(shown)}: ${applied.length} ${verb}, ${leftOver(left, this.options.failOn)}\n`);
    if (left > 0) this.hasFindings = true;
  }

  private printDifference(shown: string, text: string, mended: MendedText): void {
    if (mended.text === text) return;
    this.hasFindings = true;
    const patch = createTwoFilesPatch(`a/${shown}`, `b/${shown}`, text, mended.text, undefined, undefined, { context: 3, headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true } });
    this.output.out(plainPatch(patch));
  }
}

function leftOver(count: number, least: Severity): string {
  const noun = least === "error" ? "error" : "finding";
  return `${count} ${noun}${count === 1 ? "" : "s"} left`;
}

/** A rule by its id or its number in the catalogue. Throws UsageError where there is none. */
function ruleNamed(id: string): string {
  const found = rules.find((rule) => rule.id === id || rule.catalogue?.toLowerCase() === id.toLowerCase());
  if (found) return found.id;
  const nearest = nearestWord(id, rules.map((rule) => rule.id));
  throw new UsageError(`there is no rule "${id}"${nearest === undefined ? "; platmap explain lists them all" : `; did you mean ${nearest}?`}`);
}
