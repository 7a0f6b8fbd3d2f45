// A small gap between two banks of memory that nothing in the description explains.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import { describeOccupant } from "../describe/overlap";
import type { MemoryBank } from "../plan/memoryBanks";
import { memoryBanks } from "../plan/memoryBanks";
import { newReservationEdit } from "../plan/newReservation";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

interface Hole {
  readonly range: AddressRange<"pa">;
  readonly below: MemoryBank;
  readonly above: MemoryBank;
}

/** Larger gaps are how memory is wired to the processor. */
const LARGEST = 64n << 20n;

/** Less than a page between two banks is not a hole that anybody could have meant: a bank ends inside a page, which is another rule's. */
const SMALLEST = 4096n;

/** PCs have had a hole below 1 MiB since 1981; everybody knows what is there. */
const FIRST_MIB = 1n << 20n;

export const undeclaredHole = defineRule<Hole>({
  id: "undeclared-hole",
  catalogue: "MAP011",
  severity: "warning",
  since: "0.1.0",
  summary: "Nothing says what is in a small gap between two banks of memory.",
  why: `Memory is soldered in large pieces. A gap of less than 64 MiB is there because somebody took a piece out: for secure firmware, for a co-processor, for a
log. Whoever reads the description later sees free addresses, and puts a window or a guest there.

Say what it is: an entry in \`reserved\` with its owner, or with the type \`hole\` where it is not known. A gap in which anything at
all is described is left alone.`,
  sources: ["domain.md 7.7"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "992M" },
    //                         ~~~~~~~~~~~~~ memory dram0 0x8000_0000-0xbdff_ffff
    { "name": "dram1", "base": "0xc000_0000", "size": "1G" },
    //                         ^^^^^^^^^^^^^ warning: nothing says what is in 0xbe00_0000-0xbfff_ffff (32 MiB), between memory dram0 and memory dram1
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "992M" },
    { "name": "dram1", "base": "0xc000_0000", "size": "1G" },
  ],
  "reserved": [{ "name": "hole", "base": "0xbe00_0000", "size": "32M", "type": "hole" }]
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "992M" }, { "name": "dram1", "base": "0xc000_0000", "size": "1G" }],
  "reserved": [{ "name": "tzdram", "base": "0xbe00_0000", "size": "32M", "type": "secure" }],
}`,
    `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "1G" }, { "name": "dram1", "base": "0xc400_0000", "size": "1G" }],
}`,
    `{
  "platform": "pc",
  "arch": "x86_64",
  "memory": [{ "name": "low", "range": "0x1000-0x9_efff" }, { "name": "extended", "range": "0x0010_0000-0x7fff_ffff" }],
}`,
  ],
  *check(plan) {
    const banks = memoryBanks(plan);
    let described: RangeSet<"pa"> | undefined;
    for (let i = 1; i < banks.length; i++) {
      const [below, above] = [banks[i - 1] as MemoryBank, banks[i] as MemoryBank];
      const range = { base: below.range.end, end: above.range.base };
      if (sizeOf(range) >= LARGEST || sizeOf(range) < SMALLEST || (isPc(plan) && range.end <= FIRST_MIB)) continue;
      described ??= new RangeSet(plan.physical.occupants.map((one) => one.range));
      if (described.meets(range)) continue;
      yield { at: above.first.at, data: { range, below, above }, related: [{ at: below.last.at, message: describeOccupant(below.last) }] };
    }
  },
  message: ({ range, below, above }) =>
    `nothing says what is in ${printRangeAndSize(range)}, between memory ${below.last.name} and memory ${above.first.name}`,
  fix: ({ data: { range } }, plan) => [{ title: `Declare ${printRange(range)} as a hole`, edits: [newReservationEdit(plan, "hole", range, "hole")] }],
});

function isPc({ platform: { arch } }: Plan): boolean {
  return arch === undefined || arch === "x86_64";
}
