// The nearest of a set of words to a misspelt one. Knows nothing of what the words mean.
import { distance } from "fastest-levenshtein";

/** The candidate with the fewest edits, if that is at most a third of the word's length (rounded up); ties go to the first. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined;
  let best: string | undefined;
  let bestDistance = Math.ceil(word.length / 3) + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) [best, bestDistance] = [candidate, edits];
  }
  return best;
}
