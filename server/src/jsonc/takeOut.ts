// Members taken out of an object or a list, each with the comments that are its own. Knows nothing of what they say, nor of where they go.
import type { Path } from "../../../core/src/index";
import type { TextEdit } from "./edit";
import { withBlanks } from "./edit";
import { outlineOf } from "./format/outline";
import { containerAt, partsOf } from "./memberParts";
import type { Source } from "./source";

export interface TakenOut {
  /** The members with their comments, each with a comma, in their order. */
  readonly text: string;
  /** What takes them out of where they are, sorted and without overlap. */
  readonly edits: readonly TextEdit[];
}

/** Undefined where there is no such object or list. The text must have no syntax errors. @param indices of the members, ascending */
export function takeOut(source: Source, container: Path, indices: readonly number[]): TakenOut | undefined {
  const node = source.valueAt(container);
  const outline = outlineOf(source.text);
  const found = node < 0 || !outline.root ? undefined : containerAt(outline, outline.root, source.tree.start(node));
  if (!found) return undefined;
  const parts = indices.flatMap((index) => (found.members[index] ? [partsOf(outline, found.members[index])] : []));
  if (parts.length !== indices.length) return undefined;
  const edits = runsOf(indices).map(([first, last]) => withOneBlankLine(source, withBlanks(source, parts[first]?.start ?? 0, parts[last]?.end ?? 0)));
  return { text: parts.map(({ head, tail }) => `${head},${tail}`).join("\n"), edits };
}

/** Of blank lines on both sides one stays. */
function withOneBlankLine({ text }: Source, edit: TextEdit): TextEdit {
  if (!/\n[ \t]*\r?\n$/.test(text.slice(0, edit.start))) return edit;
  return { ...edit, end: edit.end + (/^[ \t]*\r?\n/.exec(text.slice(edit.end))?.[0].length ?? 0) };
}

/** Neighbours go as one: the blanks between them belong to both. Pairs of places in `indices`. */
function runsOf(indices: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const [place, index] of indices.entries()) {
    const run = runs.at(-1);
    if (run && indices[run[1]] === index - 1) run[1] = place;
    else runs.push([place, place]);
  }
  return runs;
}
