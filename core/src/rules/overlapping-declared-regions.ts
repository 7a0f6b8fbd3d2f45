// Two regions that the guest's IOMMU declares share addresses, so that the later one silently wins.
import type { AddressRange } from "../address";
import { intersection } from "../address";
import { parentOf, under } from "../anchor";
import type { Edit, Fix } from "../finding";
import type { GuestIommu } from "../guest";
import { RangeSet } from "../plan/rangeSet";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

type Region = NonNullable<GuestIommu["reserved"]>[number];

interface Overridden {
  readonly earlier: Region;
  readonly later: Region;
  readonly shared: AddressRange<"iova">;
}

export const overlappingDeclaredRegions = defineGuestRule<Overridden>({
  id: "overlapping-declared-regions",
  catalogue: "RSV011",
  severity: "warning",
  since: "0.1.0",
  summary: "Two reserved regions that the guest's IOMMU declares share addresses.",
  why: `QEMU takes the regions of \`virtio-iommu\` one after the other, and the newer wins: what an earlier one has of the same addresses is trimmed, split or deleted
without a word. The kernel merges its own lists by another rule, which keeps both types. Write the regions so that none overlaps: then every reader sees
the same.`,
  sources: ["domain.md 4.5", "QEMU, util/reserved-region.c (resv_region_list_insert)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "iommu": {
    "type": "virtio-iommu",
    "reserved": [
      { "range": "0x0800_0000-0x09ff_ffff", "type": "reserved" },
      //         ~~~~~~~~~~~~~~~~~~~~~~~~~ it is cut
      { "range": "0x0800_0000-0x080f_ffff", "type": "msi" },
      //         ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: msi 0x0800_0000-0x080f_ffff takes 0x0800_0000-0x080f_ffff from reserved 0x0800_0000-0x09ff_ffff
    ],
  },
}`,
      fixed: `{
  "guest": "web",
  "iommu": {
    "type": "virtio-iommu",
    "reserved": [
      { "range": "0x0810_0000-0x09ff_ffff", "type": "reserved" },
      { "range": "0x0800_0000-0x080f_ffff", "type": "msi" },
    ],
  },
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "iommu": {
    "type": "virtio-iommu",
    "reserved": [{ "range": "0x0800_0000-0x080f_ffff", "type": "msi" }, { "range": "0x0810_0000-0x081f_ffff", "type": "reserved" }],
  },
}`,
  ],
  *check({ guest }) {
    const regions = guest.iommu?.reserved ?? [];
    for (const [index, later] of regions.entries()) {
      for (const earlier of regions.slice(0, index)) {
        const shared = intersection(earlier.range, later.range);
        if (shared) yield { at: under(later.anchor, "range"), data: { earlier, later, shared }, related: [{ at: under(earlier.anchor, "range"), message: "it is cut" }] };
      }
    }
  },
  message: ({ earlier, later, shared }) => `${later.type ?? "reserved"} ${printRange(later.range)} takes ${printRange(shared)} from ${earlier.type ?? "reserved"} ${printRange(earlier.range)}`,
  fix: ({ data }) => splitFixes(data),
});

/** What is left of the earlier one, said as it is. */
function splitFixes({ earlier, later }: Overridden): Fix[] {
  const [first, ...more] = new RangeSet([later.range]).missingIn(earlier.range);
  if (!first) return [{ title: `Remove ${printRange(earlier.range)}, of which nothing is left`, edits: [{ op: "remove", at: earlier.anchor }] }];
  const index = Number(earlier.anchor.path.at(-1));
  const list = parentOf(earlier.anchor);
  const edits: Edit[] = [
    { op: "replace", at: under(earlier.anchor, "range"), value: { json: printRange(first) } },
    ...more.map((range): Edit => ({ op: "insert", to: list, behind: index, value: { json: { range: printRange(range), ...(earlier.type === undefined ? {} : { type: earlier.type }) } } })),
  ];
  return [{ title: `Leave it ${[first, ...more].map(printRange).join(" and ")}`, edits }];
}
