// The smallest part of a set without which something holds: exact for few candidates, greedy beyond. Knows nothing of what the candidates are.

/** Up to so many candidates every choice is looked at. */
const MOST_EXACT = 16;

export interface Removal<T> {
  /** In the order of the candidates. */
  readonly removed: readonly T[];
  /** No removal of less weight would do. False: nothing of it can stay, yet another choice may be smaller. */
  readonly isSmallest: boolean;
}

/**
 * The removal of least weight after which `holds`; of several the first in the order of the candidates. Undefined when not even the removal of all helps.
 * @param holds true of a set when it is true of every set that has more removed
 * @param weight at least 1
 */
export function smallestRemoval<T>(candidates: readonly T[], weight: (candidate: T) => number, holds: (removed: ReadonlySet<T>) => boolean): Removal<T> | undefined {
  if (!holds(new Set(candidates))) return undefined;
  if (candidates.length > MOST_EXACT) return { removed: greedy(candidates, weight, holds), isSmallest: false };
  for (const removed of byWeight(candidates, weight)) if (holds(new Set(removed))) return { removed, isSmallest: true };
  return undefined;
}

/** All choices, lightest first. */
function byWeight<T>(candidates: readonly T[], weight: (candidate: T) => number): T[][] {
  const choices: { readonly weight: number; readonly chosen: T[] }[] = [];
  for (let mask = 0; mask < 1 << candidates.length; mask++) {
    const chosen = candidates.filter((_, index) => (mask & (1 << (candidates.length - 1 - index))) !== 0);
    choices.push({ weight: chosen.reduce((sum, one) => sum + weight(one), 0), chosen });
  }
  // Masks count the first candidate highest, so that of equal weights the one with earlier candidates is behind: turned round, it comes first.
  return choices.reverse().sort((a, b) => a.weight - b.weight).map((one) => one.chosen);
}

/** Everything is removed, and put back piece by piece, the heaviest first, where it does no harm. */
function greedy<T>(candidates: readonly T[], weight: (candidate: T) => number, holds: (removed: ReadonlySet<T>) => boolean): T[] {
  const removed = new Set(candidates);
  for (const one of [...candidates].sort((a, b) => weight(b) - weight(a))) {
    removed.delete(one);
    if (!holds(removed)) removed.add(one);
  }
  return candidates.filter((one) => removed.has(one));
}
