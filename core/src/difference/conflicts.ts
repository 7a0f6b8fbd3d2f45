// Which pairs share addresses now and did not before, and which no longer do. Knows nothing of which overlaps are legal, nor of words.
import type { Overlap } from "../plan/overlaps";
import type { Plan } from "../plan/plan";
import { wholeEntry } from "../plan/places";
import type { Occupant } from "../plan/addressMap";
import type { DescribedEntry } from "./entries";
import { entryKey } from "./entries";
import type { Matching } from "./matching";

export interface ConflictChanges {
  readonly appeared: readonly Overlap[];
  readonly gone: readonly Overlap[];
}

/** Compares by who takes part: a pair that shares other addresses than before is in conflict still. */
export function conflictChanges(before: Plan, after: Plan, entries: { readonly before: readonly DescribedEntry[]; readonly after: readonly DescribedEntry[] }, matching: Matching): ConflictChanges {
  // Two texts of one file have the same keys for what is not the same.
  const nameOld = namer(entries.before, (one) => one.key);
  const nameNew = namer(entries.after, (one) => matching.before.get(one)?.key ?? `new ${one.key}`);
  const old = new Set(before.overlaps.overlaps.map(nameOld));
  const now = new Set(after.overlaps.overlaps.map(nameNew));
  return {
    appeared: after.overlaps.overlaps.filter((one) => !old.has(nameNew(one))),
    gone: before.overlaps.overlaps.filter((one) => !now.has(nameOld(one))),
  };
}

/** A name for a pair that is the same on both sides. An entry that is on one side only is in no pair of the other. */
function namer(entries: readonly DescribedEntry[], keyOf: (one: DescribedEntry) => string): (overlap: Overlap) => string {
  const byKey = new Map(entries.map((one) => [one.key, one]));
  const nameOf = (occupant: Occupant): string => {
    const { file, path } = wholeEntry(occupant);
    for (let depth = path.length; depth >= 0; depth--) {
      const found = byKey.get(entryKey({ file, path: path.slice(0, depth) }));
      if (found) return `${keyOf(found)} ${occupant.role}`;
    }
    return entryKey({ file, path });
  };
  return ({ earlier, later, map }) => [map.space, ...[nameOf(earlier), nameOf(later)].sort()].join("\n");
}
