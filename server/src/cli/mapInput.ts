// Reads the one file that a map is asked of, with the files that it names. Knows nothing of maps but which files have one.
import path from "node:path";
import type { MapModel } from "../../../core/src/index";
import { memoryMap } from "../../../core/src/index";
import type { Host } from "../host";
import { checkText } from "../workspace/check";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { readable, readTextInput, shownPath } from "./findFiles";
import { UsageError } from "./usageError";

export interface MapInput {
  readonly model: MapModel;
  /** Places that could not be read as they are meant. */
  readonly errors: number;
}

/** The map of a platform or guest file; `-` is standard input. Throws UsageError for what cannot be read, has syntax errors, or has no map. */
export function readMap(file: string, host: Host): MapInput {
  const shown = file === "-" ? "standard input" : shownPath(host, path.resolve(host.workingFolder, file));
  const { text } = readable(shown, () => readTextInput(file, host));
  const { filePlan, source, kind, findings } = checkText(shown, text, { surroundings: commandLineSurroundings(host) });
  const [fault] = source.tree.faults;
  if (fault) {
    const { line, character } = source.position(fault.start);
    throw new UsageError(`${shown}:${line + 1}:${character + 1}: ${fault.message}`);
  }
  const model = filePlan && memoryMap(filePlan, findings);
  if (!filePlan || !model) throw new UsageError(`${shown}: a platform or guest file is needed, and this is ${kind === undefined ? "none" : `a ${kind} file`}`);
  return { model, errors: filePlan.problems.length };
}
