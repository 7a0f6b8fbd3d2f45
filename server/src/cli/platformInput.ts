// Reads the one platform file that a command is about. Knows nothing of commands.
import type { Plan } from "../../../core/src/index";
import type { Host } from "../host";
import { checkText } from "../workspace/check";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { readable, readTextInput } from "./findFiles";
import { UsageError } from "./usageError";

/**
 * The plan of a platform file; `-` is standard input. Throws UsageError for what cannot be read, is not a platform
 * file, or has syntax errors.
 */
export function readPlatform(file: string, host: Host): { readonly plan: Plan; readonly errors: number } {
  const shown = file === "-" ? "standard input" : file;
  const { text } = readable(shown, () => readTextInput(file, host));
  const { plan, source, kind, findings } = checkText(
    shown,
    text,
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
