// The command line: arguments in, exit code out. Knows nothing of Node's process, so that tests run it as it is.
import { Command, CommanderError, Option } from "commander";
import { fileTypes, jsonSchema, rulePage, rules } from "../../../core/src/index";
import type { FileKind } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { nearestWord } from "../jsonc/nearest";
import { checkCommand } from "./check";
import { ExitCode } from "./exitCode";
import { exportCommand } from "./export";
import { diffCommand } from "./diff";
import { fixCommand } from "./fix";
import { fleetCommand } from "./fleet";
import { groupsCommand } from "./groups";
import { mapCommand } from "./map";
import { planCommand } from "./plan";
import { reviewCommand } from "./review";
import { reservedCommand } from "./reserved";
import { assignableCommand } from "./assignable";
import { formatCommand } from "./format";
import { simulateCommand } from "./simulate";
import { plainLines } from "./terminal";
import type { ImportOptions } from "./importCommand";
import { runImport } from "./importCommand";
import { UsageError } from "./usageError";

export interface Environment {
  readonly host: Host;
  readonly output: Output;
  readonly version: string;
  /** An address at which a person reads what Platmap is. */
  readonly homepage: string;
  /** Starts the language server on this process's standard streams. */
  startLanguageServer(): void;
}

/** Runs one command. `args` are those after the program's name. */
export async function run(args: readonly string[], { output: given, ...rest }: Environment): Promise<ExitCode> {
  const output = { ...plain(given), color: given.color && !args.includes("--no-color") };
  const environment = { ...rest, output };
  let exitCode = ExitCode.Clean;
  const program = commands(environment, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Clean : ExitCode.Usage;
    if (error instanceof UsageError) {
      output.err(`platmap: ${error.message}\n`);
      return ExitCode.Usage;
    }
    output.err(`platmap: a defect of Platmap itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return ExitCode.Defect;
  }
}

function commands({ host, output, version, homepage, startLanguageServer }: Environment, finish: (code: ExitCode) => void): Command {
  const program = new Command("platmap")
    .description("Finds what is wrong in a platform's memory map: overlapping reserved regions, missing ACS, MSI doorbell clashes.")
    .version(version, "--version", "print the version")
    .addOption(new Option("--no-color", "no colours (NO_COLOR does the same)"))
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) })
    .showSuggestionAfterError();

  program.addCommand(checkCommand({ host, output, version, homepage }, finish));
  program.addCommand(fixCommand(host, output, finish));
  program.addCommand(diffCommand(host, output, finish));
  program.addCommand(reviewCommand(host, output, finish));
  program.addCommand(exportCommand(host, output, finish));

  program
    .command("import")
    .summary("turn what a running machine says into a platform file")
    .description(
      "Reads a capture of a running machine (a folder, .tar or .tar.gz as capture/collect.sh makes it), a folder of ACPI tables, or any one of /proc/iomem, lspci -vvv or -xxxx, configuration space, dmesg, a listing of /sys/kernel/iommu_groups, or an ACPI table, and writes a platform file.",
    )
    .argument("<capture...>", "what to read; what each input is is found out from its content; - is standard input")
    .option("-o, --output <file>", "write to this file instead of standard output")
    .option("--force", "replace the file when it is there")
    .addOption(new Option("--update", "renew in the file what was imported, and keep what was edited").conflicts("force"))
    .action((inputs: string[], options: ImportOptions) => finish(runImport(inputs, options, host, output)));

  program.addCommand(groupsCommand(host, output, finish));
  program.addCommand(reservedCommand(host, output, finish));
  program.addCommand(assignableCommand(host, output, finish));
  program.addCommand(mapCommand(host, output, finish));
  program.addCommand(formatCommand(host, output, finish));
  program.addCommand(planCommand(host, output, finish));
  program.addCommand(simulateCommand(host, output, finish));
  program.addCommand(fleetCommand(host, output, finish));

  program
    .command("explain")
    .summary("print a rule's page")
    .argument("[rule]", "a rule's id, or its number in the catalogue; none lists all rules")
    .action((rule: string | undefined) => output.out(explain(rule)));

  program
    .command("schema")
    .summary("print a JSON Schema of the language")
    .argument("<kind>", "platform, guest, fleet or config")
    .action((kind: string) => {
      if (!Object.hasOwn(fileTypes, kind)) throw new UsageError(`there is no schema of "${kind}"; there is one of ${Object.keys(fileTypes).join(", ")}`);
      output.out(JSON.stringify(jsonSchema(fileTypes[kind as FileKind]), undefined, 2) + "\n");
    });

  program
    .command("lsp")
    .summary("start the language server")
    .requiredOption("--stdio", "talk over standard input and output")
    .action(() => startLanguageServer());

  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) }).showSuggestionAfterError();
  }
  return program;
}

/** Without colours; and what is said about names, paths and arguments cannot steer the terminal, nor GitHub, which takes commands from this stream too. */
function plain(output: Output): Output {
  return { color: false, width: output.width, out: (text) => output.out(text), err: (text) => output.err(plainLines(text).replace(/^(?=\s*::)/gm, "- ").replaceAll("##[", "## [")) };
}

function explain(id: string | undefined): string {
  if (id === undefined) return rules.map((rule) => `${rule.id.padEnd(36)} ${(rule.catalogue ?? "").padEnd(7)} ${rule.severity.padEnd(7)} ${rule.summary}${rule.isOffByDefault ? " (off by default)" : ""}\n`).join("");
  const found = rules.filter((rule) => rule.id === id || rule.catalogue?.toLowerCase() === id.toLowerCase());
  if (found.length > 0) return found.map(rulePage).join("\n");
  const nearest = nearestWord(id, rules.flatMap((rule) => [rule.id, ...(rule.catalogue === undefined ? [] : [rule.catalogue])]));
  throw new UsageError(`there is no rule "${id}"${nearest === undefined ? "; platmap explain lists them all" : `; did you mean ${nearest}?`}`);
}
