// A pool of contiguous memory (CMA) that is not made of the blocks in which the kernel moves pages.
import { ADDRESS_LIMIT, alignDown, alignUp, rangeTo } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Edit, Fix, Severity } from "../finding";
import { isAtLeast, parseKernelVersion } from "../plan/groups/kernel";
import { endAnchor } from "../plan/places";
import { rangeEdits } from "../plan/placement";
import type { Plan } from "../plan/plan";
import type { Reservation } from "../platform";
import { printAddress, printSize } from "../print";
import { defineRule, notChecked } from "../rule";

interface Misaligned {
  readonly pool: Reservation;
  readonly what: "base" | "size";
  readonly value: bigint;
  readonly block: bigint;
  readonly pageSize: bigint;
}

/**
 * CMA_MIN_ALIGNMENT_BYTES by page size: a huge page of the middle level, where the kernel has them (pageblock_order). Kernels before 5.19 and those without
 * huge pages take the largest block of the allocator instead, which is another size only with pages of 4 KiB.
 */
const BLOCKS: ReadonlyMap<bigint, bigint> = new Map([[4n << 10n, 2n << 20n], [16n << 10n, 32n << 20n], [64n << 10n, 512n << 20n]]);
const [OLD_PAGE, OLD_BLOCK] = [4n << 10n, 4n << 20n];
const HUGE_PAGE_BLOCKS = { major: 5, minor: 19 };

