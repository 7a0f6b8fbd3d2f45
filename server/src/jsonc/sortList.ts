// The entries of a list in another order: each with the comments that are its own, the blanks and commas between them where they were. Knows nothing of what entries say.
import type { Path } from "../../../core/src/index";
import type { TextEdit } from "./edit";
import type { Outline } from "./format/outline";
import { outlineOf } from "./format/outline";
import type { Parts } from "./memberParts";
import { containerAt, partsOf } from "./memberParts";
import type { Source } from "./source";

/**
 * One edit, or none where the list is sorted already, the text has syntax errors, or a comment belongs to two entries.
 * @param keys what each entry is sorted by; those without one keep their order behind the others
 */
export function sortEdits(source: Source, list: Path, keys: readonly (bigint | undefined)[]): readonly TextEdit[] {
  const node = source.valueAt(list);
  if (node < 0 || source.tree.faults.length > 0 || keys.every((key, index) => index === 0 || compareKeys(keys[index - 1], key) <= 0)) return [];
  const outline = outlineOf(source.text);
  const container = outline.root && containerAt(outline, outline.root, source.tree.start(node));
  if (!container || container.members.length < 2) return [];
  const order = container.members.map((_, index) => index).sort((a, b) => compareKeys(keys[a], keys[b]) || a - b);
  return rearranged(outline, container.members.map((member) => partsOf(outline, member)), order);
}

function rearranged({ text }: Outline, parts: readonly Parts[], order: readonly number[]): TextEdit[] {
  if (parts.some((part, index) => index > 0 && part.start < (parts[index - 1] as Parts).end)) return [];
  const [first, last] = [parts[0] as Parts, parts.at(-1) as Parts];
  const pieces = order.map((from, to) => {
    const { head, tail } = parts[from] as Parts;
    const here = parts[to] as Parts;
    const gap = to === 0 ? "" : text.slice((parts[to - 1] as Parts).end, here.start);
    return gap + head + (here.hasComma ? "," : "") + tail;
  });
  // An entry that ends with a line comment cannot stand in front of another one on the same line.
  const isBroken = order.some((from, to) => (parts[from] as Parts).tail.includes("//") && to + 1 < parts.length && !/[\r\n]/.test(text.slice((parts[to] as Parts).end, (parts[to + 1] as Parts).start)));
  return isBroken ? [] : [{ start: first.start, end: last.end, text: pieces.join("") }];
}

function compareKeys(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
