// Two functions that are meant for assignment are in IOMMU groups with different reserved regions.
import { under } from "../anchor";
import { assignedGroups, regionsByGroup } from "../plan/assignedGroups";
import type { AssignedGroup } from "../plan/assignedGroups";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { ReservedRegion } from "../plan/reserved/index";
import { regionWord } from "../plan/reserved/index";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface Differing {
  readonly first: PciNode;
  readonly other: PciNode;
  /** A region that one of the two has, and which. */
  readonly region: ReservedRegion;
  readonly owner: PciNode;
}

export const differingReservedRegions = defineRule<Differing>({
  id: "differing-reserved-regions",
  catalogue: "RSV013",
  severity: "info",
  since: "0.1.0",
  summary: "What is meant for assignment has different reserved regions.",
  why: `The kernel lists reserved regions for each IOMMU group. A guest that is planned around the regions of one device may not take another device of the same
machine later: the plug-in then fails, for the guest's memory lies where the other device cannot reach it.

Plan guests around the regions of all groups whose devices they may ever get. Regions that are \`direct-relaxable\` do not count: they stand in nobody's
way.`,
  sources: ["domain.md 1.3 and 1.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"],
    "reserved": [{ "name": "mailbox", "range": "0x9000_0000-0x9000_ffff", "type": "reserved", "devices": ["00:02.0"] }],
  }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [
      { "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true },
      //                                                               ~~~~ nic0 (0000:00:01.0) is meant for assignment
      { "at": "00:02.0", "name": "nic1", "type": "endpoint", "assign": true },
      //                                                               ^^^^ info: nic1 (0000:00:02.0) and nic0 (0000:00:01.0) are meant for assignment and have different reserved regions: only nic1 (0000:00:02.0) has 0x9000_0000-0x9000_ffff reserved
    ],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"],
    "reserved": [{ "name": "mailbox", "range": "0x9000_0000-0x9000_ffff", "type": "reserved", "devices": ["00:03.0"] }],
  }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [
      { "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true },
      { "at": "00:02.0", "name": "nic1", "type": "endpoint", "assign": true },
      { "at": "00:03.0", "name": "mcu", "type": "endpoint" },
    ],
  }],
}`,
  ],
  *check(plan) {
    const { groups, unknown } = assignedGroups(plan);
    for (const because of unknown) yield notChecked(because);
    if (groups.length < 2) return;
    const missing = groups.flatMap(({ group }) => regionsByGroup(plan).get(group)?.unknown ?? []);
    for (const because of missing) yield notChecked(because);
    const found = missing.length > 0 ? undefined : firstDifference(plan, groups);
    if (!found) return;
    const related = [{ at: under(found.first.anchor, "assign"), message: `${found.first.label} is meant for assignment` }];
    yield { at: under(found.other.anchor, "assign"), data: found, related };
  },
  message: ({ first, other, region, owner }) =>
    `${other.label} and ${first.label} are meant for assignment and have different reserved regions: only ${owner.label} has ${printRange(region.range)} ${regionWord(region.kind)}`,
});

/** One is enough: it says that there is something to plan for. */
function firstDifference(plan: Plan, groups: readonly AssignedGroup[]): Differing | undefined {
  const [{ assigned: [first] }, ...rest] = groups as [AssignedGroup, ...AssignedGroup[]];
  const expected = blocking(plan, groups[0]);
  for (const one of rest) {
    const [other] = one.assigned;
    const actual = blocking(plan, one);
    const added = [...actual].find(([key]) => !expected.has(key))?.[1];
    const lost = [...expected].find(([key]) => !actual.has(key))?.[1];
    const region = added ?? lost;
    if (first && other && region) return { first, other, region, owner: added ? other : first };
  }
  return undefined;
}

function blocking(plan: Plan, group: AssignedGroup | undefined): ReadonlyMap<string, ReservedRegion> {
  const regions = (group && regionsByGroup(plan).get(group.group)?.regions) ?? [];
  return new Map(regions.filter((one) => one.kind !== "direct-relaxable").map((one) => [`${one.range.base}-${one.range.end} ${one.kind}`, one]));
}
