// The mask of an IOMMU mapping makes one stream of several requester ids.
import { under } from "../anchor";
import { coveredIds } from "../plan/requesterIds";
import type { Plan } from "../plan/plan";
import type { HostBridge, IommuMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { defineRule } from "../rule";

interface Shared {
  readonly bridge: HostBridge;
  readonly mapping: IommuMapping;
  readonly mask: number;
}

export const maskSharingStream = defineRule<Shared>({
  id: "mask-sharing-stream",
  catalogue: "IOM003",
  severity: "warning",
  since: "0.1.0",
  summary: "A mask gives several functions the same stream.",
  why: `An IOMMU tells devices apart by their stream, and each stream has one set of page tables. Where the root complex cannot pass on who asks, the mask
(device tree: \`iommu-map-mask\`) clears bits of the requester id, and functions that differ only in these bits are one to the IOMMU.

All of them are in one IOMMU group, whatever ACS says: they can only be assigned together, to one guest. Where the hardware is like that, nothing
in the description mends it; allow this finding, with the reason.`,
  sources: ["domain.md 2.8 and 4.3", "Linux, Documentation/devicetree/bindings/pci/pci-iommu.txt"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv1", "base": "0x4000_0000", "size": "64K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0", "mask": "0x0" }],
      //                                                                      ^^^^^ warning: mask 0x0 gives all functions below pcie0 the same stream of smmu0
    },
    {
      "name": "pcie1", "segment": 1, "msi": "none",
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x1_0000", "mask": "0xff00" }],
      //                                                                           ^^^^^^^^ warning: mask 0xff00 gives functions below pcie1 the same stream of smmu0 where their ids differ only in bits 0x00ff
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv1", "base": "0x4000_0000", "size": "64K" }],
  "pci": [
    { "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "mask": "0xffff" }] },
    { "name": "pcie1", "segment": 1, "msi": "none", "iommu": [{ "ids": "0000-0fff", "to": "smmu0", "mask": "0x0fff" }], "buses": "00-0f" },
  ],
}`,
  ],
  *check(plan) {
    const disabled = new Set((plan.platform.iommus ?? []).filter((iommu) => iommu.disabled === true).map((iommu) => iommu.name));
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.disabled === true || !Array.isArray(bridge.iommu)) continue;
      for (const mapping of bridge.iommu as readonly IommuMapping[]) {
        const { mask } = mapping;
        if (mask === undefined || disabled.has(mapping.to) || !makesOneOfSeveral(plan, bridge, mapping, mask)) continue;
        yield { at: under(mapping.anchor, "mask"), data: { bridge, mapping, mask } };
      }
    }
  },
  message: ({ bridge, mapping, mask }) =>
    mask === 0
      ? `mask 0x0 gives all functions below ${bridge.name} the same stream of ${mapping.to}`
      : `mask 0x${hex(mask)} gives functions below ${bridge.name} the same stream of ${mapping.to} where their ids differ only in bits 0x${hex(~mask & 0xffff)}`,
});

/** True when two ids that the mapping covers become one under the mask. */
function makesOneOfSeveral(plan: Plan, bridge: HostBridge, mapping: IommuMapping, mask: number): boolean {
  const seen = new Set<number>();
  for (const range of coveredIds(plan, bridge, mapping)) {
    if (firstTwin(range, mask, seen)) return true;
  }
  return false;
}

/** A range of more than 2^n ids must repeat itself under a mask of n bits, so the loop is short. */
function firstTwin(range: IdRange, mask: number, seen: Set<number>): boolean {
  for (let id = range.first; id <= range.last; id++) {
    if (seen.has(id & mask)) return true;
    seen.add(id & mask);
  }
  return false;
}

function hex(value: number): string {
  return value.toString(16).padStart(4, "0");
}
