// Firmware wants a range mapped one to one for the IOMMU group of something that is meant for assignment.
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { assignedGroups, regionsByGroup } from "../plan/assignedGroups";
import { iommusOf, regionEntriesInAny } from "../plan/describedRegions";
import { directRegionRefusal } from "../plan/groups/directRegions";
import type { PciNode } from "../plan/pciTree";
import type { ReservedRegion } from "../plan/reserved/index";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface Direct {
  readonly assigned: readonly PciNode[];
  /** At least one. */
  readonly regions: readonly ReservedRegion[];
  /** From which release on Linux refuses, where the captured kernel does not. */
  readonly since: string;
}

export const assignedWithDirectRegion = defineRule<Direct>({
  id: "assigned-with-direct-region",
  catalogue: "RSV008",
  severity: "error",
  since: "0.1.0",
  summary: "Firmware wants a range mapped one to one for the IOMMU group of something meant for assignment.",
  why: `A \`direct\` region (an RMRR of DMAR, an IVMD of IVRS, an RMR of IORT, \`iommu-addresses\` of a device tree) is memory that firmware or a management
controller goes on using through the device, so it must stay mapped at its own address. A guest cannot have such a device: its memory would be at
other places, and the firmware's DMA would hit it.

Linux refuses since 6.6 ("Firmware has requested this device have a 1:1 IOMMU mapping"), and behind VT-d it always did ("Device is ineligible for IOMMU
domain attach due to platform RMRR requirement"). Without a captured kernel, or with one that does not refuse, this is a warning. Some firmware has a setting that takes the region away, such as pre-boot DMA protection or shared memory of a management controller; else
another slot may be outside its scope. \`direct-relaxable\` regions do not stand in the way.`,
  sources: ["domain.md 1.1, 1.4 and 1.5", "Linux, drivers/iommu/iommu.c (require_direct)", "Linux before 6.6, drivers/iommu/intel/iommu.c (device_is_rmrr_locked)"],
  bad: [
    {
      text: `{
  "platform": "board",
  "captured": { "kernel": "6.12.107" },
  "iommus": [{
    "name": "ivhd0", "type": "amd-vi", "base": "0xfeb8_0000", "size": "512K", "interruptRemapping": true,
    "reserved": [{ "name": "ivmd0", "range": "0xa000_0000-0xa00f_ffff", "type": "direct", "devices": ["00:01.0"] }],
    //                     ~~~~~~~ wanted by firmware
  }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "ivhd0" }],
    "devices": [{ "at": "00:01.0", "name": "hba0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ error: hba0 (0000:00:01.0) is meant for assignment, but firmware wants 0xa000_0000-0xa00f_ffff mapped one to one for its IOMMU group: Linux refuses
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{
    "name": "ivhd0", "type": "amd-vi", "base": "0xfeb8_0000", "size": "512K", "interruptRemapping": true,
    "reserved": [{ "name": "ivmd0", "range": "0xa000_0000-0xa00f_ffff", "type": "direct" }],
  }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "ivhd0" }],
    "devices": [{ "at": "00:01.0", "name": "hba0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ warning: hba0 (0000:00:01.0) is meant for assignment, but firmware wants 0xa000_0000-0xa00f_ffff mapped one to one for its IOMMU group: Linux refuses from 6.6 on
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "captured": { "kernel": "6.1.0" },
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "interruptRemapping": true,
    "reserved": [{ "name": "rmrr0", "range": "0xa000_0000-0xa00f_ffff", "type": "direct" }],
  }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [{ "at": "00:01.0", "name": "hba0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ error: hba0 (0000:00:01.0) is meant for assignment, but firmware wants 0xa000_0000-0xa00f_ffff mapped one to one for its IOMMU group: Linux refuses
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "captured": { "kernel": "6.12.107" },
  "iommus": [{
    "name": "ivhd0", "type": "amd-vi", "base": "0xfeb8_0000", "size": "512K", "interruptRemapping": true,
    "reserved": [
      { "name": "ivmd0", "range": "0xa000_0000-0xa00f_ffff", "type": "direct", "devices": ["00:02.0"] },
      { "name": "ivmd1", "range": "0xa010_0000-0xa01f_ffff", "type": "direct-relaxable", "devices": ["00:01.0"] },
    ],
  }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "ivhd0" }],
    "devices": [{ "at": "00:01.0", "name": "hba0", "type": "endpoint", "assign": true }, { "at": "00:02.0", "name": "bmc", "type": "endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    const { groups, unknown } = assignedGroups(plan);
    for (const because of unknown) yield notChecked(because);
    for (const { group, assigned } of groups) {
      const derived = regionsByGroup(plan).get(group);
      const regions = derived?.regions.filter((one) => one.kind === "direct") ?? [];
      for (const because of regions.length > 0 ? [] : (derived?.unknown ?? [])) yield notChecked(because);
      const [first] = assigned;
      if (!first || regions.length === 0) continue;
      const iommus = iommusOf(plan, group.members);
      const { isCertain, since } = directRegionRefusal(plan, iommus);
      const entries = regionEntriesInAny(iommus, regions.map((region) => region.range), "direct");
      const related = entries.map((at) => ({ at, message: "wanted by firmware" }));
      yield { at: under(first.anchor, "assign"), data: { assigned, regions, since }, related, severity: isCertain ? "error" : "warning" };
    }
  },
  message({ assigned, regions, since }) {
    const [first] = regions;
    const more = regions.length > 1 ? ` and ${regions.length - 1} more` : "";
    const one = assigned.length === 1;
    return (
      `${describeLabels(assigned)} ${one ? "is" : "are"} meant for assignment, but firmware wants ${first ? printRange(first.range) : ""}${more} mapped one to one ` +
      `for ${one ? "its" : "their"} IOMMU group: Linux refuses${since}`
    );
  },
});