export const misalignedCma = defineRule<Misaligned>({
  id: "misaligned-cma",
  catalogue: "MAP032",
  severity: "warning",
  since: "0.1.0",
  summary: "A reusable DMA pool is not a multiple of what the kernel needs for it.",
  why: `The kernel lends the pages of such a pool (CMA) to others until its owner asks for them, and moves them in blocks: 2 MiB with pages of 4 KiB, 32 MiB with
16 KiB, 512 MiB with 64 KiB. A pool whose base or size is not a multiple of the block is refused with "Reserved memory: incorrect alignment of CMA region",
and the driver that wanted it gets no memory. A pool that fits one kernel's page may not fit another's.

With pages of 4 KiB, kernels before 5.19 and those that are built without huge pages need multiples of 4 MiB. Where such a kernel was captured that is what
counts; where none was, a pool of another multiple of 2 MiB is an information.`,
  sources: ["Linux, kernel/dma/contiguous.c, rmem_cma_setup", "Linux, include/linux/cma.h and include/linux/pageblock-flags.h", "domain.md 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9010_0000", "size": "62M", "type": "dma-pool", "reusable": true }],
  //                                    ^^^^^^^^^^^^^ warning: the base of cma, 0x9010_0000, is not a multiple of 2 MiB, as a pool needs with pages of 4 KiB
}`,
      fixed: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9000_0000", "size": "64M", "type": "dma-pool", "reusable": true }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9020_0000", "size": "62M", "type": "dma-pool", "reusable": true }],
  //                                    ^^^^^^^^^^^^^ info: the base of cma, 0x9020_0000, is not a multiple of 4 MiB, as a pool needs with pages of 4 KiB and a kernel before 5.19 or without huge pages
}`,
      fixed: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9000_0000", "size": "64M", "type": "dma-pool", "reusable": true }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9000_0000", "size": "62M", "type": "dma-pool", "reusable": true }],
  //                                                           ^^^^^ warning: the size of cma, 62 MiB, is not a multiple of 4 MiB, as a pool needs with pages of 4 KiB and a kernel before 5.19 or without huge pages
  "captured": { "kernel": "5.15.0" },
}`,
      fixed: `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9000_0000", "size": "64M", "type": "dma-pool", "reusable": true }],
  "captured": { "kernel": "5.15.0" },
}`,
    },
    {
      text: `{
  "platform": "board",
  "pageSize": "64K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4G" }],
  "reserved": [{ "name": "cma", "size": "64M", "type": "dma-pool", "reusable": true }],
  //                                    ^^^^^ warning: the size of cma, 64 MiB, is not a multiple of 512 MiB, as a pool needs with pages of 64 KiB
}`,
      fixed: `{
  "platform": "board",
  "pageSize": "64K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4G" }],
  "reserved": [{ "name": "cma", "size": "512M", "type": "dma-pool", "reusable": true }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "cma", "size": "64M", "align": "8K", "type": "dma-pool", "reusable": true },
    { "name": "pool", "base": "0x9010_0000", "size": "1M", "type": "dma-pool", "noMap": true },
  ],
}`,
    `{
  "platform": "board",
  "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9020_0000", "size": "62M", "type": "dma-pool", "reusable": true }],
  "captured": { "kernel": "6.12.1" },
}`,
    `// Nothing says with which page.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "cma", "base": "0x9010_0000", "size": "2M", "type": "dma-pool", "reusable": true }],
}`,
  ],
  *check(plan) {
    const { pageSize } = plan.platform;
    const block = pageSize === undefined ? undefined : BLOCKS.get(pageSize);
    for (const pool of plan.entriesWhere("reserved", isCma)) {
      if (pageSize === undefined || block === undefined) yield notChecked(`no page size of the kernel is given, so what ${pool.name} must be aligned to is not known`);
      else {
        const seen = faultIn(plan, pool, block, pageSize);
        if (seen) yield { at: seen.at, severity: seen.severity, data: { pool, what: seen.what, value: seen.value, block: seen.block, pageSize } };
      }
    }
  },
  message: ({ pool, what, value, block, pageSize }) =>
    `the ${what} of ${pool.name}, ${what === "base" ? printAddress(value) : printSize(value)}, is not a multiple of ${printSize(block)}, ` +
    `as a pool needs with pages of ${printSize(pageSize)}${block > (BLOCKS.get(pageSize) ?? block) ? " and a kernel before 5.19 or without huge pages" : ""}`,
  fix: ({ data }) => alignedFixes(data),
});

function isCma({ type, reusable, disabled }: Reservation): boolean {
  return type === "dma-pool" && reusable === true && disabled !== true;
}

interface Fault {
  readonly what: Misaligned["what"];
  readonly value: bigint;
  readonly at: Anchor;
}

/** By the block of the captured kernel; where there is none, by that of old kernels as an information. */
function faultIn(plan: Plan, pool: Reservation, block: bigint, pageSize: bigint): (Fault & { block: bigint; severity: Severity }) | undefined {
  const captured = parseKernelVersion(plan.platform.captured?.kernel ?? "");
  const isOld = captured !== undefined && !isAtLeast(captured, HUGE_PAGE_BLOCKS);
  const fault = firstFault(pool, block);
  if (fault && !(isOld && pageSize === OLD_PAGE)) return { ...fault, block, severity: "warning" };
  const old = pageSize === OLD_PAGE && (isOld || captured === undefined) ? firstFault(pool, OLD_BLOCK) : undefined;
  return old && { ...old, block: OLD_BLOCK, severity: isOld ? "warning" : "info" };
}

/** One that is placed at boot is aligned by the kernel itself; its size is not. */
function firstFault({ extent, size, anchor }: Reservation, block: bigint): Fault | undefined {
  const range = extent?.ranges[0];
  if (!extent || !range) return size !== undefined && size % block !== 0n ? { what: "size", value: size, at: under(anchor, "size") } : undefined;
  if (range.base % block !== 0n) return { what: "base", value: range.base, at: extent.at };
  return range.end % block !== 0n ? { what: "size", value: range.end - range.base, at: endAnchor(extent) } : undefined;
}

/** Outward for one with a place, up for a size alone. */
function alignedFixes({ pool, block }: Misaligned): Fix[] {
  const [range] = pool.extent?.ranges ?? [];
  if (pool.extent && range) {
    const next = rangeTo(alignDown(range.base, block), alignUp(range.end, block));
    if (!next || pool.extent.ranges.length > 1) return [];
    return [{ title: `Grow ${pool.name} to ${printSize(next.end - next.base)} at ${printAddress(next.base)}`, edits: rangeEdits({ range, extent: pool.extent, at: pool.extent.at }, next) }];
  }
  const size = (((pool.size ?? 0n) + block - 1n) / block) * block;
  if (size >= ADDRESS_LIMIT) return [];
  const edit: Edit = { op: "replace", at: under(pool.anchor, "size"), value: { size } };
  return [{ title: `Grow ${pool.name} to ${printSize(size)}`, edits: [edit] }];
}
