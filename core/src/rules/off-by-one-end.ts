// A last byte that is the first byte after, or a size that is the offset of the last byte.
import type { AddressRange, Space } from "../address";
import { address, lastOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Extent } from "../language/valueType";
import { isMisread } from "../plan/misread";
import type { PlacedEntry, PlacedList } from "../plan/placedEntries";
import { placedLists, placeOf } from "../plan/placedEntries";
import { rangeEdits } from "../plan/placement";
import { printAddress, printSize } from "../print";
import { defineRule } from "../rule";

interface LongRange {
  readonly label: string;
  readonly range: AddressRange<Space>;
  readonly extent: Extent;
  /** The value that gives the base. */
  readonly from: Anchor;
}

interface ShortSize {
  readonly label: string;
  readonly size: bigint;
}

export const offByOneEnd = defineRule<LongRange | ShortSize>({
  id: "off-by-one-end",
  catalogue: "MAP005",
  severity: "warning",
  since: "0.1.0",
  summary: "An inclusive end is one byte too high, or a size one byte too small.",
  why: `Some sources print the last byte of a range, others the first byte after it. \`efi: mem00: … range=[…-…)\` and linker scripts give the
byte after; \`/proc/iomem\`, \`BIOS-e820\` and this language's \`last\` and \`range\` give the last byte. Taken for the other, a range is a byte
too long and touches its neighbour, or a byte too short and no longer a whole number of pages.

An end in the middle of a page is left alone: real tables have such ends.`,
  sources: ["domain.md, sections 1.2, 7.1, 7.2 and 7.6", "language.md, Values: Range"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "sram0", "base": "0x1000_0000", "last": "0x1000_ffff" },
    { "name": "sram1", "base": "0x2000_0000", "last": "0x2001_0000" },
    //                                                ^^^^^^^^^^^^^ warning: device sram1 ends at 0x2001_0000 inclusive, one byte into the next page: was 0x2000_ffff meant?
    { "name": "sram2", "ranges": ["0x3000_0000-0x3000_ffff", "0x4000_0000-0x4001_0000"] },
    //                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: device sram2 ends at 0x4001_0000 inclusive, one byte into the next page: was 0x4000_ffff meant?
    { "name": "sram3", "base": "0x5000_0000", "size": "0xffff" },
    //                                                ^^^^^^^^ warning: device sram3 has the size 0xffff, one byte short of 64 KiB
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "sram0", "base": "0x1000_0000", "last": "0x1000_ffff" },
    { "name": "sram1", "base": "0x2000_0000", "last": "0x2000_ffff" },
    { "name": "sram2", "ranges": ["0x3000_0000-0x3000_ffff", "0x4000_0000-0x4001_0000"] },
    { "name": "sram3", "base": "0x5000_0000", "size": "0xffff" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x2000_0000", "size": "1048575" }],
  //                                                           ^^^^^^^^^ warning: device sram has the size 0xf_ffff, one byte short of 1 MiB
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x2000_0000", "size": "1M" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "sram0", "base": "0x1000_0000", "last": "0x1000_ffff" },
    { "name": "sram1", "range": "0x2000_0000-0x2000_ffff" },
    { "name": "register", "range": "0x3000_0000-0x3000_0000" },
    { "name": "apic", "range": "0x4000_0000-0x4000_03ff" },
    { "name": "rest-of-page", "base": "0x5000_0001", "size": "0xfff" },
  ],
}`,
  ],
  *check(plan) {
    for (const list of placedLists(plan)) {
      for (const entry of list.where(endsOddly)) {
        const place = placeOf(entry);
        if (place === undefined || place.form === "base-size") {
          if (isShort(entry.size, place)) yield { at: under(entry.anchor, "size"), data: { label: list.label(entry), size: entry.size } };
        } else yield* longRanges(list, entry, place, () => !isMisread(plan, place.at));
      }
    }
  },
  message(data) {
    if ("size" in data) return `${data.label} has the size ${printAddress(data.size)}, one byte short of ${printSize(data.size + 1n)}`;
    const last = lastOf(data.range);
    return `${data.label} ends at ${printAddress(last)} inclusive, one byte into the next page: was ${printAddress(last - 1n)} meant?`;
  },
  fix({ at, data }) {
    if ("start" in at) return [];
    if ("size" in data) return [{ title: `Make the size ${printSize(data.size + 1n)}`, edits: [{ op: "replace", at, value: { size: data.size + 1n } }] }];
    const { range, extent, from } = data;
    const next = { base: range.base, end: address<Space>(lastOf(range)) };
    return [{ title: `Let the range end at ${printAddress(lastOf(next))}`, edits: rangeEdits({ range, extent, at: from }, next) }];
  },
});

/** One byte more or less than whole pages; whether that is odd depends on what stands beside it. */
function endsOddly(entry: PlacedEntry): boolean {
  const place = placeOf(entry);
  if (place === undefined || place.form === "base-size") return isShort(entry.size, place);
  return place.ranges.some(({ end }) => (end & 0xfffn) === 1n);
}

/** …fff, unless the range ends with its page. */
function isShort(size: bigint | undefined, place: Extent | undefined): size is bigint {
  return size !== undefined && (size & 0xfffn) === 0xfffn && (place === undefined || (place.ranges[0].end & 0xfffn) !== 0n);
}

/** `isReadWhole`: a list that lost an element to a problem does not match its anchors. */
function* longRanges(list: PlacedList, entry: PlacedEntry, extent: Extent, isReadWhole: () => boolean): Generator<{ at: Anchor; data: LongRange }> {
  for (let i = 0; i < extent.ranges.length; i++) {
    const range = extent.ranges[i] as AddressRange<Space>;
    if (!isLong(range, list) || !isReadWhole()) continue;
    const from = extent.form === "ranges" ? under(extent.at, i) : extent.at;
    const at = extent.form === "base-last" ? under(entry.anchor, "last") : from;
    yield { at, data: { label: list.label(entry), range, extent, from } };
  }
}

/** Whole pages and one byte; or one byte into a page where the entries beside it end with one. A single byte is a register. */
function isLong(range: AddressRange<Space>, list: PlacedList): boolean {
  if ((range.end & 0xfffn) !== 1n || range.end - range.base === 1n) return false;
  return (range.base & 0xfffn) === 0n || list.entries.some((entry) => placeOf(entry)?.ranges.some((one) => (one.end & 0xfffn) === 0n));
}
