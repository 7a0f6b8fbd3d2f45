// Numbers and ranges as the cells of a device tree whose #address-cells and #size-cells are 2. Knows nothing of nodes and properties.
// Source: Devicetree Specification, 2.3.5 and 2.3.6; dtc takes no cell above 32 bits, and no literal above 64.
import type { AddressRange, Space } from "../address";
import { ADDRESS_LIMIT, sizeOf } from "../address";

/** The most that two cells hold. */
export const MOST_IN_CELLS = ADDRESS_LIMIT - 1n;

/** Two cells of 32 bits, the higher first: "0x1 0x80000000". @param value at most `MOST_IN_CELLS` */
export function cellPair(value: bigint): string {
  return `${cell(value >> 32n)} ${cell(value & 0xffff_ffffn)}`;
}

/** The base and the size of a range, for each part of it that two cells can say: "0x0 0x80000000 0x0 0x40000000". */
export function rangeCells(range: AddressRange<Space>): readonly string[] {
  return sayableParts(range).map((part) => `${cellPair(part.base)} ${cellPair(sizeOf(part))}`);
}

/** The range itself, but for all 2^64 bytes, whose size two cells cannot hold and would say as none: those are two halves. */
export function sayableParts<S extends Space>(range: AddressRange<S>): readonly AddressRange<S>[] {
  if (sizeOf(range) <= MOST_IN_CELLS) return [range];
  const middle = (ADDRESS_LIMIT / 2n) as AddressRange<S>["base"];
  return [{ base: range.base, end: middle }, { base: middle, end: range.end }];
}

function cell(value: bigint): string {
  return `0x${value.toString(16)}`;
}
