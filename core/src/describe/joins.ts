// The words for the ways into one IOMMU group, each with what would split it, when there may be hundreds.
// Knows nothing of how groups are made.
import type { Group, Join } from "../plan/groups/assignment";
import { describeJoin, describeRemedy } from "../plan/groups/describeGroups";
import type { IommuGroups } from "../plan/groups/iommuGroups";
import type { PciNode } from "../plan/pciTree";

/** A function with its way in. */
export type WayIn = readonly [node: PciNode, join: Join];

/** Ways in beyond this many are counted, not told. */
const TOLD = 4;

/** The ways into a group that concern a function, its own first; where none does, those of the others. */
export function waysAbout({ joins }: Group, node: PciNode): readonly WayIn[] {
  const all: readonly WayIn[] = [...joins];
  const concerning = all.filter(([one, join]) => one === node || join.joins === node);
  return concerning.length > 0 ? concerning.sort(([a], [b]) => Number(b === node) - Number(a === node)) : all;
}

/** Sentences without full stop: each way in, then what would split it. */
export function describeWays(groups: IommuGroups, ways: readonly WayIn[]): string[] {
  const told = ways
    .slice(0, TOLD)
    .flatMap(([node, join]) => [describeJoin(groups, node, join), describeRemedy(groups, node, join)]);
  const more = ways.length - TOLD;
  return more > 0 ? [...told, `${more} more ${more === 1 ? "function joins" : "functions join"} likewise`] : told;
}
