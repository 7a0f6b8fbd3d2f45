// Two IOMMU mappings of one host bridge give the same requester id to different IOMMUs or streams.
import { parentOf, under } from "../anchor";
import type { Edit, Fix, Json } from "../finding";
import type { MappingConflict } from "../plan/iommuMappingConflicts";
import { mappingConflicts, streamOf } from "../plan/iommuMappingConflicts";
import { areTouching } from "../plan/touchingMappings";
import type { IommuMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { printIdRange } from "../pciAddress";
import { printAddress } from "../print";
import { defineRule, notChecked } from "../rule";

export const conflictingIommuMappings = defineRule<MappingConflict>({
  id: "conflicting-iommu-mappings",
  catalogue: "IOM002",
  severity: "error",
  since: "0.1.0",
  summary: "Two IOMMU mappings give the same requester id to different IOMMUs or streams.",
  why: `A function emits one requester id, and the hardware makes one stream of it. Where two mappings cover the id and lead to different IOMMUs or streams,
one of them is wrong, and what reads the tables decides which: Linux takes the first one that matches. A function whose stream is not the one that
the kernel programs either faults on every access or is translated with the tables of another.

What counts is the id after the mapping's \`mask\`. A mapping that names functions (\`devices\`) stands above one by \`ids\`, and that above one for the
whole host bridge; these may overlap.`,
  sources: ["domain.md 4.3", "Linux, Documentation/devicetree/bindings/pci/pci-iommu.txt", "Arm IORT specification, ID mappings"],
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
        { "ids": "0000-01ff", "to": "smmu0", "stream": "0x0" },
        //       ~~~~~~~~~~~ ids 0000-01ff are mapped to smmu0
        { "ids": "0100-02ff", "to": "smmu1", "stream": "0x100" },
        //       ^^^^^^^^^^^ error: ids 0100-01ff of pcie0 are mapped to smmu1 and to smmu0
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
        { "ids": "0000-01ff", "to": "smmu0", "stream": "0x0" },
        { "ids": "0200-02ff", "to": "smmu1", "stream": "0x200" },
      ],
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [
        { "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" },
        { "ids": "0100-01ff", "to": "smmu0", "stream": "0x1_0000" },
        //       ^^^^^^^^^^^ error: id 0100 of pcie0 is mapped to stream 0x1_0000 of smmu0 and to its stream 0x100
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [
        { "ids": "0000-00ff", "to": "smmu0", "stream": "0x0" },
        { "ids": "0200-ffff", "to": "smmu0", "stream": "0x200" },
        { "ids": "0100-01ff", "to": "smmu0", "stream": "0x1_0000" },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" },
    { "name": "smmu1", "type": "smmuv3", "base": "0x4100_0000", "size": "128K" },
  ],
  "pci": [
    {
      "name": "pcie0", "msi": "none",
      "iommu": [
        { "ids": "0000-01ff", "to": "smmu0", "stream": "0x0" },
        { "ids": "0100-02ff", "to": "smmu0", "stream": "0x100" },
        { "ids": "0300-03ff", "to": "smmu1", "stream": "0x0" },
      ],
    },
  ],
}`,
    // The unit that names its functions stands above the one for the rest.
    `{
  "platform": "board",
  "iommus": [
    { "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" },
    { "name": "dmar1", "type": "vt-d", "base": "0xfed9_1000", "size": "4K" },
  ],
  "pci": [
    {
      "name": "pci0", "msi": "none",
      "iommu": [{ "devices": ["00:02.0"], "to": "dmar0" }, { "ids": "0000-ffff", "to": "dmar1" }],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.disabled === true) continue;
      const { conflicts, truncated } = mappingConflicts(plan, bridge);
      for (const conflict of conflicts) {
        const { earlier, later } = conflict;
        // One id at the edge is a range that is one too long: another rule's.
        if (areTouching(earlier, later)) continue;
        yield { at: scopeAnchor(later), data: conflict, related: [{ at: scopeAnchor(earlier), message: describe(earlier) }] };
      }
      if (truncated) yield notChecked(`so many IOMMU mappings of ${bridge.name} overlap that not all pairs were compared`);
    }
  },
  message: ({ bridge, earlier, later, shared }) => {
    const id = printIdRange({ first: shared.first, last: shared.first });
    const verb = shared.first === shared.last ? "is" : "are";
    if (earlier.to !== later.to) return `${printedIds(shared)} of ${bridge.name} ${verb} mapped to ${later.to} and to ${earlier.to}`;
    const [one, other] = [later, earlier].map((mapping) => printAddress(BigInt(streamOf(mapping, shared.first) ?? 0)));
    return `id ${id} of ${bridge.name} is mapped to stream ${one} of ${later.to} and to its stream ${other}`;
  },
  fix: ({ data: { earlier, later } }) => [...withoutFixes(later, earlier), ...withoutFixes(earlier, later)].sort((a, b) => b.edits.length - a.edits.length),
});

function scopeAnchor(mapping: IommuMapping): ReturnType<typeof under> {
  const key = (["ids", "devices"] as const).find((one) => mapping[one] !== undefined);
  return under(mapping.anchor, key ?? "to");
}

function describe(mapping: IommuMapping): string {
  const what = mapping.ids && !mapping.devices ? `ids ${printIdRange(mapping.ids)}` : mapping.devices ? "these functions" : "all functions";
  return `${what} are mapped to ${mapping.to}`;
}

function printedIds(range: IdRange): string {
  return `${range.first === range.last ? "id" : "ids"} ${printIdRange(range)}`;
}

/** Narrows or splits a mapping to what the other one leaves of it. Only for plain ranges: a mask makes of one range many. */
function withoutFixes(mapping: IommuMapping, other: IommuMapping): Fix[] {
  const [ids, taken] = [plainIds(mapping), plainIds(other)];
  if (!ids || !taken) return [];
  const pieces = [{ first: ids.first, last: Math.min(ids.last, taken.first - 1) }, { first: Math.max(ids.first, taken.last + 1), last: ids.last }];
  const [first, second] = pieces.filter((piece) => piece.first <= piece.last);
  if (!first) return [];
  const edits = narrowed(mapping, ids, first);
  if (!second) return [{ title: `Narrow the mapping to ${mapping.to} to ids ${printIdRange(first)}`, edits }];
  const index = mapping.anchor.path.at(-1) as number;
  const insert: Edit = { op: "insert", to: parentOf(mapping.anchor), behind: index, value: { json: copied(mapping, ids, second) } };
  return [{ title: `Split the mapping to ${mapping.to} into ids ${printIdRange(first)} and ${printIdRange(second)}`, edits: [...edits, insert] }];
}

function narrowed({ anchor, stream }: IommuMapping, ids: IdRange, next: IdRange): Edit[] {
  const edits: Edit[] = [{ op: "replace", at: under(anchor, "ids"), value: { json: printIdRange(next) } }];
  if (stream !== undefined && next.first !== ids.first) {
    edits.push({ op: "replace", at: under(anchor, "stream"), value: { json: printAddress(BigInt(stream + next.first - ids.first)) } });
  }
  return edits;
}

function copied({ to, stream, incomplete }: IommuMapping, ids: IdRange, next: IdRange): Json {
  return {
    ids: printIdRange(next),
    to,
    ...(stream !== undefined && { stream: printAddress(BigInt(stream + next.first - ids.first)) }),
    ...(incomplete !== undefined && { incomplete }),
  };
}

function plainIds({ ids, devices, mask }: IommuMapping): IdRange | undefined {
  return devices || (mask !== undefined && mask !== 0xffff) ? undefined : ids;
}
