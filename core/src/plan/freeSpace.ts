// What is free of one space, as something that is taken from piece by piece. Every step gives a new value, so that a planner can try one way and go back.
// Knows nothing of who takes a piece, nor of why the rest is not free.
import type { Address, AddressRange, Space } from "../address";
import { address, alignDown, alignUp, intersection } from "../address";
import { RangeSet } from "./rangeSet";

/** What some bytes take, and what was missing. */
export interface Taken<S extends Space> {
  /** Upward. */
  readonly pieces: readonly AddressRange<S>[];
  /** Bytes for which there was no room. */
  readonly missing: bigint;
}

/** Free ranges, upward, with at least one byte between two of them. Immutable. */
export class FreeSpace<S extends Space> {
  private constructor(readonly ranges: readonly AddressRange<S>[]) {}

  /** The bytes of `whole` that none of `occupied` holds. O(n log n). */
  static around<S extends Space>(whole: AddressRange<S>, occupied: readonly AddressRange<S>[]): FreeSpace<S> {
    return new FreeSpace(new RangeSet(occupied).missingIn(whole));
  }

  /** Without the bytes of some ranges, which need not be free. */
  without(...taken: readonly AddressRange<S>[]): FreeSpace<S> {
    if (taken.length === 0) return this;
    const occupied = new RangeSet(taken);
    return new FreeSpace(this.ranges.flatMap((range) => occupied.missingIn(range)));
  }

  /** Only the bytes of `whole`. */
  within(whole: AddressRange<S>): FreeSpace<S> {
    return new FreeSpace(this.ranges.flatMap((range) => intersection(range, whole) ?? []));
  }

  /** True when every byte of the range is free. */
  contains(range: AddressRange<S>): boolean {
    return this.ranges.some((free) => free.base <= range.base && range.end <= free.end);
  }

  /** Bytes in whole units: in each free range, from its first multiple of `alignment` to its last. */
  capacity(alignment: bigint): bigint {
    return this.ranges.reduce((sum, range) => sum + unitsIn(range, alignment), 0n);
  }

  /**
   * Takes `size` bytes upward. A piece begins at a multiple of `alignment`, and ends at one unless it is the last: then it ends where the bytes do.
   */
  takeUpward(size: bigint, alignment: bigint): Taken<S> {
    const pieces: AddressRange<S>[] = [];
    let missing = size;
    for (const range of this.ranges) {
      if (missing === 0n) break;
      const base = alignUp(range.base, alignment);
      const room = base + missing <= range.end ? missing : unitsIn(range, alignment);
      if (room === 0n) continue;
      pieces.push({ base, end: address(base + room) });
      missing -= room;
    }
    return { pieces, missing };
  }

  /** The highest multiple of `alignment` from which `size` bytes are free; undefined when there is none. */
  highest(size: bigint, alignment: bigint): Address<S> | undefined {
    for (let i = this.ranges.length - 1; i >= 0; i--) {
      const place = highestIn(this.ranges[i] as AddressRange<S>, size, alignment);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** In each free range, the highest and the lowest multiple of `alignment` from which `size` bytes are free. Downward, each once. */
  corners(size: bigint, alignment: bigint): Address<S>[] {
    const found: Address<S>[] = [];
    for (let i = this.ranges.length - 1; i >= 0; i--) {
      const range = this.ranges[i] as AddressRange<S>;
      const high = highestIn(range, size, alignment);
      if (high === undefined) continue;
      const low = alignUp(range.base, alignment);
      found.push(...(low === high ? [high] : [high, low]));
    }
    return found;
  }
}

function unitsIn<S extends Space>(range: AddressRange<S>, alignment: bigint): bigint {
  const room = alignDown(range.end, alignment) - alignUp(range.base, alignment);
  return room > 0n ? room : 0n;
}

function highestIn<S extends Space>(range: AddressRange<S>, size: bigint, alignment: bigint): Address<S> | undefined {
  if (range.end - range.base < size) return undefined;
  const place = alignDown(address<S>(range.end - size), alignment);
  return place >= range.base ? place : undefined;
}
