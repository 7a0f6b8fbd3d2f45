// Two entries of the device tree's memory reservation block share addresses.
import { contains } from "../address";
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Fix } from "../finding";
import { memreserveOverlaps } from "../plan/memreserve";
import type { Overlap } from "../plan/overlaps";
import { wholeEntry } from "../plan/places";
import { rangeEdits } from "../plan/placement";
import { printRange } from "../print";
import { defineRule } from "../rule";

export const overlappingMemreserve = defineRule<Overlap<"pa">>({
  id: "overlapping-memreserve",
  catalogue: "MAP021",
  severity: "error",
  since: "0.1.0",
  summary: "Two entries of the memory reservation block share addresses.",
  why: `The memory reservation block of a device tree (\`/memreserve/\`) is read by the first code that runs, before there is anything that could sort
it out. The specification therefore forbids its entries to overlap: a boot loader that finds two owners for a byte may stop, or free what the
other one still needs. One entry that covers both says the same.`,
  sources: ["Devicetree specification 5.3, memory reservation block", "domain.md 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "boot", "base": "0x8000_0000", "size": "64K", "origin": "memreserve" },
    //                        ~~~~~~~~~~~~~ reservation boot 0x8000_0000-0x8000_ffff (64 KiB)
    { "name": "spin", "base": "0x8000_f000", "size": "8K", "origin": "memreserve" },
    //                        ^^^^^^^^^^^^^ error: reservation spin overlaps reservation boot in 0x8000_f000-0x8000_ffff (4 KiB) of the physical map: 0x8000_f000-0x8001_0fff and 0x8000_0000-0x8000_ffff
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "boot", "base": "0x8000_0000", "size": "68K", "origin": "memreserve" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "boot", "base": "0x8000_0000", "size": "64K", "origin": "memreserve" },
    { "name": "spin", "base": "0x8001_0000", "size": "8K", "origin": "memreserve" },
  ],
}`,
  ],
  *check(plan) {
    for (const overlap of memreserveOverlaps(plan)) yield { at: overlap.later.at, data: overlap, related: [relatedOccupant(overlap.earlier)] };
  },
  message: describeOverlap,
  fix: ({ data }) => mergeFixes(data),
});

/** The earlier entry takes in the later one, which goes. */
function mergeFixes({ earlier, later }: Overlap<"pa">): Fix[] {
  if (later.extent.ranges.length > 1) return [];
  const base = later.range.base < earlier.range.base ? later.range.base : earlier.range.base;
  const end = later.range.end > earlier.range.end ? later.range.end : earlier.range.end;
  const grown = contains(earlier.range, later.range) ? [] : rangeEdits(earlier, { base, end });
  return [{ title: `Merge ${later.name} into ${earlier.name}: ${printRange({ base, end })}`, edits: [...grown, { op: "remove", at: wholeEntry(later) }] }];
}
