// Something that is meant for assignment can reach another IOMMU group, or be reached from it, past the IOMMU.
import { under } from "../anchor";
import { describeLabels, describeVerdict } from "../describe/acs";
import { assignedGroups, groupsOf } from "../plan/assignedGroups";
import type { Group } from "../plan/groups/assignment";
import type { IommuGroups } from "../plan/groups/iommuGroups";
import type { Reach } from "../plan/groups/reach";
import { reachAcross } from "../plan/groups/reach";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { isPortOrBridge } from "../plan/vfioTolerance";
import type { Related } from "../finding";
import { defineRule, notChecked } from "../rule";

interface Unisolated {
  readonly assigned: readonly PciNode[];
  /** What it can reach, and Linux has in other groups. */
  readonly reached: readonly PciNode[];
}

export const unisolatedGroups = defineRule<Unisolated>({
  id: "unisolated-groups",
  catalogue: "ACS006",
  severity: "warning",
  since: "0.1.0",
  summary: "Linux keeps something meant for assignment in a group of its own, yet traffic can pass to another group past the IOMMU.",
  why: `Linux makes IOMMU groups function by function, and looks only upward from each: two downstream ports of a switch that both turn requests back get a group
each, though what is below the one can reach what is below the other; so does the one function of a device that fails the ACS test when its
neighbours pass it. Isolation as a property of whole buses, as proposed for Linux in 2025, puts them together.

A guest that has the one can read and write the other, and a later kernel may refuse to assign them apart. Plan with both in one guest, or turn the
missing ACS bits on. Ports alone do not count: they stay with the host in any case. ACS bits that a description cannot say count as on.`,
  sources: ["domain.md 2.7 and 2.8", "J. Gunthorpe, Fix incorrect iommu_groups with PCIe ACS, linux-pci, 2025"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:08.0", "name": "gna", "type": "endpoint", "multifunction": true, "assign": true, "acs": { "capable": "", "enabled": "" } },
      //                                                                                     ^^^^ warning: gna (0000:00:08.0), which is meant for assignment, and dma (0000:00:08.1) may reach one another past the IOMMU, though Linux keeps them in different groups
      { "at": "00:08.1", "name": "dma", "type": "endpoint" },
      //                         ~~~~~ dma (0000:00:08.1): it has no ACS
    ],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:08.0", "type": "endpoint", "multifunction": true, "assign": true, "acs": { "capable": "", "enabled": "" } },
      { "at": "00:08.1", "type": "endpoint", "acs": { "capable": "", "enabled": "" } },
    ],
  }],
}`,
    `// Nothing here is meant for assignment.
{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:08.0", "type": "endpoint", "multifunction": true, "acs": { "capable": "", "enabled": "" } },
      { "at": "00:08.1", "type": "endpoint" },
    ],
  }],
}`,
  ],
  *check(plan) {
    const { groups, unknown } = assignedGroups(plan);
    for (const because of unknown) yield notChecked(because);
    if (groups.length === 0) return;
    const assignedIn = new Map(groups.map(({ group, assigned }) => [group, assigned]));
    for (const reach of reachAcross(groupsOf(plan))) {
      const found = crossing(reach, assignedIn);
      const first = found?.assigned[0];
      if (!found || !first) continue;
      yield { at: under(first.anchor, "assign"), data: found, related: relatedPlaces(groupsOf(plan), reach, found.reached) };
    }
  },
  message: ({ assigned, reached }) =>
    `${describeLabels(assigned)}, which ${assigned.length === 1 ? "is" : "are"} meant for assignment, ` +
    `${reached.length === 0 ? "" : `and ${describeLabels(reached)} `}may reach one another past the IOMMU, though Linux keeps them in different groups`,
});

/** Undefined where all of it is in one group but for ports, or nothing of it is assigned. */
function crossing(reach: Reach, assignedIn: ReadonlyMap<Group, readonly PciNode[]>): Unisolated | undefined {
  const peers = reach.groups.filter((group) => group.members.some((node) => !isPortOrBridge(node)));
  const assigned = peers.flatMap((group) => assignedIn.get(group) ?? []);
  if (peers.length < 2 || assigned.length === 0) return undefined;
  const reached = peers.flatMap((group) => group.members).filter((node) => !isPortOrBridge(node) && !assigned.includes(node));
  return { assigned, reached };
}

function relatedPlaces(groups: IommuGroups, reach: Reach, reached: readonly PciNode[]): Related[] {
  const blamed = [...new Set(reach.joins.flatMap((join) => join.blame))].filter((node) => groups.isolationOf(node).verdict.kind !== "isolates");
  const failing = blamed.map((node) => ({ at: entryAnchor(node.function), message: `${node.label}: ${describeVerdict(groups.isolationOf(node).verdict)}` }));
  const others = reached.filter((node) => !blamed.includes(node));
  return [...failing, ...others.map((node) => ({ at: entryAnchor(node.function), message: `${node.label} is in another group` }))];
}
