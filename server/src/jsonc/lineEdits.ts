// From one text to another as edits of the lines that differ: an editor keeps its cursor and its marks in the rest. Knows nothing of what the texts say.
import type { TextEdit } from "./edit";

/** Lines further apart than this are not looked for as the same one. */
const WINDOW = 200;

/** Sorted edits that make `after` of `before`. Not the fewest, but few where lines were changed, added or taken away here and there. */
export function lineEdits(before: string, after: string): TextEdit[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  const edits: TextEdit[] = [];
  let [i, j, offset] = [0, 0, 0];
  while (i < old.length || j < next.length) {
    if (i < old.length && old[i] === next[j]) {
      offset += (old[i++] as string).length;
      j++;
      continue;
    }
    const [skipped, added] = resync(old, i, next, j);
    const [gone, come] = [old.slice(i, i + skipped).join(""), next.slice(j, j + added).join("")];
    edits.push(trimmed(offset, gone, come));
    [i, j, offset] = [i + skipped, j + added, offset + gone.length];
  }
  return edits;
}

/** How many lines of each side differ before they are the same again. */
function resync(old: readonly string[], i: number, next: readonly string[], j: number): [number, number] {
  for (let distance = 1; distance < 2 * WINDOW; distance++) {
    for (let skipped = Math.max(0, distance - WINDOW); skipped <= Math.min(distance, WINDOW); skipped++) {
      const [a, b] = [i + skipped, j + distance - skipped];
      if (a < old.length && b < next.length && old[a] === next[b]) return [skipped, distance - skipped];
      if (a === old.length && b === next.length) return [skipped, distance - skipped];
    }
  }
  return [old.length - i, next.length - j];
}

/** Without what the two have in common at either end. */
function trimmed(offset: number, gone: string, come: string): TextEdit {
  const shorter = Math.min(gone.length, come.length);
  let start = 0;
  while (start < shorter && gone[start] === come[start]) start++;
  let end = 0;
  while (end < shorter - start && gone[gone.length - 1 - end] === come[come.length - 1 - end]) end++;
  return { start: offset + start, end: offset + gone.length - end, text: come.slice(start, come.length - end) };
}

/** With their line ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
