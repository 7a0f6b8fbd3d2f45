// Two things of one address map share addresses, and no more specific rule says so.
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Overlap } from "../plan/overlaps";
import { moveFixes, shrinkFixes } from "../plan/placement";
import { defineRule } from "../rule";

export const overlappingRegions = defineRule<Overlap>({
  id: "overlapping-regions",
  catalogue: "MAP001",
  severity: "error",
  since: "0.1.0",
  summary: "Two things share addresses.",
  why: `Two decoders answer at the shared addresses, or one of them hides the other: which, no document says. It works until
somebody touches the part that is shared.

An overlap that is meant can be said: \`in\` names the entry that this one is a part of, and \`sharedWith\` on both entries
declares memory that two owners use together. A reservation may lie in memory or in a device, a doorbell in a device.`,
  sources: ["language.md, Which overlaps are legal"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    //                         ~~~~~~~~~~~~~ device uart0 0x1000_0000-0x1000_1fff (8 KiB)
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
    //                         ^^^^^^^^^^^^^ error: device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_2000", "size": "8K" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "crash", "base": "0x9000_0000", "size": "1M", "type": "crash-log" }],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind === "other") yield { at: overlap.later.at, data: overlap, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: describeOverlap,
  fix: ({ data: { later, earlier, shared, map } }) => [
    ...moveFixes(map, later),
    ...shrinkFixes(later, shared),
    ...shrinkFixes(earlier, shared),
  ],
});
