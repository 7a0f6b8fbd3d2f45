// The IOMMU group of something that is meant for assignment holds a function that stays with the host.
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import type { Edit, Related } from "../finding";
import { assignedGroups, groupsOf } from "../plan/assignedGroups";
import type { Group } from "../plan/groups/assignment";
import { describeJoin, describeRemedy } from "../plan/groups/describeGroups";
import type { IommuGroups } from "../plan/groups/iommuGroups";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { areDriversTold, hostDriver, staysWithHost } from "../plan/vfioTolerance";
import { defineRule, notChecked } from "../rule";

interface Shared {
  readonly assigned: readonly PciNode[];
  /** Members that are not meant for assignment; at least one. */
  readonly others: readonly PciNode[];
}

export const groupSharedWithHost = defineRule<Shared>({
  id: "group-shared-with-host",
  catalogue: "ACS003",
  severity: "error",
  since: "0.1.0",
  summary: "The IOMMU group of something meant for assignment holds a function that is not.",
  why: `An IOMMU group is the least that can be given to a guest: its members can reach one another without the IOMMU seeing it, or the IOMMU cannot tell them
apart. A member that stays with the host can be read and written by the guest through the one that it was given.

VFIO refuses such a group ("group is not viable") as long as a driver of the host holds one of its members. Ports and bridges may stay, and so may
what is bound to vfio-pci or pci-stub. Where the capture of a machine tells drivers, a member without one is a warning: VFIO takes the group, but the
member must be left alone for as long as the guest runs.

Assign all of the group to one guest, or split it: the related places say what holds it together and what would take it apart.`,
  sources: ["domain.md 2.6, 2.7b and 2.8", "Linux, Documentation/driver-api/vfio.rst", "Linux, drivers/iommu/iommu.c, pci_device_group"],
  bad: [
    {
      text: `// Two functions of one chip.
{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:1f.2", "name": "sata0", "type": "endpoint", "assign": true },
      //                                                                ^^^^ error: sata0 (0000:00:1f.2) is meant for assignment, but smbus0 (0000:00:1f.3) in its IOMMU group is not: i801_smbus holds it for the host
      { "at": "00:1f.3", "name": "smbus0", "type": "endpoint", "driver": "i801_smbus" },
      //                         ~~~~~~~~ smbus0 (0000:00:1f.3) joins sata0 (0000:00:1f.2): functions of one slot that may reach one another inside the device; endpoint smbus0 (0000:00:1f.3) has no ACS and endpoint sata0 (0000:00:1f.2) has no ACS; nothing splits them: assign them together
    ],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:05.0", "name": "nic0", "type": "endpoint", "multifunction": true, "assign": true },
      //                                                                                      ^^^^ error: nic0 (0000:00:05.0) is meant for assignment, but nic1 (0000:00:05.1) in its IOMMU group is not
      { "at": "00:05.1", "name": "nic1", "type": "endpoint" },
    ],
  }],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:05.0", "name": "nic0", "type": "endpoint", "multifunction": true, "assign": true },
      { "at": "00:05.1", "name": "nic1", "type": "endpoint", "assign": true },
    ],
  }],
}`,
    },
  ],
  good: [
    `// What vfio-pci holds is not the host's.
{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:05.0", "type": "endpoint", "multifunction": true, "assign": true },
      { "at": "00:05.1", "type": "endpoint", "driver": "vfio-pci" },
      { "at": "00:1f.0", "type": "endpoint", "driver": "lpc_ich" },
    ],
  }],
}`,
    `// Functions that isolate themselves.
{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:05.0", "type": "endpoint", "multifunction": true, "assign": true, "acs": { "capable": "", "enabled": "" } },
      { "at": "00:05.1", "type": "endpoint", "driver": "ixgbe", "acs": { "capable": "", "enabled": "" } },
    ],
  }],
}`,
  ],
  *check(plan) {
    const { groups, unknown } = assignedGroups(plan);
    for (const because of unknown) yield notChecked(because);
    for (const { group, assigned } of groups) {
      const others = group.members.filter((node) => staysWithHost(plan, node));
      const [first] = assigned;
      if (!first || others.length === 0) continue;
      const isViable = areDriversTold(plan) && others.every((node) => hostDriver(node) === undefined);
      const related = relatedPlaces(groupsOf(plan), group, [...assigned, ...others]);
      yield { at: under(first.anchor, "assign"), data: { assigned, others }, related, ...(isViable && { severity: "warning" as const }) };
    }
  },
  message({ assigned, others }) {
    const drivers = [...new Set(others.flatMap((node) => hostDriver(node) ?? []))];
    const held = drivers.length === 0 ? "" : `: ${drivers.join(" and ")} ${drivers.length === 1 ? "holds" : "hold"} ${others.length === 1 ? "it" : "them"} for the host`;
    return (
      `${describeLabels(assigned)} ${assigned.length === 1 ? "is" : "are"} meant for assignment, but ${describeLabels(others)} in ` +
      `${assigned.length === 1 ? "its" : "their"} IOMMU group ${others.length === 1 ? "is" : "are"} not${held}`
    );
  },
  fix({ data: { others } }) {
    if (others.some((node) => hostDriver(node) !== undefined)) return [];
    const edits: Edit[] = others.map((node) => ({ op: "add", to: node.anchor, key: "assign", value: { json: true } }));
    return [{ title: `Assign ${describeLabels(others)} too`, edits }];
  },
});

/** How each of them came into the group; its first member came into no group that was there. */
function relatedPlaces(groups: IommuGroups, group: Group, nodes: readonly PciNode[]): Related[] {
  return group.members.filter((node) => nodes.includes(node)).map((node) => {
    const join = group.joins.get(node);
    const message = join ? `${describeJoin(groups, node, join)}; ${describeRemedy(groups, node, join)}` : `${node.label} is the first of the group`;
    return { at: entryAnchor(node.function), message };
  });
}
