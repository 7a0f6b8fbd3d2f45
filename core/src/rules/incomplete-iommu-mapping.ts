// An IOMMU mapping is a placeholder, which the boot loader fills in.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { defineRule } from "../rule";

interface Placeholder {
  readonly owner: string;
  readonly to: string;
}

export const incompleteIommuMapping = defineRule<Placeholder>({
  id: "incomplete-iommu-mapping",
  catalogue: "IOM005",
  severity: "info",
  since: "0.1.0",
  summary: "An IOMMU mapping is a placeholder.",
  why: `Some device trees carry an IOMMU mapping for no or one id only, which the boot loader replaces once it knows which ids it gave to which slots.
Until then nobody can tell which functions are behind the IOMMU. Platmap does not take the ids that such a mapping leaves out for unprotected; it
says that it cannot tell.`,
  sources: ["domain.md 4.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x0500_0000", "size": "8M" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [{ "ids": "0000", "to": "smmu0", "stream": "0x0", "incomplete": true }],
      //                                                                       ^^^^ info: the mapping of pcie0 to smmu0 is a placeholder that the boot loader fills in
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x0500_0000", "size": "8M" }],
  "pci": [
    { "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000", "to": "smmu0", "stream": "0x0" }] },
    { "name": "pcie1", "segment": 1, "disabled": true, "iommu": [{ "ids": "0000", "to": "smmu0", "incomplete": true }] },
  ],
}`,
  ],
  *check(plan) {
    const { devices, pci } = plan.platform;
    for (const owner of [...(devices ?? []), ...(pci ?? [])]) {
      if (owner.disabled === true || !Array.isArray(owner.iommu)) continue;
      for (const mapping of owner.iommu as readonly { anchor: Anchor; to: string; incomplete?: boolean }[]) {
        if (mapping.incomplete === true) yield { at: under(mapping.anchor, "incomplete"), data: { owner: owner.name, to: mapping.to } };
      }
    }
  },
  message: ({ owner, to }) => `the mapping of ${owner} to ${to} is a placeholder that the boot loader fills in`,
});
