// The IOMMU group of something that is meant for assignment has both kinds of MSI region.
import { sameRange } from "../address";
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { assignedGroups, regionsByGroup } from "../plan/assignedGroups";
import { iommusOf, regionEntries } from "../plan/describedRegions";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { ReservedRegion } from "../plan/reserved/index";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface Mixed {
  readonly assigned: readonly PciNode[];
  readonly hardware: ReservedRegion;
  readonly software: ReservedRegion;
}

export const mixedMsiRegions = defineRule<Mixed>({
  id: "mixed-msi-regions",
  catalogue: "RSV007",
  severity: "warning",
  since: "0.1.0",
  summary: "An IOMMU group has an MSI range that hardware takes and a window in which the kernel maps doorbells.",
  why: `Linux knows two kinds of MSI region and prints both as \`msi\`: addresses that hardware takes before any translation, and a window in which the kernel maps
the doorbell. On HiSilicon's hip07 a group has one of each: an erratum adds the ITS to what the SMMU's driver lists.

The type 1 container of VFIO then uses hardware's. iommufd refuses to attach the group (\`-EINVAL\`), since it cannot know which to use. So guests
on this machine need the older interface, and their memory must keep off both ranges.`,
  sources: ["domain.md 1.5, 1.7 and 8.1", "Linux, drivers/iommu/iommufd/device.c", "Linux, drivers/vfio/vfio_iommu_type1.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0xa004_0000", "size": "256K", "pageSizes": ["4K"],
    "reserved": [{ "name": "its-page", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
    //                     ~~~~~~~~~~ taken by hardware
  }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [{ "at": "00:05.0", "name": "nic0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ warning: the IOMMU group of nic0 (0000:00:05.0) has two kinds of MSI region, which iommufd refuses: hardware takes 0xc601_0000-0xc601_ffff, and the kernel maps doorbells in 0x0800_0000-0x080f_ffff
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0xa004_0000", "size": "256K" },
    {
      "name": "smmu1", "type": "smmuv3", "base": "0xa014_0000", "size": "256K", "pageSizes": ["4K"],
      "reserved": [{ "name": "its-page", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
    },
  ],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-007f", "to": "smmu0" }, { "ids": "0080-ffff", "to": "smmu1" }],
    "devices": [{ "at": "00:05.0", "name": "nic0", "type": "endpoint", "assign": true }, { "at": "00:15.0", "type": "endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    const { groups, unknown } = assignedGroups(plan);
    for (const because of unknown) yield notChecked(because);
    for (const { group, assigned } of groups) {
      const { regions, unknown: missing } = regionsByGroup(plan).get(group) ?? { regions: [], unknown: [] };
      const software = regions.find((one) => one.kind === "software-msi");
      const hardware = software && regions.find((one) => one.kind === "msi" && !sameRange(one.range, software.range));
      for (const because of software && hardware ? [] : missing) yield notChecked(because);
      const [first] = assigned;
      if (!first || !software || !hardware) continue;
      const iommus = iommusOf(plan, group.members);
      const taken = regionEntries(iommus, hardware.range, "msi").map((at) => ({ at, message: "taken by hardware" }));
      const mapped = iommus.map((iommu) => ({ at: entryAnchor(iommu), message: `the kernel maps doorbells of devices behind ${iommu.name}` }));
      yield { at: under(first.anchor, "assign"), data: { assigned, hardware, software }, related: [...taken, ...mapped] };
    }
  },
  message: ({ assigned, hardware, software }) =>
    `the IOMMU group of ${describeLabels(assigned)} has two kinds of MSI region, which iommufd refuses: hardware takes ${printRange(hardware.range)}, ` +
    `and the kernel maps doorbells in ${printRange(software.range)}`,
});
