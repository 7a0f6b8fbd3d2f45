// Renews an imported description from a new import of the same machine: `platmap import --update`. Small edits of the old text, so that
// names, comments, additions, order and the style of numbers stay. Knows nothing of files, nor of how an import is made.
import { fileId, platformFile, printAddress } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import { MergeEdits } from "../jsonc/mergeEdits";
import { readRecord } from "../jsonc/read";
import { Source } from "../jsonc/source";
import type { Node } from "../jsonc/tree";
import { View } from "../jsonc/view";
import { ImportError } from "./importError";
import { Merge } from "./updateMerge";

export interface UpdatedPlatform {
  readonly text: string;
  /** What was renewed, a line each; none where the text is as it was. */
  readonly changes: readonly string[];
  /** What the import does not have, or could not be brought in: a line each. */
  readonly kept: readonly string[];
}

/**
 * `oldText` (without byte order mark) with the facts of `freshText`, a document as an import prints it. Entries belong together by what the
 * hardware fixes: PCI addresses, first bytes, register numbers. `"unknown"` replaces nothing; what only the old text has stays. Updating twice
 * is updating once. Throws ImportError where the old text is no platform file, has syntax errors, or describes another architecture.
 */
export function updatePlatform(oldText: string, freshText: string, file: string): UpdatedPlatform {
  let updated = mergeOnce(oldText, freshText, file);
  for (let pass = 0; pass < PASSES; pass++) {
    const again = mergeOnce(updated.text, freshText, file);
    if (again.text === updated.text) return updated;
    updated = { ...again, changes: [...updated.changes, ...again.changes] };
  }
  throw new ImportError(file, "it cannot be renewed without doubt, so nothing was written; --force replaces it");
}

/** An expression that was right may come to something else once what it is made of was renewed; then it is renewed itself. */
const PASSES = 3;

function mergeOnce(oldText: string, freshText: string, file: string): UpdatedPlatform {
  const gone: string[] = [];
  let text = oldText;
  for (;;) {
    const source = new Source(fileId(file), text);
    const edits = new MergeEdits(source);
    const [old, fresh] = [rootOf(source, file), rootOf(new Source(fileId("draft"), freshText), "draft")];
    refuseAnotherMachine(old, fresh, file);
    const merge = new Merge(old, fresh, edits);
    merge.run();
    const [outdated] = merge.outdated;
    if (!outdated) return { text: apply(text, edits.textEdits(), file), changes: [...gone, ...merge.changes], kept: [...new Set(merge.kept)] };
    text = apply(text, textEdits(source, [{ op: "remove", at: { file: source.file, path: outdated.path, part: "value" } }]), file);
    gone.push(outdated.change);
  }
}

/** Two machines in one description would be neither. */
function refuseAnotherMachine(old: View, fresh: View, file: string): void {
  const [was, is] = [old.textOf("arch"), fresh.textOf("arch")];
  if (was === undefined || is === undefined || was === is) return;
  throw new ImportError(file, `it describes a machine of ${was}, and what was read is of ${is}; --force replaces it`);
}

function apply(text: string, edits: readonly TextEdit[] | undefined, file: string): string {
  if (edits) return applyTextEdits(text, edits);
  throw new ImportError(file, "its layout leaves no room for small edits, so nothing was written; --force replaces it");
}

function rootOf(source: Source, file: string): View {
  const [fault] = source.tree.faults;
  if (fault) {
    const { line, character } = source.position(fault.start);
    throw new ImportError(`${file}:${line + 1}:${character + 1}`, `${fault.message}; only a whole file can be renewed`);
  }
  const root = View.of(source, expressionsOf(source));
  if (!root?.members.has("platform")) throw new ImportError(file, "it is not a platform file");
  return root;
}

/** An expression is compared by what it comes to, and stays as long as that is still right. */
function expressionsOf(source: Source): ReadonlyMap<Node, string> {
  const { expressions } = readRecord(source, platformFile);
  return new Map(expressions.flatMap(({ at, value }) => (value === undefined ? [] : [[source.valueAt(at.path), printAddress(value)] as const])));
}
