// The streams that a device's reference to an IOMMU means, as ranges. Knows nothing of what the IOMMU is.
import type { Reference } from "../references";

/** Five scattered bits are thirty-two ranges. */
const BITS_LIMIT = 5;

export interface Streams {
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/**
 * A stream id; with a second cell, the bits that the SMMU does not look at (arm,smmu.yaml), which makes several ranges.
 * An IOMMU for one device alone has no ids. Undefined: more ranges than people would read.
 */
export function streamsOf({ args, length }: Pick<Reference, "args"> & { length?: number }): Streams[] | undefined {
  const [id, ignored = 0] = args;
  if (id === undefined) return [{ first: undefined, last: undefined }];
  if (length !== undefined && length > 1) return [{ first: id, last: Math.min(id + length - 1, 0xffff_ffff) }];
  const low = lowOnes(ignored);
  const bits = Array.from({ length: 32 }, (_, bit) => (1 << bit) >>> 0).filter(
    (bit) => bit > low && (ignored & bit) !== 0,
  );
  if (bits.length > BITS_LIMIT) return undefined;
  const firsts = bits.reduce((all, bit) => [...all, ...all.map((one) => (one | bit) >>> 0)], [(id & ~ignored) >>> 0]);
  return firsts.map((first) => ({ first, last: (first | low) >>> 0 }));
}

/** The ones at the lower end: 7 of 0x17. */
function lowOnes(mask: number): number {
  let low = 0;
  while (low < 0xffff_ffff && (mask & (low + 1)) !== 0) low = low * 2 + 1;
  return low;
}

/** Neighbouring streams of one IOMMU are one range. */
export function joined<T extends Streams & { readonly to: string }>(all: readonly T[]): T[] {
  const sorted = [...all].sort((a, b) => (a.to === b.to ? (a.first ?? 0) - (b.first ?? 0) : a.to < b.to ? -1 : 1));
  const found: T[] = [];
  for (const one of sorted) {
    const before = found.at(-1);
    const follows =
      before &&
      before.to === one.to &&
      before.last !== undefined &&
      one.first !== undefined &&
      one.first <= before.last + 1;
    if (follows) found[found.length - 1] = { ...before, last: Math.max(before.last ?? 0, one.last ?? 0) };
    else found.push(one);
  }
  return found;
}
