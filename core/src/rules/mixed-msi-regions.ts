// The IOMMU group of something that is meant for assignment, or one of a captured kernel, has both kinds of MSI region.
import type { AddressRange } from "../address";
import { address, sameRange } from "../address";
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { assignedGroups, regionsByGroup } from "../plan/assignedGroups";
import { iommusOf, regionEntries } from "../plan/describedRegions";
import { entryAnchor } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import { printRange } from "../print";
import type { NotChecked, Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

interface Mixed {
  readonly owner: string;
  readonly hardware: AddressRange<"iova">;
  readonly software: AddressRange<"iova">;
}

/** Where Linux puts the window on Arm unless it is told otherwise. */
const DEFAULT_WINDOW: AddressRange<"iova"> = { base: address(0x0800_0000n), end: address(0x0810_0000n) };

export const mixedMsiRegions = defineRule<Mixed>({
  id: "mixed-msi-regions",
  catalogue: "RSV007",
  severity: "warning",
  since: "0.1.0",
  summary: "An IOMMU group has an MSI range that hardware takes and a window in which the kernel maps doorbells.",
  why: `Linux knows two kinds of MSI region and prints both as \`msi\`: addresses that hardware takes before any translation, and a window in which the kernel maps
the doorbell. On HiSilicon's hip07 a group has one of each: an erratum adds the ITS to what the SMMU's driver lists.

The type 1 container of VFIO then uses hardware's. iommufd refuses to attach the group (\`-EINVAL\`), since it cannot know which to use. So guests
on this machine need the older interface, and their memory must keep off both ranges.

What a captured kernel listed counts where nothing of the kind follows from the description; it is said once.`,
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
    {
      text: `{
  "platform": "hisilicon-d05",
  "captured": {
    "groups": [
      {
        "id": 3, "devices": ["0002:f9:00.0"],
        "reserved": [
          { "range": "0x0800_0000-0x080f_ffff", "type": "msi" },
          //         ~~~~~~~~~~~~~~~~~~~~~~~~~ the kernel maps doorbells here
          { "range": "0xc601_0000-0xc601_ffff", "type": "msi" },
          //         ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: captured group 3 has two kinds of MSI region, which iommufd refuses: hardware takes 0xc601_0000-0xc601_ffff, and the kernel maps doorbells in 0x0800_0000-0x080f_ffff
        ],
      },
    ],
  },
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
    let found = false;
    for (const one of derived(plan)) {
      found ||= "data" in one;
      yield one;
    }
    if (!found) yield* captured(plan);
  },
  message: ({ owner, hardware, software }) =>
    `${owner} has two kinds of MSI region, which iommufd refuses: hardware takes ${printRange(hardware)}, and the kernel maps doorbells in ${printRange(software)}`,
});

function* derived(plan: Plan): Generator<Observation<Mixed> | NotChecked> {
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
    const owner = `the IOMMU group of ${describeLabels(assigned)}`;
    yield { at: under(first.anchor, "assign"), data: { owner, hardware: hardware.range, software: software.range }, related: [...taken, ...mapped] };
  }
}

/** What the kernel listed, for the first of the groups: a description need not say where the regions come from. */
function* captured(plan: Plan): Generator<Observation<Mixed>> {
  for (const { id, reserved } of plan.platform.captured?.groups ?? []) {
    const msi = (reserved ?? []).filter((one) => one.type === "msi");
    const software = msi.find((one) => isSoftwareWindow(plan, one.range));
    const hardware = software && msi.find((one) => !sameRange(one.range, software.range));
    if (!software || !hardware) continue;
    const related = [{ at: under(software.anchor, "range"), message: "the kernel maps doorbells here" }];
    return yield { at: under(hardware.anchor, "range"), data: { owner: `captured group ${id}`, hardware: hardware.range, software: software.range }, related };
  }
}

/** By its place: the text does not tell the two kinds apart (domain.md 1.2). */
function isSoftwareWindow({ platform }: Plan, range: AddressRange<"iova">): boolean {
  const described = (platform.iommus ?? []).filter((one) => one.msiWindow?.programmable === true).flatMap((one) => one.msiWindow?.extent?.ranges ?? []);
  return sameRange(range, DEFAULT_WINDOW) || described.some((one) => sameRange(one, range));
}
