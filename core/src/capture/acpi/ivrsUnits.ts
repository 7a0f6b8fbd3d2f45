// The IVRS's IOMMUs with the requester ids of each, and its reserved memory. Knows nothing of names in a description.
import { printPciAddress } from "../../pciAddress";
import type { HardwareBlock, Ivrs } from "./ivrs";
import type { TableIommu, TableIommus, TableMapping, TableReserved, TableScope } from "./tableIommus";

interface IdRun {
  first: number;
  last: number;
}

/**
 * IOMMUs in the order of their first blocks, which is how Linux counts them. Of an IOMMU's blocks the one of the
 * highest type counts (drivers/iommu/amd/init.c).
 */
export function ivrsUnits(ivrs: Ivrs): TableIommus {
  const blocks = countingBlocks(ivrs.hardware);
  return {
    units: blocks.map((block, index) => unitOf(block, index, ivrs)),
    mappings: blocks.flatMap((block, index) => mappingsOf(block, index)),
    complete: true,
    unread: [],
  };
}

function countingBlocks(hardware: readonly HardwareBlock[]): HardwareBlock[] {
  const best = new Map<string, HardwareBlock>();
  for (const block of hardware) {
    const key = `${block.segment}:${block.at}`;
    const before = best.get(key);
    if (!before || block.type > before.type) best.set(key, block);
  }
  return [...best.values()];
}

function unitOf(block: HardwareBlock, index: number, ivrs: Ivrs): TableIommu {
  return {
    key: keyOf(index),
    type: "amd-vi",
    registers: block.registers,
    at: printPciAddress({
      segment: block.segment,
      bus: block.at >> 8,
      device: (block.at >> 3) & 31,
      function: block.at & 7,
    }),
    kernelName: keyOf(index),
    interruptRemapping: undefined,
    ...(ivrs.hardware.every((one) => one.type === 0x10 || one.translatesHyperTransport) && block.translatesHyperTransport && { translatesHyperTransport: true as const }),
    reserved: ivrs.memory.flatMap((memory) => (memory.segment === block.segment ? reservedOf(memory, block) : [])),
    notes: [],
  };
}

function keyOf(index: number): string {
  return `ivhd${index}`;
}

function mappingsOf(block: HardwareBlock, index: number): TableMapping[] {
  return runsOf(block).map(({ first, last }) => ({
    segment: block.segment,
    scope: scopeOf(first, last),
    to: keyOf(index),
  }));
}

/** Linux lists exclusion and unity ranges alike as direct (domain.md 2.7b). */
function reservedOf(memory: Ivrs["memory"][number], block: HardwareBlock): TableReserved[] {
  return runsOf(block).flatMap((run) => {
    const [first, last] = [Math.max(run.first, memory.firstId), Math.min(run.last, memory.lastId)];
    if (first > last) return [];
    return [{ base: memory.base, last: memory.last, type: "direct", scope: scopeOf(first, last), note: "IVMD" }];
  });
}

function scopeOf(first: number, last: number): TableScope {
  return first === 0 && last === 0xffff ? { kind: "all" } : { kind: "ids", first, last };
}

/** The ids of a block's entries, ascending; those that meet are one run. */
function runsOf(block: HardwareBlock): IdRun[] {
  const runs: IdRun[] = [];
  for (const { first, last } of [...block.entries].sort((a, b) => a.first - b.first)) {
    const before = runs.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else runs.push({ first, last });
  }
  return runs;
}
