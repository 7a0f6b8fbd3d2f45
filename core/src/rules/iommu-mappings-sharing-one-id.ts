// Two IOMMU mappings of one host bridge share exactly one requester id: one of them is one id too long.
import { under } from "../anchor";
import type { TouchingMappings } from "../plan/touchingMappings";
import { touchingMappings } from "../plan/touchingMappings";
import { printIdRange } from "../pciAddress";
import { defineRule } from "../rule";

export const iommuMappingsSharingOneId = defineRule<TouchingMappings>({
  id: "iommu-mappings-sharing-one-id",
  catalogue: "IOM004",
  severity: "warning",
  since: "0.1.0",
  summary: "Two IOMMU mappings share exactly one requester id.",
  why: `The IORT table stores the number of ids of a mapping less one. Firmware that stores the number itself makes each range one id too long, so that its last
id is the first one of the next range. Linux knows such firmware and works around it where the ranges belong to one table node; other systems
give the function with that id the stream of its neighbour, or none.

The lower range is the one to shorten. Where the ranges overlap by more, the mappings conflict in earnest.`,
  sources: ["Arm IORT specification, ID mapping format", "Linux, drivers/acpi/arm64/iort.c, iort_id_map", "domain.md 4.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" },
    { "name": "smmu1", "type": "smmuv3", "base": "0x4100_0000", "size": "128K" },
  ],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [
        { "ids": "0000-0100", "to": "smmu0", "stream": "0x0" },
        //       ^^^^^^^^^^^ warning: the ids 0000-0100 of pcie0 end with the first one of 0100-01ff: the range is one id too long
        { "ids": "0100-01ff", "to": "smmu1", "stream": "0x0" },
        //       ~~~~~~~~~~~ ids 0100-01ff are mapped to smmu1
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" },
    { "name": "smmu1", "type": "smmuv3", "base": "0x4100_0000", "size": "128K" },
  ],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [
        { "ids": "0000-00ff", "to": "smmu0", "stream": "0x0" },
        { "ids": "0100-01ff", "to": "smmu1", "stream": "0x0" },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [{ "ids": "0000-00ff", "to": "smmu0", "stream": "0x0" }, { "ids": "0100-01ff", "to": "smmu0", "stream": "0x1000" }],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.disabled === true) continue;
      for (const touching of touchingMappings(plan, bridge)) {
        const { lower, upper } = touching;
        const related = { at: under(upper.anchor, "ids"), message: `ids ${printIdRange(upper.ids ?? { first: 0, last: 0 })} are mapped to ${upper.to}` };
        yield { at: under(lower.anchor, "ids"), data: touching, related: [related] };
      }
    }
  },
  message: ({ bridge, lower, upper, id }) => {
    const [below, above] = [lower.ids ?? { first: id, last: id }, upper.ids ?? { first: id, last: id }];
    return `the ids ${printIdRange(below)} of ${bridge.name} end with the first one of ${printIdRange(above)}: the range is one id too long`;
  },
  fix({ at, data: { lower, id } }) {
    if (!lower.ids || "start" in at) return [];
    const ids = printIdRange({ first: lower.ids.first, last: id - 1 });
    return [{ title: `Shorten the mapping to ${lower.to} to ids ${ids}`, edits: [{ op: "replace", at, value: { json: ids } }] }];
  },
});
