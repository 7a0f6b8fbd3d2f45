// The difference of two files in their meaning: what was added, removed, moved, resized, renamed or became another thing, which overlaps came and went, and
// which IOMMU groups fell apart or grew together. Not a difference of texts: layout, order, comments and the form of a value change nothing.
import type { FileKind } from "../language/valueType";
import { fileTypes } from "../language/fileTypes";
import type { FilePlan } from "../plan/filePlan";
import { Plan } from "../plan/plan";
import type { Changes } from "./changes";
import { changesBetween } from "./changes";
import type { ConflictChanges } from "./conflicts";
import { conflictChanges } from "./conflicts";
import { entriesOf } from "./entries";
import type { GroupChanges } from "./groupChanges";
import { groupChanges } from "./groupChanges";
import type { MatchingOptions } from "./matching";
import { matchEntries } from "./matching";

export interface Difference extends Changes {
  readonly kind: FileKind;
  readonly conflicts: ConflictChanges;
  readonly groups: GroupChanges;
}

export interface DifferenceOptions extends MatchingOptions {
  /** Leaves out what running machines said, and what only people say: for when one of the two was imported from a machine. */
  readonly withoutCaptured?: boolean;
}

/** Compares two files of one kind. Throws when they are of two kinds, or one of them says nothing that can be planned. */
export function differenceOf(before: FilePlan, after: FilePlan, options: DifferenceOptions = {}): Difference {
  const { kind } = before;
  if (kind === "text" || kind !== after.kind) throw new Error(`a ${before.kind} file and a ${after.kind} file cannot be compared`);
  const type = fileTypes[kind];
  const unread = options.withoutCaptured ? ONE_SIDED : undefined;
  const entries = { before: entriesOf(before.said, type, unread), after: entriesOf(after.said, type, unread) };
  const matching = matchEntries(entries.before, entries.after, options);
  const changes = changesBetween(entries.before, entries.after, matching);
  const arePlatforms = before instanceof Plan && after instanceof Plan;
  return {
    kind,
    ...changes,
    conflicts: arePlatforms ? conflictChanges(before, after, entries, matching) : { appeared: [], gone: [] },
    groups: arePlatforms ? groupChanges(before, after, entries, matching) : { changes: [], undetermined: [] },
  };
}

/** Keys of which a description and an import never say the same. */
const ONE_SIDED: ReadonlySet<string> = new Set(["captured", "source", "description"]);

/** True when nothing is different. */
export function isSame({ changes, conflicts, groups }: Difference): boolean {
  return changes.length === 0 && conflicts.appeared.length === 0 && conflicts.gone.length === 0 && groups.changes.length === 0;
}
