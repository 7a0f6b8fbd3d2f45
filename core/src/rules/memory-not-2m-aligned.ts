// A bank of memory begins or ends inside a 2 MiB block.
import type { AddressRange } from "../address";
import { alignDown, alignUp, rangeTo } from "../address";
import type { Fix } from "../finding";
import type { MemoryBank } from "../plan/memoryBanks";
import { memoryBanks } from "../plan/memoryBanks";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import { printAddress } from "../print";
import { defineRule } from "../rule";

interface Unaligned {
  readonly bank: MemoryBank;
  readonly base: boolean;
  readonly end: boolean;
}

/** What one entry of a page table's last level but one maps, with pages of 4 KiB. */
const BLOCK = 2n << 20n;
const PAGE = 4096n;

/** What a smaller bank loses nobody misses. */
const LEAST = 64n << 20n;

export const memoryNot2mAligned = defineRule<Unaligned>({
  id: "memory-not-2m-aligned",
  catalogue: "MAP010",
  severity: "info",
  since: "0.1.0",
  summary: "A bank of memory begins or ends inside a 2 MiB block.",
  why: `Kernels and hypervisors map memory in blocks of 2 MiB where they can. The part of a bank that does not fill such a block is mapped page by page, cannot
be a huge page, and cannot be the start of a guest's memory. Nothing breaks; a board that is free to choose does better with whole blocks.

Entries that touch are one bank. An edge at which something else begins is where it has to be, and on x86 the firmware cuts memory as it
likes: neither is reported, nor is a bank of less than 64 MiB. An edge inside a page has a rule of its own. With a larger page the blocks are other ones, so then the rule says nothing.`,
  sources: ["domain.md 7.7", "Arm Architecture Reference Manual, VMSAv8-64 block descriptors"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8010_0000", "size": "1G" }],
  //                                   ^^^^^^^^^^^^^ info: memory dram begins at 0x8010_0000 and ends at 0xc00f_ffff: neither is the edge of a 2 MiB block
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8020_0000", "size": "1022M" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0x8ff0_ffff" }],
  //                                                          ^^^^^^^^^^^^^ info: memory dram ends at 0x8ff0_ffff, inside a 2 MiB block
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "last": "0x8fdf_ffff" }],
}`,
    },
  ],
  good: [
    `// The entries touch, and firmware begins where memory ends.
{
  "platform": "board",
  "arch": "arm64",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "last": "0x8ff0_ffff" },
    { "name": "dram1", "base": "0x8ff1_0000", "last": "0x9ff0_ffff" },
  ],
  "reserved": [{ "name": "bl31", "range": "0x9ff1_0000-0x9fff_ffff", "type": "secure", "noMap": true }],
}`,
    `{
  "platform": "pc",
  "arch": "x86_64",
  "memory": [{ "name": "low", "range": "0x0010_0000-0x7ffd_8fff" }],
}`,
    `{
  "platform": "board",
  "arch": "arm64",
  "pageSize": "64K",
  "memory": [{ "name": "dram", "base": "0x8010_0000", "size": "1G" }],
}`,
  ],
  *check(plan) {
    const { arch, pageSize } = plan.platform;
    if (arch === undefined || arch === "x86_64" || (pageSize !== undefined && pageSize !== PAGE)) return;
    let others: RangeSet<"pa"> | undefined;
    for (const bank of memoryBanks(plan)) {
      const { base, end } = bank.range;
      if ((base % BLOCK === 0n && end % BLOCK === 0n) || end - base < LEAST) continue;
      others ??= allButMemory(plan);
      const seen = { bank, base: splitsBlock(base) && !others.meets(atEdge(base)), end: splitsBlock(end) && !others.meets(atEdge(end)) };
      if (seen.base || seen.end) yield { at: seen.base ? bank.first.at : endOf(bank.last), data: seen };
    }
  },
  message({ bank: { first, last, range }, base, end }) {
    const [begins, ends] = [`begins at ${printAddress(range.base)}`, `ends at ${printAddress(range.end - 1n)}`];
    if (base && end && first === last) return `memory ${first.name} ${begins} and ${ends}: neither is the edge of a 2 MiB block`;
    return base ? `memory ${first.name} ${begins}, inside a 2 MiB block` : `memory ${last.name} ${ends}, inside a 2 MiB block`;
  },
  fix: ({ data }) => alignedFixes(data),
});

/** Inside a block, and between pages: an edge inside a page is worse, and another rule's. */
function splitsBlock(edge: bigint): boolean {
  return edge % BLOCK !== 0n && edge % PAGE === 0n;
}

function allButMemory(plan: Plan): RangeSet<"pa"> {
  return new RangeSet(plan.physical.occupants.filter((one) => one.role !== "memory").map((one) => one.range));
}

/** The byte before an edge and the one behind it. */
function atEdge(edge: MemoryBank["range"]["base"]): AddressRange<"pa"> {
  const before = edge === 0n ? edge : ((edge - 1n) as typeof edge);
  return { base: before, end: (edge + 1n) as typeof edge };
}

/** Cuts the entry, or the two entries at the edges, inward. */
function alignedFixes({ bank: { first, last }, base, end }: Unaligned): Fix[] {
  if (first === last) {
    const next = rangeTo(base ? alignUp(first.range.base, BLOCK) : first.range.base, end ? alignDown(first.range.end, BLOCK) : first.range.end);
    return next ? [resizeFix(first, next)] : [];
  }
  const low = base ? rangeTo(alignUp(first.range.base, BLOCK), first.range.end) : undefined;
  const high = end ? rangeTo(last.range.base, alignDown(last.range.end, BLOCK)) : undefined;
  const fixes = [...(low ? [resizeFix(first, low)] : []), ...(high ? [resizeFix(last, high)] : [])];
  const [one] = fixes;
  return one ? [{ title: one.title, edits: fixes.flatMap((fix) => fix.edits) }] : [];
}
