// A guest gets a function of a host for whose IOMMU group firmware wants a range mapped one to one, and the host's file does not say that it is meant for
// assignment.
import { under } from "../anchor";
import type { PassedThrough } from "../guest/passedThrough";
import { passedThrough } from "../guest/passedThrough";
import { groupsOf, regionsByGroup } from "../plan/assignedGroups";
import { iommusOf, regionEntriesInAny } from "../plan/describedRegions";
import { directRegionRefusal } from "../plan/groups/directRegions";
import type { PciNode } from "../plan/pciTree";
import type { ReservedRegion } from "../plan/reserved/index";
import { printRange } from "../print";
import type { NotChecked, Observation } from "../rule";
import { defineGuestRule, notChecked } from "../rule";

interface Wanted {
  readonly node: PciNode;
  readonly host: string;
  readonly region: ReservedRegion;
  /** From which release on Linux refuses, where the captured kernel does not. */
  readonly since: string;
}

export const passthroughWithDirectRegion = defineGuestRule<Wanted>({
  id: "passthrough-with-direct-region",
  catalogue: "RSV008",
  severity: "error",
  since: "0.1.0",
  summary: "A guest gets a device for which firmware wants a range mapped one to one.",
  why: `A \`direct\` region is memory that firmware goes on using through the device, so it must stay mapped at its own address. A guest cannot have such a device, however
its memory lies. Linux refuses since 6.6, and behind VT-d it always did; where the host's captured kernel does not refuse, or is not known, this is a warning.

Where the host's file says \`"assign": true\` of a function of the group, the finding stands there, once for all guests
([assigned-with-direct-region](assigned-with-direct-region.md)).`,
  sources: ["domain.md 1.1, 1.4 and 1.5", "Linux, drivers/iommu/iommu.c (require_direct)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "0000:00:05.0" }],
  //                                           ^^^^^^^^^^^^^^ error: nic (0000:00:05.0) of board cannot be passed through: firmware wants 0xa000_0000-0xa00f_ffff mapped one to one for its IOMMU group: Linux refuses
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"],
    "reserved": [{ "name": "rmr0", "range": "0xa000_0000-0xa00f_ffff", "type": "direct", "devices": ["00:05.0"] }],
    //                     ~~~~~~ wanted by firmware
  }],
  "pci": [{
    "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "none",
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "integrated-endpoint" }],
  }],
  "captured": { "kernel": "6.12.107" },
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "0000:00:05.0" }],
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"],
    "reserved": [{ "range": "0xa000_0000-0xa00f_ffff", "type": "direct-relaxable", "devices": ["00:05.0"] }],
  }],
  "pci": [{
    "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "none",
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "integrated-endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    for (const one of passedThrough(plan)) yield* directRegionsOf(one);
  },
  message: ({ node, host, region, since }) =>
    `${node.label} of ${host} cannot be passed through: firmware wants ${printRange(region.range)} mapped one to one for its IOMMU group: Linux refuses${since}`,
});

function* directRegionsOf({ entry, host, node }: PassedThrough): Generator<Observation<Wanted> | NotChecked> {
  if (!host || !node) return;
  const group = groupsOf(host.plan).groups.find((one) => one.members.includes(node));
  if (!group || group.members.some((one) => one.function.assign === true)) return;
  const { regions, unknown } = regionsByGroup(host.plan).get(group) ?? { regions: [], unknown: [] };
  const region = regions.find((one) => one.kind === "direct");
  if (!region) {
    for (const because of unknown) yield notChecked(`${host.name}: ${because}`);
    return;
  }
  const iommus = iommusOf(host.plan, group.members);
  const { isCertain, since } = directRegionRefusal(host.plan, iommus);
  const related = regionEntriesInAny(iommus, [region.range], "direct").map((at) => ({ at, message: "wanted by firmware" }));
  yield { at: under(entry.anchor, "device"), data: { node, host: host.name, region, since }, related, severity: isCertain ? "error" : "warning" };
}
