// Two things of one address map lie at exactly the same addresses.
import { contains, sizeOf } from "../address";
import { nameAndNoun, relatedOccupant } from "../describe/overlap";
import type { Fix } from "../finding";
import type { Occupant } from "../plan/addressMap";
import type { Overlap } from "../plan/overlaps";
import { wholeEntry } from "../plan/places";
import { moveFixes, removeEntryFix } from "../plan/placement";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

export const duplicateRange = defineRule<Overlap>({
  id: "duplicate-range",
  catalogue: "MAP002",
  severity: "error",
  since: "0.1.0",
  summary: "Two things lie at exactly the same addresses.",
  why: `Mostly it is one thing that was written down twice, under two names or in two lists, and each of the two will be changed
without the other. Else it is a copied line whose address was not changed: then nobody knows where the second thing really is, and
a driver writes into the registers of the first.

A thing that another one consists of can say so with \`in\`.`,
  sources: ["domain.md 7.7", "language.md, Which overlaps are legal"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    //                         ~~~~~~~~~~~~~ device uart0 0x1000_0000-0x1000_0fff (4 KiB)
    { "name": "serial", "range": "0x1000_0000-0x1000_0fff" },
    //                           ^^^^^^^^^^^^^^^^^^^^^^^^^ error: device serial and device uart0 both lie at 0x1000_0000-0x1000_0fff (4 KiB) of the physical map
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "smmu-registers", "base": "0x2b50_0000", "size": "64K" },
    //                                  ~~~~~~~~~~~~~ device smmu-registers 0x2b50_0000-0x2b50_ffff (64 KiB)
  ],
  "iommus": [
    { "name": "smmu", "type": "smmuv3", "base": "0x2b50_0000", "size": "64K" },
    //                                          ^^^^^^^^^^^^^ error: IOMMU smmu and device smmu-registers both lie at 0x2b50_0000-0x2b50_ffff (64 KiB) of the physical map
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }],
    "devices": [
      { "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "64K", "type": "mem32" }] },
      { "at": "00:02.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "64K", "type": "mem32" }] },
      //                                                                             ^^^^^^^^^^^^^ error: BAR 0 of 0000:00:02.0 and BAR 0 of 0000:00:01.0 both lie at 0x5000_0000-0x5000_ffff (64 KiB) of the bus memory map of pcie0
    ],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }],
    "devices": [
      { "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "64K", "type": "mem32" }] },
      { "at": "00:02.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x5001_0000", "size": "64K", "type": "mem32" }] },
    ],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "mailbox", "base": "0x1000_0000", "size": "4K" },
    { "name": "doorbell-half", "base": "0x1000_0000", "size": "4K", "in": "mailbox" },
  ],
}`,
    `// Every root complex has a bus space of its own.
{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x20_4000_0000", "bus": "0x4000_0000", "size": "1G" }] },
    { "name": "pcie1", "segment": 1, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x28_4000_0000", "bus": "0x4000_0000", "size": "1G" }] },
  ],
}`,
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "all-of-it", "base": "0x8000_0000", "size": "1G", "type": "firmware" }],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind !== "same-range") continue;
      yield { at: overlap.later.at, data: overlap, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: ({ later, earlier, shared, map }) =>
    `${nameAndNoun(later)} and ${nameAndNoun(earlier)} both lie at ${printRangeAndSize(shared)} of ${map.title}`,
  fix: ({ data }) => {
    const { later, earlier } = data;
    const removals = later.extent === earlier.extent ? removalOf(later) : [...removalOf(later), ...removalOf(earlier)];
    return data.map.space === "bus" ? [...moves(data), ...removals] : removals;
  },
});

/** Below a bridge a thing that is written twice is rare, and a place that was given twice is common. */
function moves({ later, map }: Overlap): Fix[] {
  let innermost: Occupant | undefined;
  for (const one of map.occupants) {
    if (one.role === "bar" || one === later || !contains(one.range, later.range)) continue;
    if (!innermost || sizeOf(one.range) < sizeOf(innermost.range)) innermost = one;
  }
  return innermost ? moveFixes(map, later, innermost.range) : [];
}

/** Removes the entry, or one of its ranges when it has several. What is not an element of a list is left to the author. */
function removalOf(occupant: Occupant): Fix[] {
  if (occupant.extent.ranges.length > 1) {
    const title = `Remove ${printRange(occupant.range)} from ${occupant.name}`;
    return [{ title, edits: [{ op: "remove", at: occupant.at }] }];
  }
  const entry = wholeEntry(occupant);
  return typeof entry.path.at(-1) === "number" ? [removeEntryFix(occupant.name, entry)] : [];
}
