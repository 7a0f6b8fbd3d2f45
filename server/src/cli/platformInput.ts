// Reads the one platform file that a command is about. Knows nothing of commands.
import path from "node:path";
import type { Plan } from "../../../core/src/index";
import type { Host } from "../host";
import { checkText } from "../workspace/check";
import { decodeText } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { readable } from "./findFiles";
import { UsageError } from "./usageError";

/**
 * The plan of a platform file; `-` is standard input. Throws UsageError for what cannot be read, is not a platform
 * file, or has syntax errors.
 */
export function readPlatform(file: string, host: Host): { readonly plan: Plan; readonly errors: number } {
  const shown = file === "-" ? "standard input" : file;
  const bytes = readable(shown, () =>
    file === "-" ? host.readStandardInput() : host.readFile(path.resolve(host.workingFolder, file)),
  );
  const { plan, source, kind, findings } = checkText(
    shown,
    readable(shown, () => decodeText(bytes).text),
    { rules: [], surroundings: commandLineSurroundings(host) },
  );
  const [fault] = source.tree.faults;
  if (fault) {
    const { line, character } = source.position(fault.start);
    throw new UsageError(`${shown}:${line + 1}:${character + 1}: ${fault.message}`);
  }
  if (!plan)
    throw new UsageError(
      `${shown}: a platform file is needed, and this is ${kind === undefined ? "none" : `a ${kind} file`}`,
    );
  return { plan, errors: findings.length + plan.problems.length };
}
