// Reads the one guest file that a command is about, with the files of its hosts. Knows nothing of commands.
import path from "node:path";
import { GuestPlan } from "../../../core/src/index";
import type { Host } from "../host";
import type { Source } from "../jsonc/source";
import { checkText } from "../workspace/check";
import { readTextFile } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { readable, shownPath } from "./findFiles";
import { UsageError } from "./usageError";

export interface GuestInput {
  readonly plan: GuestPlan;
  readonly source: Source;
  /** Absolute. */
  readonly path: string;
  /** The file began with a byte order mark, which the source does not have. */
  readonly mark: boolean;
  /** How many things could not be read as they are written. */
  readonly errors: number;
}

/**
 * Throws UsageError for what cannot be read, is not a guest file, or has syntax errors, and for hosts that cannot be read: a plan without them would be
 * another one.
 */
export function readGuest(file: string, host: Host): GuestInput {
  const full = path.resolve(host.workingFolder, file);
  const shown = shownPath(host, full);
  const { text, mark } = readable(file, () => readTextFile(host, full));
  const { filePlan, source, kind } = checkText(shown, text, { rules: [], surroundings: commandLineSurroundings(host) });
  const [fault] = source.tree.faults;
  if (fault) {
    const { line, character } = source.position(fault.start);
    throw new UsageError(`${file}:${line + 1}:${character + 1}: ${fault.message}`);
  }
  if (!(filePlan instanceof GuestPlan)) throw new UsageError(`${file}: a guest file is needed, and this is ${kind === undefined ? "none" : `a ${kind} file`}`);
  const [missing] = filePlan.problemsOf("unreadable-file");
  if (missing) {
    const { line, character } = source.position(source.span(missing.at).start);
    throw new UsageError(`${file}:${line + 1}:${character + 1}: ${missing.path} ${missing.because}`);
  }
  return { plan: filePlan, source, path: full, mark, errors: filePlan.problems.length };
}
