// The known family that a misspelt name means. Knows nothing of versions.
// The core imports nothing from outside, so that the few lines of edit distance are its own.
import { machineFamilies } from "./index";

/** The family with the fewest edits, if that is at most a third of the name's length; ties go to the first. */
export function nearestFamily(name: string): string | undefined {
  let best: string | undefined;
  let fewest = Math.ceil(name.length / 3) + 1;
  for (const family of machineFamilies) {
    const edits = name.length > 100 ? fewest : editsBetween(name, family);
    if (edits < fewest) [best, fewest] = [family, edits];
  }
  return best;
}

/** Insertions, removals and replacements that make one text of another. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
