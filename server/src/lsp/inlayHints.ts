// Notes behind entries and values: where one ends, how large it is, what an expression comes to. While the text is broken, those entries keep their notes that are as they were. Knows nothing of the words.
import type { InlayHint, Range } from "vscode-languageserver";
import type { InlayNote } from "../../../core/src/index";
import { inlayNotes } from "../../../core/src/index";
import type { Source } from "../jsonc/source";
import type { Node } from "../jsonc/tree";
import type { Snapshot } from "../workspace/workspace";

export function inlayHintsIn({ checked: { source }, lastGood }: Snapshot, { start, end }: Range): InlayHint[] {
  if (!lastGood?.filePlan) return [];
  const [first, last] = [source.offset(start), source.offset(end)];
  const hints: InlayHint[] = [];
  for (const note of inlayNotes(lastGood.filePlan, entriesBetween(source, first, last))) {
    const entry = source.valueAt(note.entry.path);
    if (entry < 0 || source.tree.end(entry) < first || source.tree.start(entry) > last || !isUnchanged(source, lastGood.source, note, entry)) continue;
    const offset = placeOf(source, note, entry);
    if (offset === undefined || offset < first || offset > last) continue;
    hints.push({ position: source.position(offset), label: note.label, paddingLeft: true, tooltip: note.tooltip });
  }
  return hints;
}

/** Which entries of the outermost lists reach into a stretch. */
function entriesBetween(source: Source, first: number, last: number): (list: string, index: number) => boolean {
  const bounds = new Map<string, readonly [from: number, to: number]>();
  const boundsOf = (list: string): readonly [number, number] => {
    const node = source.valueAt([list]);
    const indexBy = (offset: number): number => (node < 0 ? -1 : (source.elementBeginningBy(node, offset)?.index ?? -1));
    return [indexBy(first - 1), indexBy(last)];
  };
  return (list, index) => {
    const [from, to] = bounds.get(list) ?? boundsOf(list);
    bounds.set(list, [from, to]);
    return from <= index && index <= to;
  };
}

/** Behind an entry of one line, so that the columns of a table stay where they are; in a longer one behind the value. */
function placeOf(source: Source, note: InlayNote, entry: Node): number | undefined {
  const { tree } = source;
  const end = tree.end(entry);
  if (!note.isOfValue && source.position(tree.start(entry)).line === source.position(end).line) return source.text[end] === "," ? end + 1 : end;
  const value = source.valueAt(note.at.path);
  return value < 0 ? undefined : tree.end(value);
}

function isUnchanged(source: Source, then: Source, { entry: { path } }: InlayNote, entry: Node): boolean {
  if (source === then) return true;
  const old = then.valueAt(path);
  return old >= 0 && then.tree.raw(old) === source.tree.raw(entry);
}
