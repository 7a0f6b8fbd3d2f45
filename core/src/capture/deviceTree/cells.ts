// How many cells addresses and sizes take on a bus. Knows nothing of what lies at them.
import type { CapturedRange } from "../reading";
import { cellOf, cellsOf, numberOf, textOf } from "./properties";
import type { TreeNode } from "./treeNode";

/** What the children of a node use in `reg`. */
export interface BusCells {
  readonly address: number;
  readonly size: number;
}

const CELLS_LIMIT = 4;
const LIMIT = 1n << 64n;

/**
 * The cells of a node's children. A node without the properties has those of the next node above that has them, and 1
 * at the root: not what the specification says, but what the kernel does. Undefined where a count cannot be meant.
 */
export function busCells(bus: TreeNode): BusCells | undefined {
  const address = nearest(bus, "#address-cells");
  const size = nearest(bus, "#size-cells");
  return address <= CELLS_LIMIT && size <= CELLS_LIMIT ? { address, size } : undefined;
}

/** The device tree's PCI buses have three address cells, of which the first is flags. */
export function isPciBus(node: TreeNode): boolean {
  return /^pci(ex)?$/.test(textOf(node, "device_type") ?? "");
}

/**
 * The pairs of address and size in `reg`, in the addresses of the parent's bus. `size` may be 0. Undefined where the
 * property does not divide into such pairs.
 */
export function regOf(node: TreeNode): { base: bigint; size: bigint }[] | undefined {
  const cells = cellsOf(node, "reg");
  const bus = node.parent && busCells(node.parent);
  if (!cells || !bus || bus.address === 0 || cells.length % (bus.address + bus.size) !== 0) return undefined;
  return tuples(cells, [bus.address, bus.size]).map(([base = [], size = []]) => ({
    base: numberOf(base),
    size: numberOf(size),
  }));
}

/** Cells cut into records of fields that have the given numbers of cells; what is left over at the end is dropped. */
export function tuples(cells: readonly number[], fields: readonly number[]): number[][][] {
  const stride = fields.reduce((sum, field) => sum + field, 0);
  const found: number[][][] = [];
  for (let at = 0; stride > 0 && at + stride <= cells.length; at += stride) {
    let from = at;
    found.push(fields.map((field) => cells.slice(from, (from += field))));
  }
  return found;
}

/** The range of `size` bytes, inclusive; undefined when it is empty or passes 2^64. */
export function rangeFrom(base: bigint, size: bigint): CapturedRange | undefined {
  return size > 0n && base >= 0n && base + size <= LIMIT ? { base, last: base + size - 1n } : undefined;
}

function nearest(bus: TreeNode, property: string): number {
  for (let up: TreeNode | undefined = bus; up; up = up.parent) {
    const cells = cellOf(up, property);
    if (cells !== undefined) return cells;
  }
  return 1;
}
