// `platmap import`: real data to a platform file. Knows nothing of what the data says.
import path from "node:path";
import type { Host, Output } from "../host";
import { ImportError, importPlatform } from "../import/importPlatform";
import { updatePlatform } from "../import/updatePlatform";
import { readTextFile } from "../workspace/decode";
import { ExitCode } from "./exitCode";
import { readable } from "./findFiles";
import { UsageError } from "./usageError";

export interface ImportOptions {
  /** Where to write; standard output when absent. */
  readonly output?: string;
  readonly force?: boolean;
  /** Renew the file from the capture, and keep what was edited. */
  readonly update?: boolean;
}

export function runImport(inputs: readonly string[], options: ImportOptions, host: Host, output: Output): ExitCode {
  if (options.update === true && options.output === undefined) throw new UsageError("--update needs the file to renew: -o FILE");
  const file = options.output === undefined ? undefined : path.resolve(host.workingFolder, options.output);
  if (file !== undefined) refuseToOverwrite(file, options, host);
  const imported = attempt(() => importPlatform(inputs, host));
  for (const note of imported.notes) output.err(`note: ${note}\n`);
  if (file === undefined) output.out(imported.text);
  else if (options.update === true && host.kindOf(file) !== undefined) update(file, imported.text, options.output ?? file, host, output);
  else {
    write(file, imported.text, options.output ?? file, host);
    output.err(`${options.output ?? file}: platform ${imported.platformName}\n`);
  }
  return ExitCode.Clean;
}

function refuseToOverwrite(file: string, options: ImportOptions, host: Host): void {
  const kind = host.kindOf(file);
  if (kind === "folder") throw new UsageError(`${options.output ?? file} is a folder; name a file`);
  if (kind !== undefined && options.force !== true && options.update !== true)
    throw new UsageError(`${options.output ?? file} is there already; --force replaces it, --update renews what was imported`);
}

/** Nothing is written where nothing changed. */
function update(file: string, fresh: string, shown: string, host: Host, output: Output): void {
  const { text: old, mark } = readable(shown, () => readTextFile(host, file));
  const { text, changes, kept } = attempt(() => updatePlatform(old, fresh, shown));
  for (const line of changes) output.err(`renewed: ${line}\n`);
  for (const line of kept) output.err(`note: ${line}\n`);
  if (text === old) output.err(`${shown}: nothing to renew\n`);
  else write(file, (mark ? "\ufeff" : "") + text, shown, host);
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ImportError) throw new UsageError(error.message);
    throw error;
  }
}

function write(file: string, text: string, shown: string, host: Host): void {
  try {
    host.writeFile(file, text);
  } catch (error) {
    throw new UsageError(`${shown} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
