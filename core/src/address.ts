// Addresses and ranges, each tied to the space it belongs to, exact to 2^64.
// Knows nothing of who occupies a range, nor of how a document writes one.

/**
 * The address spaces of domain.md section 0, trap 1. An address of one space says nothing in another:
 * - `pa`: what a CPU of the host emits (physical).
 * - `bus`: memory addresses on a PCI bus, below one host bridge.
 * - `io`: I/O port addresses on a PCI bus, below one host bridge.
 * - `iova`: what a device emits, before its IOMMU.
 * - `ipa`: what a guest calls physical.
 */
export type Space = "pa" | "bus" | "io" | "iova" | "ipa";

declare const spaceOf: unique symbol;

/** A byte address in one space, 0 to 2^64 − 1 (2^64 only as the end of a range). */
export type Address<S extends Space> = bigint & { readonly [spaceOf]: S };

/** Half-open: `base` is the first byte, `end` the first byte after. Never empty; `end` is at most 2^64. */
export interface AddressRange<S extends Space> {
  readonly base: Address<S>;
  readonly end: Address<S>;
}

/** 2^64: the end of a range that reaches the top of the space. */
export const ADDRESS_LIMIT = 1n << 64n;

/** States that a number is an address of the space. The one place where a plain number becomes one. */
export function address<S extends Space>(value: bigint): Address<S> {
  return value as Address<S>;
}

/** The range of `size` bytes from `base`, or undefined when it is empty or passes 2^64. */
export function rangeOfSize<S extends Space>(base: Address<S>, size: bigint): AddressRange<S> | undefined {
  return rangeTo(base, address<S>(base + size));
}

/** The range from `base` up to and without `end`, or undefined when it is empty or passes 2^64. */
export function rangeTo<S extends Space>(base: Address<S>, end: Address<S>): AddressRange<S> | undefined {
  return isRange(base, end) ? { base, end } : undefined;
}

/** True when there is something from `base` up to and without `end`, and all of it lies below 2^64. */
export function isRange<S extends Space>(base: Address<S>, end: Address<S>): boolean {
  return base >= 0n && base < end && end <= ADDRESS_LIMIT;
}

/** Bytes in the range. */
export function sizeOf(range: AddressRange<Space>): bigint {
  return range.end - range.base;
}

/** The last byte of the range: the inclusive end that people read. */
export function lastOf<S extends Space>(range: AddressRange<S>): Address<S> {
  return address<S>(range.end - 1n);
}

/** True when both ranges hold at least one same byte. */
export function overlaps<S extends Space>(a: AddressRange<S>, b: AddressRange<S>): boolean {
  return a.base < b.end && b.base < a.end;
}

/** True when every byte of `inner` is in `outer` (equal ranges contain each other). */
export function contains<S extends Space>(outer: AddressRange<S>, inner: AddressRange<S>): boolean {
  return outer.base <= inner.base && inner.end <= outer.end;
}

/** True when both are the same bytes. */
export function sameRange<S extends Space>(a: AddressRange<S>, b: AddressRange<S>): boolean {
  return a.base === b.base && a.end === b.end;
}

/** The bytes that both hold, or undefined when there are none. */
export function intersection<S extends Space>(a: AddressRange<S>, b: AddressRange<S>): AddressRange<S> | undefined {
  const base = a.base > b.base ? a.base : b.base;
  const end = a.end < b.end ? a.end : b.end;
  return base < end ? { base, end } : undefined;
}

/** The next multiple of `alignment` (at least 1) at or above `value`. */
export function alignUp<S extends Space>(value: Address<S>, alignment: bigint): Address<S> {
  return address<S>(((value + alignment - 1n) / alignment) * alignment);
}

/** The next multiple of `alignment` (at least 1) at or below `value`. */
export function alignDown<S extends Space>(value: Address<S>, alignment: bigint): Address<S> {
  return address<S>(value - (value % alignment));
}

/** True for 1, 2, 4, … */
export function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

/** The largest power of two that divides `value`; 2^64 for 0. */
export function alignmentOf(value: bigint): bigint {
  return value === 0n ? ADDRESS_LIMIT : value & -value;
}

/** Orders ranges by base, then the longer first, so that a container comes before what it contains. */
export function compareRanges(a: AddressRange<Space>, b: AddressRange<Space>): number {
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  if (a.end !== b.end) return a.end > b.end ? -1 : 1;
  return 0;
}
