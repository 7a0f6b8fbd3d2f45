// Which findings were there before: matched by fingerprints, so that a moved line, another address, a new name or a renamed file makes no finding new.
// Knows nothing of where the earlier ones come from.
import type { Fingerprint } from "./fingerprint";

/** A finding of an earlier state, or of now. */
export interface FingerprintedFinding {
  readonly rule: string;
  readonly file: string;
  readonly fingerprint: Fingerprint;
}

/**
 * The findings that no earlier one accounts for, in their order. An earlier finding accounts for one: of the same file by the names of those who take part, then by
 * what else they say; then so for files that are gone, which may have been renamed.
 * @param isThere whether a file of an earlier finding still exists
 */
export function newFindings<F extends FingerprintedFinding>(now: readonly F[], earlier: readonly FingerprintedFinding[], isThere: (file: string) => boolean): readonly F[] {
  const gone = earlier.filter(({ file }) => !isThere(file));
  const ways: readonly (readonly [readonly FingerprintedFinding[], (one: FingerprintedFinding) => string])[] = [
    [earlier, ({ rule, file, fingerprint }) => `${rule}\n${file}\n${fingerprint.byName}`],
    [earlier, ({ rule, file, fingerprint }) => `${rule}\n${file}\n${fingerprint.byPlace}`],
    [gone, ({ rule, fingerprint }) => `${rule}\n${fingerprint.byName}`],
    [gone, ({ rule, fingerprint }) => `${rule}\n${fingerprint.byPlace}`],
  ];
  const used = new Set<FingerprintedFinding>();
  return ways.reduce<readonly F[]>((left, [candidates, keyOf]) => unmatched(left, candidates, keyOf, used), now);
}

function unmatched<F extends FingerprintedFinding>(
  now: readonly F[],
  earlier: readonly FingerprintedFinding[],
  keyOf: (one: FingerprintedFinding) => string,
  used: Set<FingerprintedFinding>,
): readonly F[] {
  const waiting = new Map<string, FingerprintedFinding[]>();
  for (const one of earlier) {
    if (used.has(one)) continue;
    const same = waiting.get(keyOf(one));
    if (same) same.push(one);
    else waiting.set(keyOf(one), [one]);
  }
  return now.filter((one) => {
    const match = waiting.get(keyOf(one))?.shift();
    if (match) used.add(match);
    return match === undefined;
  });
}
