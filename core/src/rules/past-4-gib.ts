// Something that 32 bits must be able to name reaches past 4 GiB: a DMA pool that begins below, I/O ports, a 32-bit BAR.
// The 32-bit memory windows of bridges have a rule of their own.
import type { AddressRange, Space } from "../address";
import { address, intersection, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeOccupant } from "../describe/overlap";
import type { Edit, Fix } from "../finding";
import type { Bar, HostWindow, Reservation } from "../platform";
import type { Occupant } from "../plan/addressMap";
import { barPlaces, decodableSize } from "../plan/barPlacement";
import { known, occupantsOf } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { endOf } from "../plan/places";
import { moveTo } from "../plan/moves";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { defineRule } from "../rule";

const LIMIT = 1n << 32n;

/** What Linux asks of a CMA region with 4 KiB pages (domain.md 7.3). */
const POOL_ALIGNMENT = 1n << 22n;

type Kind = "pool" | "io-window" | "bar";

interface Beyond {
  readonly kind: Kind;
  readonly occupant: Occupant;
  /** What it is in the description: a window of a host bridge, or a BAR of a function. */
  readonly window?: HostWindow;
  readonly bar?: { readonly node: PciNode; readonly bar: Bar };
}

const CONSEQUENCES: Readonly<Record<Kind, string>> = {
  pool: "devices with 32-bit DMA cannot use its upper part",
  "io-window": "an I/O port address has 32 bits",
  bar: "a 32-bit BAR cannot hold such an address",
};

export const past4Gib = defineRule<Beyond>({
  id: "past-4-gib",
  catalogue: "MAP012",
  severity: "warning",
  since: "0.1.0",
  summary: "Something whose users have addresses of 32 bits reaches past 4 GiB.",
  why: `A DMA pool that lies across 4 GiB works until its lower part is used up: then a device with 32-bit DMA is handed a buffer that it
cannot address, the upper bits are lost, and it writes elsewhere. I/O ports and 32-bit BARs have no bits for such an address at all: what
lies there is never decoded.

A pool that lies above 4 GiB as a whole is taken to be meant for devices that reach it.`,
  sources: ["domain.md 7.5, 7.7", "PCI Local Bus specification 3.0, 6.2.5.1 (base address registers)"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x4000_0000", "size": "6G" }],
  "reserved": [{ "name": "cma", "base": "0xf000_0000", "size": "512M", "type": "dma-pool", "reusable": true }],
  //                                                           ^^^^^^ warning: reservation cma 0xf000_0000-0x1_0fff_ffff reaches past 4 GiB: devices with 32-bit DMA cannot use its upper part
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x4000_0000", "size": "6G" }],
  "reserved": [{ "name": "cma", "base": "0xf000_0000", "size": "256M", "type": "dma-pool", "reusable": true }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "io", "cpu": "0x20_1000_0000", "size": "64K" }],
    //                                                           ^^^^^ warning: io window of pcie0 0x20_1000_0000-0x20_1000_ffff lies past 4 GiB on the bus: an I/O port address has 32 bits
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "io", "cpu": "0x20_1000_0000", "bus": "0x0", "size": "64K" }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64-prefetchable", "cpu": "0x8_0000_0000", "size": "1G" }, { "type": "mem32", "cpu": "0x4000_0000", "size": "1M" }],
    "devices": [
      {
        "at": "00:01.0", "type": "integrated-endpoint",
        "bars": [
          { "bar": 0, "base": "0x8_0000_0000", "size": "64K", "type": "mem64-prefetchable" },
          { "bar": 2, "base": "0x8_0001_0000", "size": "64K", "type": "mem32" },
          //                                           ^^^^^ warning: BAR 2 of 0000:00:01.0 0x8_0001_0000-0x8_0001_ffff lies past 4 GiB on the bus: a 32-bit BAR cannot hold such an address
        ],
      },
    ],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64-prefetchable", "cpu": "0x8_0000_0000", "size": "1G" }, { "type": "mem32", "cpu": "0x4000_0000", "size": "1M" }],
    "devices": [
      {
        "at": "00:01.0", "type": "integrated-endpoint",
        "bars": [
          { "bar": 0, "base": "0x8_0000_0000", "size": "64K", "type": "mem64-prefetchable" },
          { "bar": 2, "base": "0x400f_0000", "size": "64K", "type": "mem32" },
        ],
      },
    ],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x4000_0000", "size": "6G" }],
  "reserved": [
    { "name": "low", "base": "0xf000_0000", "size": "256M", "type": "dma-pool", "reusable": true },
    { "name": "high", "base": "0x1_0000_0000", "size": "256M", "type": "dma-pool", "reusable": true },
    { "name": "boot", "size": "64M", "within": ["0x4000_0000-0x1_bfff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "ramoops", "base": "0xefff_0000", "size": "64K", "type": "crash-log" },
  ],
}`,
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "io", "cpu": "0x20_1000_0000", "bus": "0x0", "size": "64K" }, { "type": "mem64", "cpu": "0x8_0000_0000", "size": "1G" }],
  }],
}`,
  ],
  *check(plan) {
    for (const data of [...pools(plan), ...ioWindows(plan), ...bars(plan)]) yield { at: endOf(data.occupant), data };
  },
  message: ({ kind, occupant }) => {
    const verb = occupant.range.base < LIMIT ? "reaches past" : "lies past";
    return `${describeOccupant(occupant)} ${verb} 4 GiB${kind === "pool" ? "" : " on the bus"}: ${CONSEQUENCES[kind]}`;
  },
  fix: ({ data: { kind, occupant, window, bar } }, plan) => {
    if (bar) return barBelow(plan, bar.node, bar.bar, occupant as Occupant<"bus">);
    const { base } = occupant.range;
    if (base >= LIMIT) return window?.cpu === undefined ? [] : [fromBusZero(window, occupant.name)];
    const clipped = resizeFix(occupant, { base, end: address<Space>(LIMIT) });
    return kind === "pool" ? [clipped, ...movedBelow(plan, occupant as Occupant<"pa">)] : [clipped];
  },
});

