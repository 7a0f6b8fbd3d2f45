// An entry of an extended file, begun in the file that extends it: its name, and where it lies as that file says it, to be changed. Tried: until somebody
// changes it, the machine is the same. Knows nothing of editors.
import type { Edit, Path } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import { View } from "../jsonc/view";
import type { CheckedFile, CheckOptions } from "./check";
import { checkText } from "./check";
import { mentionAt } from "./mentions";
import { overridingEdits } from "./overriding";
import { sameMachine } from "./sameMachine";

export interface OverriddenEntry {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** What says where an entry lies; the first of them that it has is the one that is most often changed. */
const PLACES = ["base", "range", "ranges", "size"];

/** For a name at an offset that only extended files give to an entry; undefined elsewhere. */
export function overriddenEntry(checked: CheckedFile, offset: number, options: CheckOptions = {}): OverriddenEntry | undefined {
  const { source, extended } = checked;
  const mention = extended ? mentionAt(checked, offset) : undefined;
  if (!extended || !mention || mention.by !== "name" || mention.removes || mention.host !== undefined) return undefined;
  const path = extended.names.get(mention.text)?.declaredAt.path.slice(0, -1);
  if (!path || source.valueAt(path) >= 0) return undefined;
  const edit = beginning(extended.overlay.source, path, source.file);
  const edits = edit && textEdits(source, overridingEdits([edit], extended.overlay, source) ?? []);
  if (!edits || edits.length === 0) return undefined;
  const after = checkText(source.file, applyTextEdits(source.text, edits), { ...options, before: checked });
  if (!sameMachine(checked, after) || after.findings.length > checked.findings.length) return undefined;
  const { file } = extended.overlay.originOf({ file: source.file, path, part: "value" });
  return { title: `Override ${mention.text} of ${decodeURIComponent(file.slice(file.lastIndexOf("/") + 1))} here`, edits };
}

function beginning(merged: CheckedFile["source"], path: Path, file: CheckedFile["source"]["file"]): Edit | undefined {
  const entry = viewAt(View.of(merged), path);
  for (const key of PLACES) {
    const value = entry?.members.get(key);
    const json = value?.isList ? value.items.map((item) => item.text ?? "") : value?.text;
    if (json !== undefined) return { op: "replace", at: { file, path: [...path, key], part: "value" }, value: { json } };
  }
  return undefined;
}

function viewAt(view: View | undefined, path: Path): View | undefined {
  return path.reduce<View | undefined>((at, step) => (typeof step === "number" ? at?.items[step] : at?.members.get(step)), view);
}
