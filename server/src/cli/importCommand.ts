// `platmap import`: real data to a platform file. Knows nothing of what the data says.
import path from "node:path";
import type { Host, Output } from "../host";
import { ImportError, importPlatform } from "../import/importPlatform";
import { ExitCode } from "./exitCode";
import { UsageError } from "./usageError";

export interface ImportOptions {
  /** Where to write; standard output when absent. */
  readonly output?: string;
  readonly force?: boolean;
}

export function runImport(inputs: readonly string[], options: ImportOptions, host: Host, output: Output): ExitCode {
  const file = options.output === undefined ? undefined : path.resolve(host.workingFolder, options.output);
  if (file !== undefined) refuseToOverwrite(file, options, host);
  const imported = read(inputs, host);
  for (const note of imported.notes) output.err(`note: ${note}\n`);
  if (file === undefined) output.out(imported.text);
  else {
    write(file, imported.text, options.output ?? file, host);
    output.err(`${options.output ?? file}: platform ${imported.platformName}\n`);
  }
  return ExitCode.Clean;
}

function refuseToOverwrite(file: string, options: ImportOptions, host: Host): void {
  const kind = host.kindOf(file);
  if (kind === "folder") throw new UsageError(`${options.output ?? file} is a folder; name a file`);
  if (kind !== undefined && options.force !== true) throw new UsageError(`${options.output ?? file} is there already; --force replaces it`);
}

function read(inputs: readonly string[], host: Host): ReturnType<typeof importPlatform> {
  try {
    return importPlatform(inputs, host);
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
