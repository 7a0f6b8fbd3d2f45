// Completion of the names that extended files give: to leave an entry out, or to write one over it. Knows nothing of how files are laid over one another.
import type { Completion, Path, Spot } from "../../../core/src/index";
import { codeBlock } from "../../../core/src/index";
import type { DeclaredName } from "../jsonc/recordLayout";
import { sourceOf } from "../workspace/check";
import type { CheckedFile } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";

/** For an element of `remove`, and for the name of an entry: those of its kind that the file does not have itself. */
export function baseNamesAt({ checked, lastGood }: Snapshot, { type, record }: Spot, path: Path): Completion[] {
  const from = checked.extended ? checked : lastGood;
  if (!from?.extended) return [];
  const isRemoved = path[0] === "remove" && path.length === 2;
  if (!isRemoved && (type.kind !== "name" || record?.entry === undefined)) return [];
  const below = [...from.extended.names].filter(([, { declaredAt, entryKind }]) => from.source.valueAt(declaredAt.path) < 0 && (isRemoved || entryKind === record?.entry));
  return below.map(([name, declared]) => ({ label: name, kind: "name", ...about(from, declared), insert: JSON.stringify(name) }));
}

function about(from: CheckedFile, { declaredAt, entryKind }: DeclaredName): Pick<Completion, "detail" | "doc"> {
  const origin = from.extended?.overlay.originOf(declaredAt) ?? declaredAt;
  const source = sourceOf(from, origin);
  const { start, end } = source.span({ ...origin, path: origin.path.slice(0, -1), part: "value" });
  const file = decodeURIComponent(origin.file.slice(origin.file.lastIndexOf("/") + 1));
  return { detail: `${(entryKind ?? "entry").replaceAll("-", " ")} of ${file}`, doc: () => codeBlock(source.text.slice(start, end), "jsonc") };
}
