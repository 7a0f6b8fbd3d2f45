// Two regions that Arm firmware wants mapped one to one share addresses.
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Overlap } from "../plan/overlaps";
import { wholeEntry } from "../plan/places";
import { removeEntryFix, shrinkFixes } from "../plan/placement";
import { defineRule } from "../rule";

export const overlappingRmrs = defineRule<Overlap>({
  id: "overlapping-rmrs",
  catalogue: "MAP030",
  severity: "warning",
  since: "0.1.0",
  summary: "Two regions that Arm firmware wants mapped one to one share addresses.",
  why: `The IORT's reserved memory ranges (RMR) must not overlap: the kernel reports a firmware bug, and maps the shared pages with the attributes of whichever comes
first. One of the two is usually a copy whose base was changed and whose length was not.

Regions of different types may overlap. Regions that are the same for different devices are taken to be one buffer of theirs.`,
  sources: ["domain.md 1.4", "Linux, drivers/acpi/arm64/iort.c, iort_rmr_desc_check_overlap"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [
      { "name": "display", "base": "0x8000_0000", "size": "8M", "type": "direct", "streams": "0-8" },
      //                           ~~~~~~~~~~~~~ reserved region display 0x8000_0000-0x807f_ffff (8 MiB)
      { "name": "codec", "base": "0x8040_0000", "size": "8M", "type": "direct", "streams": "10-18" },
      //                         ^^^^^^^^^^^^^ warning: reserved region codec overlaps reserved region display in 0x8040_0000-0x807f_ffff (4 MiB) of the I/O virtual addresses of smmu0: 0x8040_0000-0x80bf_ffff and 0x8000_0000-0x807f_ffff
    ],
  }],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [
      { "name": "display", "base": "0x8000_0000", "size": "8M", "type": "direct", "streams": "0-8" },
      { "name": "codec", "base": "0x8080_0000", "size": "4M", "type": "direct", "streams": "10-18" },
    ],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [
      { "base": "0x8000_0000", "size": "8M", "type": "direct", "streams": "0-8" },
      { "base": "0x8000_0000", "size": "8M", "type": "direct", "streams": "10-18" },
      { "base": "0x0", "size": "2G", "type": "direct-relaxable", "streams": "20" },
      { "base": "0x4000_0000", "size": "2G", "type": "reserved" },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind === "rmrs") yield { at: overlap.later.at, data: overlap, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: describeOverlap,
  fix: ({ data: { later, earlier, shared } }) => [
    ...shrinkFixes(later, shared),
    ...shrinkFixes(earlier, shared),
    ...(later.extent.ranges.length === 1 ? [removeEntryFix(later.name, wholeEntry(later))] : []),
  ],
});
