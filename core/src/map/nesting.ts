// Which region of a lane is drawn inside which, and which stand side by side. Containment alone is not nesting: what may not overlap is a conflict,
// and a conflict that is drawn as a happy child is hidden. Knows nothing of how much of it is shown.
import { contains } from "../address";
import type { MapLane, MapRegion } from "./mapModel";

export interface NestedRegion {
  readonly region: MapRegion;
  /** Sorted by base, the longer first. */
  readonly children: readonly NestedRegion[];
}

/** Boxes in boxes beyond these cannot be read; what lies deeper stands side by side. */
const DEEPEST = 4;
/** How many of the regions that are still open are asked to be the parent: only a hostile lane has more. */
const ASKED = 64;

/** The regions of a lane as a forest. Every region is in it exactly once. */
export function nestRegions({ regions, conflicts }: MapLane): readonly NestedRegion[] {
  const clashing = new Set(conflicts.flatMap(({ regions: [a, b] }) => [`${a}\n${b}`, `${b}\n${a}`]));
  const roots: Growing[] = [];
  let open: Growing[] = [];
  for (const region of regions) {
    open = open.filter((one) => one.region.range.end > region.range.base);
    const parent = open
      .slice(-ASKED)
      .reverse()
      .find((one) => one.depth < DEEPEST && contains(one.region.range, region.range) && !clashing.has(`${one.region.id}\n${region.id}`));
    const node: Growing = { region, children: [], depth: parent ? parent.depth + 1 : 0 };
    (parent?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

interface Growing extends NestedRegion {
  readonly children: Growing[];
  readonly depth: number;
}

/** The region and all that is in it, in the order of the lane. */
export function* regionsIn(node: NestedRegion): Generator<MapRegion> {
  yield node.region;
  for (const child of node.children) yield* regionsIn(child);
}

/** Siblings that share addresses, directly or by way of others, and so must stand side by side. */
export function overlapClusters(siblings: readonly NestedRegion[]): readonly (readonly NestedRegion[])[] {
  const clusters: NestedRegion[][] = [];
  let end = -1n;
  for (const one of siblings) {
    const current = clusters.at(-1);
    if (current && one.region.range.base < end) current.push(one);
    else clusters.push([one]);
    if (one.region.range.end > end) end = one.region.range.end;
  }
  return clusters;
}

/** For each member of a cluster the first column that is free where it begins. */
export function columnsOf(cluster: readonly NestedRegion[]): readonly number[] {
  const ends: bigint[] = [];
  return cluster.map(({ region: { range } }) => {
    const free = ends.findIndex((end) => end <= range.base);
    const column = free < 0 ? ends.length : free;
    ends[column] = range.end;
    return column;
  });
}
