// The free stretches of one space, found by where they are and by how large they are. Knows nothing of who holds the rest, nor of alignment.
import type { AddressRange, Space } from "../address";
import { compareRanges, sizeOf } from "../address";

/** Immutable. One value may differ from another by a few stretches, and then shares the rest with it. */
export class FreeStretches<S extends Space> {
  private constructor(
    private readonly shared: OrderedStretches<S>,
    /** Those of the shared ones that a stretch of `own` has taken in. */
    private readonly gone: ReadonlySet<AddressRange<S>>,
    private readonly own: readonly AddressRange<S>[],
  ) {}

  /** @param ranges upward, with at least one byte between two of them */
  static of<S extends Space>(ranges: readonly AddressRange<S>[]): FreeStretches<S> {
    return new FreeStretches(new OrderedStretches(ranges), new Set(), []);
  }

  /** With one more range that is free: one stretch with those that it touches. O(log n) and a step for each of them. */
  with(range: AddressRange<S>): FreeStretches<S> {
    const touched = this.shared.touching(range).filter((one) => !this.gone.has(one));
    const [near, far] = [this.own.filter((one) => touches(one, range)), this.own.filter((one) => !touches(one, range))];
    const joined = [...touched, ...near].reduce(around, range);
    return new FreeStretches(this.shared, new Set([...this.gone, ...touched]), [...far, joined]);
  }

  /** All of them, upward. O(n). */
  get ranges(): readonly AddressRange<S>[] {
    return this.own.length === 0 ? this.shared.ranges : [...this.shared.ranges.filter((one) => !this.gone.has(one)), ...this.own].sort(compareRanges);
  }

  /** The stretch that holds an address. O(log n). */
  holding(address: bigint): AddressRange<S> | undefined {
    const holds = ({ base, end }: AddressRange<S>): boolean => base <= address && address < end;
    return this.own.find(holds) ?? this.shared.touching({ base: address, end: address } as AddressRange<S>).find((one) => holds(one) && !this.gone.has(one));
  }

  /** Those of at least `size` bytes, the smallest first, of two as large the lower one. The first in O(log n), each further one in a step. */
  smallestFirst(size: bigint): Generator<AddressRange<S>> {
    return this.inOrder(this.shared.smallestFirst(size), this.own.filter((one) => sizeOf(one) >= size).sort((a, b) => compareSizes(a, b) || compareRanges(a, b)), compareSizes);
  }

  /** All, the largest first, of two as large the lower one. */
  largestFirst(): Generator<AddressRange<S>> {
    return this.inOrder(this.shared.largestFirst(), [...this.own].sort((a, b) => compareSizes(b, a) || compareRanges(a, b)), (a, b) => compareSizes(b, a));
  }

  private *inOrder(shared: Iterable<AddressRange<S>>, own: AddressRange<S>[], compare: (a: AddressRange<S>, b: AddressRange<S>) => number): Generator<AddressRange<S>> {
    let next = 0;
    for (const one of shared) {
      if (this.gone.has(one)) continue;
      for (let mine = own[next]; mine && (compare(mine, one) || compareRanges(mine, one)) < 0; mine = own[++next]) yield mine;
      yield one;
    }
    yield* own.slice(next);
  }
}

/** Stretches in the order of their bases, and, once somebody asks, in the order of their sizes. */
class OrderedStretches<S extends Space> {
  private bySize: Uint32Array | undefined;

  constructor(readonly ranges: readonly AddressRange<S>[]) {}

  /** Those that share a byte with the range, or have no byte between it and them. */
  touching(range: AddressRange<S>): AddressRange<S>[] {
    const found: AddressRange<S>[] = [];
    for (let i = countBefore(this.ranges.length, (one) => this.at(one).end < range.base); i < this.ranges.length && this.at(i).base <= range.end; i++) found.push(this.at(i));
    return found;
  }

  *smallestFirst(size: bigint): Generator<AddressRange<S>> {
    const order = this.ordered();
    for (let i = this.countSmaller(order, size); i < order.length; i++) yield this.at(order[i] as number);
  }

  /** Stretches as large as each other are a run in the order, and each run is gone through upward. */
  *largestFirst(): Generator<AddressRange<S>> {
    const order = this.ordered();
    for (let end = order.length; end > 0;) {
      const start = this.countSmaller(order, sizeOf(this.at(order[end - 1] as number)));
      for (let i = start; i < end; i++) yield this.at(order[i] as number);
      end = start;
    }
  }

  private countSmaller(order: Uint32Array, size: bigint): number {
    return countBefore(order.length, (i) => sizeOf(this.at(order[i] as number)) < size);
  }

  /** Doubles are compared first, since that is quick: where two sizes differ in them, they differ the same way. */
  private ordered(): Uint32Array {
    if (this.bySize) return this.bySize;
    const sizes = Float64Array.from(this.ranges, (one) => Number(sizeOf(one)));
    const compare = (a: number, b: number): number => (sizes[a] as number) - (sizes[b] as number) || compareSizes(this.at(a), this.at(b)) || a - b;
    return (this.bySize = Uint32Array.from(this.ranges.keys()).sort(compare));
  }

  private at(index: number): AddressRange<S> {
    return this.ranges[index] as AddressRange<S>;
  }
}

function touches<S extends Space>(a: AddressRange<S>, b: AddressRange<S>): boolean {
  return a.base <= b.end && b.base <= a.end;
}

/** The smallest range that holds both. */
function around<S extends Space>(a: AddressRange<S>, b: AddressRange<S>): AddressRange<S> {
  return { base: a.base < b.base ? a.base : b.base, end: a.end > b.end ? a.end : b.end };
}

function compareSizes(a: AddressRange<Space>, b: AddressRange<Space>): number {
  const [first, second] = [sizeOf(a), sizeOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** How many of 0 … length − 1 come before the first for which it is not so. */
function countBefore(length: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
