// `platmap export`: the physical map in a form that other tools read. Knows nothing of the forms.
import path from "node:path";
import { Command, Option } from "commander";
import type { ExportForm } from "../../../core/src/index";
import { exporters } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readPlatform } from "./platformInput";
import { UsageError } from "./usageError";

interface ExportOptions {
  readonly to: ExportForm;
  readonly output?: string;
}

export function exportCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("export")
    .summary("the physical map as a table, a device tree, a C header or linker regions")
    .description("Writes the physical map of a platform as a Markdown or CSV table with its gaps, as memory and reserved-memory of a device tree, as constants of C, or as MEMORY regions of a GNU linker script. What a form cannot say it says as a comment.")
    .argument("<file>", "a platform file; - is standard input")
    .addOption(new Option("--to <form>", "the form").choices(Object.keys(exporters)).makeOptionMandatory())
    .option("-o, --output <file>", "write to this file instead of standard output")
    .action((file: string, options: ExportOptions) => finish(runExport(file, options, host, output)));
}

function runExport(file: string, options: ExportOptions, host: Host, output: Output): ExitCode {
  const { plan, errors } = readPlatform(file, host);
  const text = exporters[options.to](plan);
  if (options.output === undefined || options.output === "-") output.out(text);
  else write(options.output, text, host);
  if (errors > 0) output.err(`${file}: not everything could be read, so something may be missing; platmap check says what\n`);
  return ExitCode.Clean;
}

function write(file: string, text: string, host: Host): void {
  try {
    host.writeFile(path.resolve(host.workingFolder, file), text);
  } catch (error) {
    throw new UsageError(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
