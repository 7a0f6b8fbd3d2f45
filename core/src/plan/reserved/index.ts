// The façade of derived reserved regions: the kernel's list of each IOMMU group, each entry with its reason, and what the kernel does not list.
// Knows nothing of formats.
import type { PciNode } from "../pciTree";
import type { Plan } from "../plan";
import type { IommuGroups } from "../groups/index";
import type { ReservedRegion } from "./regionList";
import { regionsOfNodes } from "./regionsOfNodes";
import type { UnlistedRegion } from "./unlisted";
import { unlistedRegions } from "./unlisted";

export type { RegionKind, ReservedRegion } from "./regionList";
export { regionWord } from "./regionList";
export type { UnlistedRegion } from "./unlisted";

export interface GroupRegions {
  readonly members: readonly PciNode[];
  /** What `reserved_regions` of the group says: sorted and merged by the kernel's rule. */
  readonly regions: readonly ReservedRegion[];
  /** What the kernel does not list, and guests must keep off all the same. */
  readonly unlisted: readonly UnlistedRegion[];
  /** Why regions may be missing, in clauses. */
  readonly unknown: readonly string[];
}

/** One entry for each group that is certain, then one for each function whose group is not. */
export function reservedRegionsOf(plan: Plan, groups: IommuGroups): readonly GroupRegions[] {
  const certain = groups.groups.map((group) => regionsOf(plan, group.members));
  return [...certain, ...groups.undetermined.flatMap((one) => one.atLeast.map((nodes) => regionsOf(plan, nodes)))];
}

function regionsOf(plan: Plan, members: readonly PciNode[]): GroupRegions {
  return { members, ...regionsOfNodes(plan, members), unlisted: unlistedRegions(members) };
}