/** Only pools that begin below: one that lies above as a whole says nothing of 32 bits. */
function pools(plan: Plan): Beyond[] {
  const crossing = plan.entriesWhere("reserved", isCrossingPool).flatMap((one) => [...occupantsOf(plan.physical, one)]);
  return crossing.filter(({ range }) => crosses(range)).map((occupant) => ({ kind: "pool", occupant }));
}

function isCrossingPool({ type, extent }: Reservation): boolean {
  return type === "dma-pool" && extent !== undefined && extent.ranges.some(crosses);
}

function crosses({ base, end }: AddressRange<Space>): boolean {
  return base < LIMIT && end > LIMIT;
}

function ioWindows(plan: Plan): Beyond[] {
  return (plan.platform.pci ?? []).flatMap((bridge) => {
    const beyond = plan.busIo(bridge).occupants.filter((one) => one.range.end > LIMIT && one.role !== "bar");
    return beyond.map((occupant): Beyond => {
      const window = known<HostWindow>(bridge.windows).find((one) => one.anchor === occupant.entry);
      return { kind: "io-window", occupant, ...(window && { window }) };
    });
  });
}

function bars(plan: Plan): Beyond[] {
  const narrow = new Map<Anchor, Beyond["bar"]>();
  for (const node of plan.functions) {
    for (const bar of known(node.function.bars)) if (isBeyond(bar)) narrow.set(bar.anchor, { node, bar });
  }
  if (narrow.size === 0) return [];
  const maps = (plan.platform.pci ?? []).flatMap((bridge) => [plan.busMemory(bridge), plan.busIo(bridge)]);
  return maps.flatMap(({ occupants }) => occupants.flatMap((occupant): Beyond[] => {
    const bar = narrow.get(occupant.entry);
    return bar ? [{ kind: "bar", occupant, bar }] : [];
  }));
}

function isBeyond({ type, busExtent }: Bar): boolean {
  if (busExtent === undefined || busExtent.ranges[0].end <= LIMIT) return false;
  return type !== "mem64" && type !== "mem64-prefetchable";
}

/** Where the CPU finds I/O ports says nothing of their numbers, which begin at 0 on nearly every board. */
function fromBusZero({ anchor, bus }: HostWindow, name: string): Fix {
  const value = { address: 0n };
  const edit: Edit = bus === undefined
    ? { op: "add", to: anchor, key: "bus", value, after: "cpu" }
    : { op: "replace", at: under(anchor, "bus"), value };
  return { title: `Let ${name} begin at 0x0 on the bus`, edits: [edit] };
}

function barBelow(plan: Plan, node: PciNode, { type }: Bar, occupant: Occupant<"bus">): Fix[] {
  const size = decodableSize(sizeOf(occupant.range), type);
  return barPlaces(plan, node, occupant, type, size).flatMap((base) => moveTo(occupant, base));
}

/** A pool stays in the memory in which it was. */
function movedBelow(plan: Plan, pool: Occupant<"pa">): Fix[] {
  const below: AddressRange<"pa"> = { base: address(0n), end: address(LIMIT) };
  const bank = plan.physical.occupants.find((one) => one.role === "memory" && intersection(one.range, pool.range));
  const within = bank && intersection(bank.range, below);
  const size = sizeOf(pool.range);
  const isIgnored = (one: Occupant): boolean => one === pool || one.role === "memory";
  const base = within && plan.physical.nearestFit(pool.range.base, size, POOL_ALIGNMENT, within, isIgnored);
  return moveTo(pool, base);
}
