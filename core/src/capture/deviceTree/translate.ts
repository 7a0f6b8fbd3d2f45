// Addresses of a bus to physical addresses, through the `ranges` of every bus above (domain.md section 0, trap 13: the
// unit address in a node's name may be another). Knows nothing of what lies there.
import type { CapturedRange } from "../reading";
import { busCells, isPciBus, rangeFrom, regOf, tuples } from "./cells";
import { cellsOf, has, numberOf } from "./properties";
import type { TreeNode } from "./treeNode";

/** An entry of `ranges` or `dma-ranges`. The flags are those of a PCI bus (0 elsewhere). */
export interface RangesEntry {
  readonly flags: number;
  readonly child: bigint;
  /** In the addresses of the bus above. */
  readonly parent: bigint;
  readonly size: bigint;
}

/**
 * CPUs go down through `ranges`, which must be there on every bus; DMA goes up through `dma-ranges`, which need not.
 */
export type RangesProperty = "ranges" | "dma-ranges";

type Ranges = RangesEntry[] | "identity" | undefined;

/** What was read of each bus: every node below asks for it. */
const KNOWN = { ranges: new WeakMap<TreeNode, Ranges>(), "dma-ranges": new WeakMap<TreeNode, Ranges>() };
/** Ten times what real buses have. */
const ENTRIES_LIMIT = 512;

/**
 * The entries of the property. `"identity"`: the property is empty. Undefined: there is none, or it does not divide
 * into entries.
 */
export function rangesOf(bus: TreeNode, property: RangesProperty): Ranges {
  const known = KNOWN[property];
  if (!known.has(bus)) known.set(bus, readRanges(bus, property));
  return known.get(bus);
}

function readRanges(bus: TreeNode, property: RangesProperty): Ranges {
  if (!has(bus, property)) return undefined;
  const cells = cellsOf(bus, property);
  const [own, above] = [busCells(bus), bus.parent && busCells(bus.parent)];
  if (!cells || !own || !above) return undefined;
  if (cells.length === 0) return "identity";
  const stride = own.address + above.address + own.size;
  if (cells.length % stride !== 0 || cells.length / stride > ENTRIES_LIMIT) return undefined;
  const flagCells = isPciBus(bus) && own.address === 3 ? 1 : 0;
  return tuples(cells, [flagCells, own.address - flagCells, above.address, own.size]).map(
    ([flags = [], child = [], parent = [], size = []]) => ({
      flags: flags[0] ?? 0,
      child: numberOf(child),
      parent: numberOf(parent),
      size: numberOf(size),
    }),
  );
}

/**
 * The physical address of an address on the bus below `bus` (the node whose children have such addresses). Undefined:
 * a bus on the way is not mapped into physical addresses, or not there.
 */
export function toPhysical(bus: TreeNode, address: bigint, property: RangesProperty = "ranges"): bigint | undefined {
  let at: bigint | undefined = address;
  for (let up: TreeNode | undefined = bus; up?.parent && at !== undefined; up = up.parent)
    at = stepUp(up, at, property);
  return at;
}

/** A node's `reg` in physical addresses, entry by entry; undefined in the place of one that CPUs do not reach. */
export function registersOf(node: TreeNode): (CapturedRange | undefined)[] {
  const bus = node.parent;
  if (!bus) return [];
  return (regOf(node) ?? []).map(({ base, size }) => {
    const physical = toPhysical(bus, base);
    return physical === undefined ? undefined : rangeFrom(physical, size);
  });
}

/** Those of its registers that CPUs reach. */
export function reachableRegisters(node: TreeNode): CapturedRange[] {
  return registersOf(node).filter((one) => one !== undefined);
}

function stepUp(bus: TreeNode, address: bigint, property: RangesProperty): bigint | undefined {
  if (property === "dma-ranges" && !has(bus, property)) return address;
  const ranges = rangesOf(bus, property);
  if (ranges === "identity") return address;
  const entry = ranges?.find(({ child, size }) => child <= address && address < child + size);
  return entry && address - entry.child + entry.parent;
}
