// Random inputs that are the same in every run. Knows nothing of what is tried on them.
import fc from "fast-check";

/** Tries a property on `runs` random inputs. A failure prints the smallest input that shows it. */
export function forAll<T extends [unknown, ...unknown[]]>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }, holds: (...input: T) => void, runs = 1000): void {
  fc.assert(fc.property<T>(...arbitraries, (...input) => holds(...input)), { seed: 2016, numRuns: runs });
}

/** Whole numbers below 2^bits, small and large ones alike. */
export function below(bits: number): fc.Arbitrary<bigint> {
  return fc.integer({ min: 1, max: bits }).chain((width) => fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }));
}

/** A stream of 64-bit numbers (SplitMix64), for when there are too many for a property. */
export function* numbers(seed: bigint): Generator<bigint> {
  const mask = (1n << 64n) - 1n;
  for (let state = seed; ; ) {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    yield mixed ^ (mixed >> 31n);
  }
}
