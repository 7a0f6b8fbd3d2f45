// Which ranges of a physical map lie inside which others. Knows nothing of what the ranges are.
import type { CapturedRange } from "../../reading";
import { holds } from "../../reading";

/** A range with its owner. Parts of one owner are never inside each other: the smaller is told already. */
export interface Part<Owner> extends CapturedRange {
  readonly owner: Owner;
  /** Of equal ranges the one with the lower rank is around the others. */
  readonly rank: number;
  /** What the owner calls this part. */
  readonly name?: string | undefined;
}

export interface Nested<Owner> {
  readonly part: Part<Owner>;
  /** The smallest part of another owner around it. */
  readonly inside: Part<Owner> | undefined;
  /** A part that shares some of its bytes, and neither holds the other. */
  readonly crosses: Part<Owner> | undefined;
  /** The same owner has a part around it. */
  readonly isRepeated: boolean;
}

/** So many ranges around one are looked at; real maps have four. */
const DEPTH_LIMIT = 64;

/** Every part, in the order of addresses, containers first. */
export function nest<Owner>(parts: readonly Part<Owner>[]): Nested<Owner>[] {
  const open: Part<Owner>[] = [];
  return [...parts].sort(containersFirst).map((part) => {
    const around = open.filter((one) => one.last >= part.base);
    const holders = around.filter((one) => holds(one, part));
    const isRepeated = holders.some((one) => one.owner === part.owner);
    open.splice(0, open.length, ...around.slice(-DEPTH_LIMIT), ...(isRepeated ? [] : [part]));
    return {
      part,
      inside: holders.findLast((one) => one.owner !== part.owner),
      crosses: around.find((one) => !holds(one, part) && one.owner !== part.owner),
      isRepeated,
    };
  });
}

function containersFirst<Owner>(a: Part<Owner>, b: Part<Owner>): number {
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  if (a.last !== b.last) return a.last > b.last ? -1 : 1;
  return a.rank - b.rank;
}
