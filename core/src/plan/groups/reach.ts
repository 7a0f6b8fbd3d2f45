// What can reach what although the kernel keeps it in different groups: its groups against isolation as a property of
// buses. Knows nothing of words.
import type { PciNode } from "../pciTree";
import type { Group, Join } from "./assignment";
import type { IommuGroups } from "./iommuGroups";
import { decide } from "./iommuGroups";
import { groupByBus } from "./modeB";

/** Groups of the kernel's between which traffic can pass without the IOMMU seeing it. */
export interface Reach {
  /** At least two. */
  readonly groups: readonly Group[];
  readonly joins: readonly (Join & { readonly node: PciNode })[];
}

/** Empty for groups that were made by bus. What is unknown counts as isolating: only what is certain is said. */
export function reachAcross(made: IommuGroups): Reach[] {
  if (made.algorithm === "linux-mode-b") return [];
  const kernelGroup = new Map(made.groups.flatMap((group) => group.members.map((node) => [node, group] as const)));
  const byBus = groupByBus(made.topology, made.membership, decide(made, true));
  return byBus.groups.flatMap((group) => {
    const groups = [...new Set(group.members.flatMap((node) => kernelGroup.get(node) ?? []))];
    return groups.length < 2 ? [] : [{ groups, joins: crossing(group, kernelGroup) }];
  });
}

function crossing(group: Group, kernelGroup: ReadonlyMap<PciNode, Group>): (Join & { node: PciNode })[] {
  return [...group.joins]
    .filter(([node, join]) => kernelGroup.get(node) !== kernelGroup.get(join.joins))
    .map(([node, join]) => ({ ...join, node }));
}
