// An IOMMU mapping is a placeholder, which the boot loader fills in.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { isPlaceholder } from "../plan/placeholderMapping";
import type { IommuMapping } from "../platform";
import { defineRule } from "../rule";

interface Placeholder {
  readonly owner: string;
  readonly to: string;
  /** It does not say so, but holds one id only. */
  readonly one?: boolean;
}

export const incompleteIommuMapping = defineRule<Placeholder>({
  id: "incomplete-iommu-mapping",
  catalogue: "IOM005",
  severity: "info",
  since: "0.1.0",
  summary: "An IOMMU mapping is a placeholder.",
  why: `Some device trees carry an IOMMU mapping for no or one id only, which the boot loader replaces once it knows which ids it gave to which slots.
Until then nobody can tell which functions are behind the IOMMU. Platmap does not take the ids that a mapping with \`incomplete\` leaves out for
unprotected; it says that it cannot tell. A host bridge's only mapping that holds its first id and no other is taken for such a placeholder, too.`,
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
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x0500_0000", "size": "8M" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [{ "ids": "0000-0000", "to": "smmu0", "stream": "0x0" }],
      //                 ^^^^^^^^^^^ info: the only mapping of pcie0 to smmu0 holds one id: it looks like a placeholder that the boot loader fills in
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
    { "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000", "to": "smmu0", "stream": "0x10" }, { "ids": "0100", "to": "smmu0", "stream": "0x11" }] },
    { "name": "pcie1", "segment": 1, "disabled": true, "iommu": [{ "ids": "0000", "to": "smmu0", "incomplete": true }] },
  ],
}`,
  ],
  *check(plan) {
    const { devices, pci } = plan.platform;
    for (const { name, iommu, disabled } of devices ?? []) {
      if (disabled === true || !Array.isArray(iommu)) continue;
      for (const { anchor, to, incomplete } of iommu as readonly { anchor: Anchor; to: string; incomplete?: boolean }[]) {
        if (incomplete === true) yield { at: under(anchor, "incomplete"), data: { owner: name, to } };
      }
    }
    for (const bridge of pci ?? []) {
      if (bridge.disabled === true || !Array.isArray(bridge.iommu)) continue;
      for (const mapping of bridge.iommu as readonly IommuMapping[]) {
        if (!isPlaceholder(bridge, mapping)) continue;
        const key = mapping.incomplete === true ? "incomplete" : "ids";
        yield { at: under(mapping.anchor, key), data: { owner: bridge.name, to: mapping.to, ...(key === "ids" && { one: true }) } };
      }
    }
  },
  message: ({ owner, to, one }) =>
    one
      ? `the only mapping of ${owner} to ${to} holds one id: it looks like a placeholder that the boot loader fills in`
      : `the mapping of ${owner} to ${to} is a placeholder that the boot loader fills in`,
});
