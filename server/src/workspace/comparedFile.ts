// A file as one side of a comparison, and the difference of two. Knows nothing of where the files come from, nor of how a difference is shown.
import type { Difference, FilePlan } from "../../../core/src/index";
import { differenceOf } from "../../../core/src/index";
import type { CheckedFile } from "./check";
import type { Unreadable } from "./surroundings";

export interface ComparedFile {
  /** As people named it. */
  readonly shown: string;
  readonly checked: CheckedFile;
  readonly plan: FilePlan;
  /** It was imported from a running machine. */
  readonly isCapture: boolean;
  /** Problems of reading: what is said may not be all that is there. */
  readonly problems: number;
}

/** A text that was read as a side; or why it cannot be compared, as a clause or with its place. */
export function comparedFile(shown: string, checked: CheckedFile, isCapture = false): ComparedFile | Unreadable {
  const [fault] = checked.source.tree.faults;
  if (fault) {
    const { line, character } = checked.source.position(fault.start);
    return { because: `${shown}:${line + 1}:${character + 1}: ${fault.message}` };
  }
  if (!checked.filePlan) return { because: `${shown}: it is no platform, guest or fleet file` };
  return { shown, checked, plan: checked.filePlan, isCapture, problems: checked.filePlan.problems.length };
}

/** What a capture says is matched by place where its names mean nothing, and what running machines said is left out when only one side is one. */
export function differenceOfFiles(before: ComparedFile, after: ComparedFile): Difference | Unreadable {
  if (before.plan.kind !== after.plan.kind) return { because: `${before.shown} is a ${before.plan.kind} file and ${after.shown} a ${after.plan.kind} file: they cannot be compared` };
  const isOneCaptured = before.isCapture !== after.isCapture;
  return differenceOf(before.plan, after.plan, { byOverlap: isOneCaptured, withoutCaptured: isOneCaptured });
}
