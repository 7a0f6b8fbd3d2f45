// The IOMMU groups of a plan and their reserved regions, each worked out once, and what of them is meant for assignment.
// Knows nothing of how groups are made, nor of what is wrong with one.
import { under } from "../anchor";
import { assignedFunctions } from "./assignment";
import type { Group } from "./groups/assignment";
import type { IommuGroups } from "./groups/iommuGroups";
import { iommuGroups } from "./groups/iommuGroups";
import { NEWEST_KNOWN_KERNEL } from "./groups/kernel";
import { iommuInFront } from "./iommuInFront";
import { isMisread } from "./misread";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import { ancestors } from "./pciTree";
import type { Plan } from "./plan";
import type { GroupRegions } from "./reserved/index";
import { reservedRegionsOf } from "./reserved/index";

/** The groups as the captured kernel makes them, else the newest known one. */
export const groupsOf: (plan: Plan) => IommuGroups = perPlan((plan) => iommuGroups(plan));

/** The groups once a driver holds every function, as vfio-pci would: older kernels group what is behind some IOMMUs only then. */
export const groupsWithDrivers: (plan: Plan) => IommuGroups = perPlan((plan) => iommuGroups(plan, { algorithm: groupsOf(plan).algorithm, kernel: NEWEST_KNOWN_KERNEL }));

/** The reserved regions of each group that is certain, by the group. */
export const regionsByGroup: (plan: Plan) => ReadonlyMap<Group, GroupRegions> = perPlan((plan) => {
  const groups = groupsOf(plan);
  const regions = reservedRegionsOf(plan, groups);
  return new Map(groups.groups.map((group, index) => [group, regions[index] as GroupRegions]));
});

/** A group that holds something meant for assignment. */
export interface AssignedGroup {
  readonly group: Group;
  /** At least one, in the order of the description. */
  readonly assigned: readonly PciNode[];
}

export interface AssignedGroups {
  /** In the order of the description. */
  readonly groups: readonly AssignedGroup[];
  /** Why the group of something assigned is not known, in clauses. */
  readonly unknown: readonly string[];
}

/** The groups of what is meant for assignment, as far as the description settles them. Where nothing is, no group is made. */
export const assignedGroups: (plan: Plan) => AssignedGroups = perPlan((plan) => {
  const assigned = assignedFunctions(plan);
  if (assigned.length === 0) return { groups: [], unknown: [] };
  const groups = groupsOf(plan);
  const byFunction = new Map(groups.groups.flatMap((group) => group.members.map((node) => [node, group] as const)));
  const found = new Map<Group, PciNode[]>();
  const unknown = new Set<string>();
  for (const node of assigned) {
    const group = byFunction.get(node);
    const doubts = doubtsAbout(plan, groups, node, group);
    for (const doubt of doubts) unknown.add(doubt);
    if (group && doubts.length === 0) found.set(group, [...(found.get(group) ?? []), node]);
  }
  return { groups: [...found].map(([group, nodes]) => ({ group, assigned: nodes })), unknown: [...unknown] };
});

/** True when something that groups depend on was lost on the way into the model, for one of the functions or a port above it. */
export function areGroupsMisread(plan: Plan, nodes: readonly PciNode[]): boolean {
  if (plan.problems.length === 0) return false;
  const asked = new Set(nodes.flatMap((node) => [node, ...ancestors(node)]));
  return [...asked].some((node) => GROUPING_KEYS.some((key) => isMisread(plan, under(node.anchor, key))));
}

const GROUPING_KEYS = ["at", "type", "id", "buses", "multifunction", "acs", "quirks", "aliases", "virtual"] as const;

function doubtsAbout(plan: Plan, groups: IommuGroups, node: PciNode, group: Group | undefined): readonly string[] {
  const front = iommuInFront(plan, node);
  if (front.kind === "unknown") return [front.because];
  if (!group) return groups.undetermined.find((one) => one.nodes.includes(node))?.because ?? [];
  return areGroupsMisread(plan, group.members) ? [`the description of ${node.label} or its group could not be read in full`] : [];
}
