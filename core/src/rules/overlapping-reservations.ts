// Two reservations share addresses.
import type { AddressRange } from "../address";
import { contains, overlaps, sameRange } from "../address";
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Occupant } from "../plan/addressMap";
import { memreserveOverlaps } from "../plan/memreserve";
import type { Overlap } from "../plan/overlaps";
import { wholeEntry } from "../plan/places";
import { moveFixes, removeEntryFix, shrinkFixes } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { defineRule } from "../rule";

export const overlappingReservations = defineRule<Overlap<"pa">>({
  id: "overlapping-reservations",
  catalogue: "MAP016",
  severity: "error",
  since: "0.1.0",
  summary: "Two reservations share addresses.",
  why: `Both owners believe that the shared bytes are theirs: the crash log is written into the ring buffer of a co-processor, or secure
firmware locks pages that a driver uses. Linux prints a line about overlapping reserved memory early in the boot and goes on; which of
the two properties (noMap, reusable) wins depends on their order.

A reservation inside a larger one of the same owner says so with \`in\`; memory that two owners use on purpose is declared with
\`sharedWith\` on both entries.`,
  sources: ["domain.md 7.3", "Linux drivers/of/of_reserved_mem.c", "Devicetree specification, /reserved-memory"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "ramoops", "base": "0x9000_0000", "size": "2M", "type": "crash-log" },
    //                           ~~~~~~~~~~~~~ reservation ramoops 0x9000_0000-0x901f_ffff (2 MiB)
    { "name": "rproc", "base": "0x9010_0000", "size": "2M", "type": "shared-memory" }, // ring buffers
    //                         ^^^^^^^^^^^^^ error: reservation rproc overlaps reservation ramoops in 0x9010_0000-0x901f_ffff (1 MiB) of the physical map: 0x9010_0000-0x902f_ffff and 0x9000_0000-0x901f_ffff
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "ramoops", "base": "0x9000_0000", "size": "2M", "type": "crash-log" },
    { "name": "rproc", "base": "0x9020_0000", "size": "2M", "type": "shared-memory" }, // ring buffers
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4M" }],
  "reserved": [
    { "name": "boot", "range": "0x8000_0000-0x802f_ffff", "type": "firmware" },
    { "name": "log", "range": "0x8020_0000-0x803f_ffff", "type": "crash-log", "sharedWith": "boot" },
    //                        ^^^^^^^^^^^^^^^^^^^^^^^^^ error: reservation log overlaps reservation boot in 0x8020_0000-0x802f_ffff (1 MiB) of the physical map: 0x8020_0000-0x803f_ffff and 0x8000_0000-0x802f_ffff
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4M" }],
  "reserved": [
    { "name": "boot", "range": "0x8000_0000-0x802f_ffff", "type": "firmware" },
    { "name": "log", "range": "0x8030_0000-0x803f_ffff", "type": "crash-log", "sharedWith": "boot" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "ramoops", "base": "0x9000_0000", "size": "2M", "type": "crash-log" },
    { "name": "rproc", "base": "0x9020_0000", "size": "2M", "type": "shared-memory" },
    { "name": "ring", "base": "0x9020_0000", "size": "64K", "type": "shared-memory", "in": "rproc" },
    { "name": "spare", "base": "0x9020_0000", "size": "2M", "type": "firmware", "disabled": true },
  ],
}`,
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "tee", "base": "0x9000_0000", "size": "4M", "type": "secure", "noMap": true, "sharedWith": "tee-shm" },
    { "name": "tee-shm", "base": "0x9020_0000", "size": "2M", "type": "shared-memory", "sharedWith": "tee" },
  ],
}`,
    `// Where it will lie is not decided yet: it keeps out of the way of the other.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "ramoops", "base": "0x9000_0000", "size": "2M", "type": "crash-log" },
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0xbfff_ffff"], "type": "dma-pool", "reusable": true },
  ],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind !== "reservations" || memreserveOverlaps(plan).has(overlap as Overlap<"pa">)) continue;
      yield { at: overlap.later.at, data: overlap as Overlap<"pa">, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: describeOverlap,
  fix: ({ data: { later, earlier, shared, map } }, plan) => [
    ...moveFixes(map, later, memoryAround(plan, later)),
    ...shrinkFixes(later, shared),
    ...shrinkFixes(earlier, shared),
    ...(isSaidTwice(earlier, later) ? [removeEntryFix(later.name, wholeEntry(later))] : []),
  ],
});

function isSaidTwice(earlier: Occupant<"pa">, later: Occupant<"pa">): boolean {
  return sameRange(later.range, earlier.range) && later.extent.ranges.length === 1;
}

/** A reservation of memory stays memory when it moves. */
function memoryAround(plan: Plan, { range }: Occupant<"pa">): AddressRange<"pa"> | undefined {
  const banks = plan.physical.occupants.filter((one) => one.role === "memory" && overlaps(one.range, range));
  return (banks.find((one) => contains(one.range, range)) ?? banks[0])?.range;
}
