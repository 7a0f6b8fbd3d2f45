// The bytes that a list of ranges covers together. Ranges that touch are one: whoever is covered by two neighbours is covered.
// Knows nothing of who the ranges belong to.
import type { AddressRange, Space } from "../address";
import { compareRanges } from "../address";

/** Ranges of one space, merged. Made in O(n log n), asked in O(log n). Immutable. */
export class RangeSet<S extends Space> {
  /** Upward, with at least one byte between two of them. */
  readonly ranges: readonly AddressRange<S>[];

  constructor(ranges: readonly AddressRange<S>[]) {
    this.ranges = merged(ranges);
  }

  /** True when every byte of the range is covered. */
  contains(range: AddressRange<S>): boolean {
    const one = this.ranges[this.firstEndingAfter(range.base)];
    return one !== undefined && one.base <= range.base && range.end <= one.end;
  }

  /** True when at least one byte of the range is covered. */
  meets(range: AddressRange<S>): boolean {
    const one = this.ranges[this.firstEndingAfter(range.base)];
    return one !== undefined && one.base < range.end;
  }

  /** The parts of the range that are not covered, upward. */
  missingIn(range: AddressRange<S>): AddressRange<S>[] {
    const missing: AddressRange<S>[] = [];
    let from = range.base;
    for (let i = this.firstEndingAfter(range.base); i < this.ranges.length; i++) {
      const one = this.ranges[i] as AddressRange<S>;
      if (one.base >= range.end) break;
      if (one.base > from) missing.push({ base: from, end: one.base });
      from = one.end;
    }
    if (from < range.end) missing.push({ base: from, end: range.end });
    return missing;
  }

  private firstEndingAfter(value: bigint): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle] as AddressRange<S>).end > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function merged<S extends Space>(ranges: readonly AddressRange<S>[]): AddressRange<S>[] {
  const result: AddressRange<S>[] = [];
  // Maps hand over what is sorted already, and there may be thousands.
  const isSorted = ranges.every((range, index) => index === 0 || compareRanges(ranges[index - 1] as AddressRange<S>, range) <= 0);
  for (const range of isSorted ? ranges : [...ranges].sort(compareRanges)) {
    const before = result.at(-1);
    if (before === undefined || range.base > before.end) result.push(range);
    else if (range.end > before.end) result[result.length - 1] = { base: before.base, end: range.end };
  }
  return result;
}
