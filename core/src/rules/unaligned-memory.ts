// Memory that does not begin or end on a page.
import type { AddressRange } from "../address";
import { alignDown, alignUp, rangeTo } from "../address";
import { describeOccupant } from "../describe/overlap";
import type { Memory } from "../platform";
import type { Occupant } from "../plan/addressMap";
import { occupantsOf } from "../plan/occupants";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import { SMALLEST_PAGE, wholePagesOf } from "../plan/splitMemory";
import { defineRule } from "../rule";

const BLOCK = 2n << 20n;

interface Unaligned {
  readonly bank: Occupant<"pa">;
  readonly begins: boolean;
  readonly ends: boolean;
}

export const unalignedMemory = defineRule<Unaligned>({
  id: "unaligned-memory",
  catalogue: "MAP008",
  severity: "error",
  since: "0.1.0",
  summary: "Memory does not begin or end on a 4 KiB page.",
  why: `Memory is handed out and mapped in pages. A page that is memory only in part cannot be used, and firmware tables that count in
pages (EFI) cannot even say it: somebody rounds, and when it is outward, the operating system owns bytes that are not memory.`,
  sources: ["domain.md 7.1", "UEFI specification, EFI_MEMORY_DESCRIPTOR"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [
    { "name": "low", "base": "0x800", "size": "0x9_f000" },
    //                       ^^^^^^^ error: memory low 0x800-0x9_f7ff neither begins nor ends on a 4 KiB page
    { "name": "middle", "base": "0x10_0000", "size": "0x3ff_fe00" }, // up to the boot loader
    //                                               ^^^^^^^^^^^^ error: memory middle 0x10_0000-0x040f_fdff does not end on a 4 KiB page
    { "name": "high", "range": "0x8000_0400-0xbfff_ffff" },
    //                         ^^^^^^^^^^^^^^^^^^^^^^^^^ error: memory high 0x8000_0400-0xbfff_ffff does not begin on a 4 KiB page
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [
    { "name": "low", "base": "0x1000", "size": "0x9_e000" },
    { "name": "middle", "base": "0x10_0000", "size": "0x3ff_fe00" }, // up to the boot loader
    { "name": "high", "range": "0x8000_0400-0xbfff_ffff" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0xbfff_fffe" }],
  //                                                          ^^^^^^^^^^^^^ error: memory dram 0x8000_0000-0xbfff_fffe does not end on a 4 KiB page
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0xbfff_efff" }],
}`,
    },
    {
      text: `// Whole pages would leave a part of a 2 MiB block, which is worth a remark of its own.
{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0xbfff_fbff" }],
  //                                                          ^^^^^^^^^^^^^ error: memory dram 0x8000_0000-0xbfff_fbff does not end on a 4 KiB page
}`,
      fixed: `// Whole pages would leave a part of a 2 MiB block, which is worth a remark of its own.
{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0xbfdf_ffff" }],
}`,
    },
  ],
  good: [
    `{ "platform": "board", "memory": [{ "name": "dram", "range": "0x8000_0000-0xbfff_ffff" }, { "name": "page", "base": "0x1000", "size": "4K" }] }`,
    `{ "platform": "board", "devices": [{ "name": "uart0", "base": "0x1000_0100", "size": "0x20" }] }`,
  ],
  *check(plan) {
    for (const bank of plan.entriesWhere("memory", isUnaligned).flatMap((one) => [...occupantsOf(plan.physical, one)])) {
      const begins = bank.range.base % SMALLEST_PAGE === 0n;
      const ends = bank.range.end % SMALLEST_PAGE === 0n;
      if (!begins || !ends) yield { at: begins ? endOf(bank) : bank.at, data: { bank, begins, ends } };
    }
  },
  message: ({ bank, begins, ends }) => {
    const what = begins ? "does not end" : ends ? "does not begin" : "neither begins nor ends";
    return `${describeOccupant(bank)} ${what} on a 4 KiB page`;
  },
  fix: ({ data: { bank } }, plan) => {
    const pages = wholePagesOf(bank.range);
    const blocks = plan.platform.arch === "x86_64" ? undefined : wholeBlocksOf(bank.range);
    return [pages, blocks].flatMap((range) => (range ? [resizeFix(bank, range)] : []));
  },
});

function isUnaligned({ extent }: Memory): boolean {
  return extent !== undefined && extent.ranges.some(({ base, end }) => base % SMALLEST_PAGE !== 0n || end % SMALLEST_PAGE !== 0n);
}

/** For a bank whose whole pages alone would be another finding. */
function wholeBlocksOf({ base, end }: AddressRange<"pa">): AddressRange<"pa"> | undefined {
  return rangeTo(alignUp(base, BLOCK), alignDown(end, BLOCK));
}
