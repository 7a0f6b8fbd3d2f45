// How a range is written into a draft. Knows nothing of what lies there.
import { printAddress, printSizeLiteral } from "../../print";
import type { CapturedRange } from "../reading";

/** `base` and `size`. */
export function placeOf(range: CapturedRange): { base: string; size: string } {
  return { base: printAddress(range.base), size: printSizeLiteral(range.last - range.base + 1n) };
}

/** `0x8000_0000-0x8fff_ffff`, both ends inclusive. */
export function inclusive(range: CapturedRange): string {
  return `${printAddress(range.base)}-${printAddress(range.last)}`;
}

/** What is left of a range without the holes, in order. */
export function without(range: CapturedRange, holes: readonly CapturedRange[]): CapturedRange[] {
  const left: CapturedRange[] = [];
  let base = range.base;
  for (const hole of [...holes].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0))) {
    if (hole.base > base) left.push({ base, last: hole.base - 1n });
    if (hole.last >= base) base = hole.last + 1n;
  }
  return base <= range.last ? [...left, { base, last: range.last }] : left;
}

export function byBase(a: CapturedRange, b: CapturedRange): number {
  return a.base < b.base ? -1 : a.base > b.base ? 1 : 0;
}
