// Ranges of one space with what holds them, to ask which of them share bytes with another range. Knows nothing of who the holders are.
import type { AddressRange, Space } from "../address";
import { compareRanges } from "../address";

/** Made in O(n log n). A question takes O(log n) and a step for each answer, and for ranges that reach far one for each that begins inside of those. */
export class RangeIndex<S extends Space, T extends { readonly range: AddressRange<S> }> {
  private readonly sorted: readonly { readonly item: T; readonly order: number }[];
  /** For each, the highest end of those up to it. */
  private readonly reach: readonly bigint[];

  constructor(items: readonly T[]) {
    this.sorted = items.map((item, order) => ({ item, order })).sort((a, b) => compareRanges(a.item.range, b.item.range) || a.order - b.order);
    let highest = 0n;
    this.reach = this.sorted.map(({ item }) => (highest = item.range.end > highest ? item.range.end : highest));
  }

  /** Those that share at least one byte with the range, in the order in which they were given. */
  overlapping({ base, end }: AddressRange<S>): T[] {
    const found: { readonly item: T; readonly order: number }[] = [];
    for (let i = this.countBelow(end) - 1; i >= 0 && (this.reach[i] as bigint) > base; i--) {
      const one = this.sorted[i];
      if (one && one.item.range.end > base) found.push(one);
    }
    return found.sort((a, b) => a.order - b.order).map(({ item }) => item);
  }

  /** How many begin below an address. */
  private countBelow(address: bigint): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.item.range.base ?? address) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
