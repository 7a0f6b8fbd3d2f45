// `platmap fmt`: formats files in place, or says which ones are not formatted. Knows nothing of how a text is laid out.
import { Command, Option } from "commander";
import { fileId } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { formatText } from "../jsonc/format/format";
import { Source } from "../jsonc/source";
import type { Decoded } from "../workspace/decode";
import { decodeText, readTextFile } from "../workspace/decode";
import { ExitCode } from "./exitCode";
import type { LeftOut } from "./findFiles";
import { findFiles, readable, shownPath } from "./findFiles";
import { plainText } from "./terminal";
import { UsageError } from "./usageError";

interface FormatOptions {
  readonly check?: boolean;
  readonly format: "text" | "json";
}

interface FormattedFile {
  readonly text: string;
  readonly isChanged: boolean;
}

export function formatCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("fmt")
    .summary("format files")
    .description(
      "Formats files in place: two blanks a level, one entry a line, the columns of tables aligned. Comments and values keep every byte. " +
        "Folders are searched for *.platform.jsonc, *.guest.jsonc and *.fleet.jsonc (and .json). Prints the files that it changed.",
    )
    .argument("[path...]", "files and folders; - formats standard input to standard output", ["."])
    .option("--check", "change nothing; print the files that are not formatted, and exit with 1 when there are any")
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .action((paths: string[], options: FormatOptions) => finish(runFormat(paths, options, host, output)));
}

function runFormat(paths: readonly string[], options: FormatOptions, host: Host, output: Output): ExitCode {
  if (paths.includes("-")) return formatInput(paths, options, host, output);
  const leftOut: LeftOut[] = [];
  const files = findFiles(host, paths, leftOut);
  for (const { file, because } of leftOut) output.err(`platmap: ${plainText(file)}: left out: ${because}\n`);
  if (files.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}`);
  const unread: string[] = [];
  const changed = files.filter((file) => tried(unread, () => formatFile(file, options, host))).map((file) => shownPath(host, file));
  output.out(options.format === "json" ? `${JSON.stringify({ files: files.length, changed })}\n` : changed.map((file) => `${file}\n`).join(""));
  for (const message of unread) output.err(`platmap: ${message}\n`);
  return exitCode(unread.length > 0, options, changed.length > 0);
}

function formatInput(paths: readonly string[], options: FormatOptions, host: Host, output: Output): ExitCode {
  if (paths.length > 1) throw new UsageError("- stands alone: what is read from standard input is written to standard output");
  const { text, isChanged } = formatted("standard input", () => decodeText(host.readStandardInput()));
  if (options.check === true) output.out(isChanged ? "standard input\n" : "");
  else output.out(text);
  return exitCode(false, options, isChanged);
}

function exitCode(isUnread: boolean, { check }: FormatOptions, isChanged: boolean): ExitCode {
  if (isUnread) return ExitCode.Usage;
  return check === true && isChanged ? ExitCode.Findings : ExitCode.Clean;
}

/** True when the file was not formatted. A file is written as a whole or not at all. */
function formatFile(file: string, { check }: FormatOptions, host: Host): boolean {
  const shown = shownPath(host, file);
  const { text, isChanged } = formatted(shown, () => readTextFile(host, file));
  if (isChanged && check !== true) readable(shown, () => host.writeFile(file, text));
  return isChanged;
}

/** Throws UsageError for what cannot be read or has syntax errors. A byte order mark stays. */
function formatted(file: string, read: () => Decoded): FormattedFile {
  const { text, mark } = readable(file, read);
  const source = new Source(fileId(file), text);
  const result = formatText(source);
  if (result === undefined) throw new UsageError(`${placeOfFault(source, file)}; the file stays as it is`);
  return { text: mark ? `\ufeff${result}` : result, isChanged: result !== text };
}

function placeOfFault(source: Source, file: string): string {
  const [fault] = source.tree.faults;
  const { line, character } = source.position(fault?.start ?? 0);
  return `${file}:${line + 1}:${character + 1}: ${fault?.message ?? "it cannot be read"}`;
}

/** One file that cannot be read does not stop the others. */
function tried(unread: string[], run: () => boolean): boolean {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    unread.push(error.message);
    return false;
  }
}
