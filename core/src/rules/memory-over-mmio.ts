// Memory is described where registers, configuration space or a host bridge window are.
import type { Address, AddressRange } from "../address";
import { sizeOf } from "../address";
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Fix } from "../finding";
import type { Occupant } from "../plan/addressMap";
import type { Overlap } from "../plan/overlaps";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { splitFix, wholePagesOf } from "../plan/splitMemory";
import { defineRule } from "../rule";

export const memoryOverMmio = defineRule<Overlap<"pa">>({
  id: "memory-over-mmio",
  catalogue: "MAP007",
  severity: "error",
  since: "0.1.0",
  summary: "Memory lies where registers, configuration space or a host bridge window are.",
  why: `Only one of the two answers. Where the registers win, the operating system stores its pages into a device; where the memory wins,
the device is dead. Neither shows until that part of the memory is used, which may be weeks after boot.

Most often a bank was described as one piece although the chip has a hole for devices in it: the bank is then two banks.`,
  sources: ["domain.md 7.7"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [
    // Soldered.
    { "name": "dram", "base": "0x0", "size": "4G", "node": 0 }, // one piece
    //                        ~~~~~ memory dram 0x0-0xffff_ffff (4 GiB)
  ],
  "devices": [
    { "name": "uart0", "base": "0xfe20_1000", "size": "4K" },
    //                         ^^^^^^^^^^^^^ error: device uart0 overlaps memory dram in 0xfe20_1000-0xfe20_1fff (4 KiB) of the physical map: 0xfe20_1000-0xfe20_1fff and 0x0-0xffff_ffff
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [
    // Soldered.
    { "name": "dram", "base": "0x0", "size": "0xfe20_1000", "node": 0 }, // one piece
    { "name": "dram-2", "base": "0xfe20_2000", "size": "0x1df_e000", "node": 0 }
  ],
  "devices": [
    { "name": "uart0", "base": "0xfe20_1000", "size": "4K" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G", "node": 0 }],
  "devices": [{ "name": "uart0", "base": "0xc000_0100", "size": "0x100" }, { "name": "uart1", "base": "0xd000_0000", "size": "4K" }],
  //                                     ^^^^^^^^^^^^^ error: device uart0 overlaps memory dram in 0xc000_0100-0xc000_01ff (256 bytes) of the physical map: 0xc000_0100-0xc000_01ff and 0x8000_0000-0xffff_ffff
  //                                                                                                  ^^^^^^^^^^^^^ error: device uart1 overlaps memory dram in 0xd000_0000-0xd000_0fff (4 KiB) of the physical map: 0xd000_0000-0xd000_0fff and 0x8000_0000-0xffff_ffff
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G", "node": 0 }, { "name": "dram-2", "ranges": ["0xc000_1000-0xcfff_ffff", "0xd000_1000-0xffff_ffff"], "node": 0 }],
  "devices": [{ "name": "uart0", "base": "0xc000_0100", "size": "0x100" }, { "name": "uart1", "base": "0xd000_0000", "size": "4K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "range": "0x8000_0000-0xffff_ffff" }],
  "devices": [{ "name": "dram-2", "base": "0x1000_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0xc000_0000", "size": "256M" },
    //                  ^^^^^^^^^^^^^ error: configuration space of pcie0 overlaps memory dram in 0xc000_0000-0xcfff_ffff (256 MiB) of the physical map: 0xc000_0000-0xcfff_ffff and 0x8000_0000-0xffff_ffff
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "range": "0x8000_0000-0xbfff_ffff" }, { "name": "dram-3", "range": "0xd000_0000-0xffff_ffff" }],
  "devices": [{ "name": "dram-2", "base": "0x1000_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0xc000_0000", "size": "256M" },
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "inbound": "unknown", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x2000_0000", "size": "1G" }],
    //                                    ^^^^^^^^^^^^^ error: mem32 window of pcie0 overlaps memory dram in 0x8000_0000-0x8fff_ffff (256 MiB) of the physical map: 0x5000_0000-0x8fff_ffff and 0x8000_0000-0xffff_ffff
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x9000_0000", "size": "1792M" }],
  "pci": [{
    "name": "pcie0", "inbound": "unknown", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x2000_0000", "size": "1G" }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram-low", "base": "0x0", "size": "0xfe00_0000" }, { "name": "dram-high", "base": "0x1_0000_0000", "size": "4G" }],
  "devices": [{ "name": "uart0", "base": "0xfe20_1000", "size": "4K" }],
}`,
    `// The window is at 0x8000_0000 on the bus; the processor sees it elsewhere.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "inbound": "unknown", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x20_8000_0000", "bus": "0x8000_0000", "size": "1G" }],
  }],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind !== "memory-and-mmio") continue;
      yield { at: overlap.later.at, data: overlap as Overlap<"pa">, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: describeOverlap,
  fix: ({ data: { later, earlier, shared, map } }, plan) => {
    const [bank, mmio] = earlier.role === "memory" ? [earlier, later] : [later, earlier];
    const inside = mmioInside(plan, bank);
    const gaps = map.gaps(bank.range, (one) => !inside.has(one));
    const pieces = gaps.map(wholePagesOf).filter((piece) => piece !== undefined);
    const split = splitFix(plan, bank, pieces, namesOf(inside));
    const kept = largestOf(pieces);
    return [...(split ? [split] : []), ...(kept ? [resizeFix(bank, kept)] : []), ...windowBelow(mmio, shared.base)];
  },
});

/** All that the bank must make room for: mending it around one of several would only rename what is left. */
function mmioInside(plan: Plan, bank: Occupant): ReadonlySet<Occupant> {
  const inside = new Set<Occupant>();
  for (const { kind, earlier, later } of plan.overlaps.overlaps) {
    if (kind !== "memory-and-mmio") continue;
    if (earlier === bank) inside.add(later);
    if (later === bank) inside.add(earlier);
  }
  return inside;
}

function namesOf(inside: ReadonlySet<Occupant>): string {
  const [first, ...others] = [...new Set([...inside].map((one) => one.name))];
  if (others.length > 1) return `${first} and ${others.length} others`;
  return others.length === 1 ? `${first} and ${others[0]}` : `${first}`;
}

function largestOf(pieces: readonly AddressRange<"pa">[]): AddressRange<"pa"> | undefined {
  let largest: AddressRange<"pa"> | undefined;
  for (const one of pieces) if (!largest || sizeOf(one) > sizeOf(largest)) largest = one;
  return largest;
}

/** A window that runs into memory may as well be too long. Its bus side follows, because its first byte stays. */
function windowBelow(mmio: Occupant<"pa">, end: Address<"pa">): Fix[] {
  return mmio.role === "window" && mmio.range.base < end ? [resizeFix(mmio, { base: mmio.range.base, end })] : [];
}
