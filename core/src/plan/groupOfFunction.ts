// Which group of a plan a function is in, and what came into a group because of it. Knows nothing of how groups are
// made.
import { groupsOf } from "./assignedGroups";
import type { Group, Join } from "./groups/assignment";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";

/** The certain group of a function; undefined when it has none, or when that is not settled. */
export function groupOf(plan: Plan, node: PciNode): Group | undefined {
  return membership(plan).get(node);
}

/** A function that came into a group because of another. */
export interface Blamed {
  readonly node: PciNode;
  readonly join: Join;
}

/** What came into a group because of this function; empty when it is to blame for nothing. */
export function blamedOn(plan: Plan, node: PciNode): readonly Blamed[] {
  return blame(plan).get(node) ?? [];
}

const membership = perPlan(
  (plan) => new Map(groupsOf(plan).groups.flatMap((group) => group.members.map((node) => [node, group] as const))),
);

const blame = perPlan((plan) => {
  const found = new Map<PciNode, Blamed[]>();
  for (const [node, join] of groupsOf(plan).groups.flatMap((group) => [...group.joins])) {
    for (const culprit of join.blame) {
      const list = found.get(culprit);
      if (list) list.push({ node, join });
      else found.set(culprit, [{ node, join }]);
    }
  }
  return found;
});
