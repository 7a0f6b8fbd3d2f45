// Memory whose address on the bus is also that of a host bridge window: DMA to it is taken for a request to a device.
import { under } from "../anchor";
import type { AddressRange } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Edit, Fix, Json, Related } from "../finding";
import type { Iommu, Platform } from "../platform";
import type { Occupant } from "../plan/addressMap";
import type { HiddenMemory } from "../plan/hiddenMemory";
import { hiddenMemory, mappedIommus, reservedByIommu, windowsThatMayHideMemory } from "../plan/hiddenMemory";
import { printRange, printRangeAndSize } from "../print";
import { defineRule, notChecked } from "../rule";

export const windowHidesMemoryFromDma = defineRule<HiddenMemory>({
  id: "window-hides-memory-from-dma",
  catalogue: "PCI010",
  severity: "warning",
  since: "0.1.0",
  summary: "A host bridge window has the bus addresses of memory.",
  why: `A device that writes to memory emits a bus address. When a window of the same number leads to devices, a switch or the root complex takes
the write for peer-to-peer: it goes to a BAR or aborts, and never reaches the IOMMU, let alone the memory. It works as long as no buffer
lies there.

What counts is where memory lies on the bus: at its own address, or where the inbound windows put it. A reserved region of the IOMMU in
front that covers the shared addresses says that nobody emits them, and settles the matter. Where the CPU sees the clash too, that is
reported as such, not here.`,
  sources: ["linux/drivers/iommu/dma-iommu.c, iova_reserve_pci_windows", "domain.md 1.6 and 3.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  //                   ~~~~~~ memory dram: bus addresses 0x8000_0000-0x8fff_ffff (256 MiB) of it
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }],
    "windows": [{ "type": "mem32", "cpu": "0x50_0000_0000", "bus": "0x8000_0000", "size": "256M" }],
    //                                                             ^^^^^^^^^^^^^ warning: mem32 window of pcie0 has bus addresses 0x8000_0000-0x8fff_ffff (256 MiB) of memory dram: DMA to them does not reach memory
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "reserved": [{ "range": "0x8000_0000-0x8fff_ffff", "type": "reserved" }] }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }],
    "windows": [{ "type": "mem32", "cpu": "0x50_0000_0000", "bus": "0x8000_0000", "size": "256M" }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x0", "size": "2G" }, { "name": "dram1", "base": "0x1_0000_0000", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x50_0000_0000", "bus": "0x4000_0000", "size": "2G" }],
    //                                                             ^^^^^^^^^^^^^ warning: mem32 window of pcie0 has bus addresses 0x8000_0000-0xbfff_ffff (1 GiB) of memory dram0: DMA to them does not reach memory
    "inbound": [{ "bus": "0x8000_0000", "cpu": "0x0", "size": "2G" }, { "bus": "0x1_0000_0000", "size": "2G" }],
  }],
}`,
    },
  ],
  good: [
    // The inbound windows put memory where no window is: Raspberry Pi 5.
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "8G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x1f_0000_0000", "bus": "0x0", "size": "0xffff_fffc" }],
    "inbound": [{ "bus": "0x10_0000_0000", "cpu": "0x0", "size": "64G" }],
  }],
}`,
    // DMA does not get to the memory that the window would hide: X-Gene.
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x1_0000_0000", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "io", "bus": "0x0", "size": "64K" }, { "type": "mem32", "cpu": "0xe1_8000_0000", "bus": "0x8000_0000", "size": "2G" }],
    "inbound": [{ "bus": "0x0", "cpu": "0x0", "size": "512G" }],
  }],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.disabled === true) continue;
      const windows = windowsThatMayHideMemory(bridge);
      if (bridge.windows === "unknown") yield notChecked(`the windows of ${bridge.name} are unknown`);
      else if (windows.length > 0 && bridge.inbound === "unknown") yield notChecked(`the inbound windows of ${bridge.name} are unknown`);
      else if (windows.length > 0) {
        for (const data of hiddenMemory(plan, bridge, windows)) {
          const { busExtent, anchor } = data.window;
          yield { at: busExtent?.at ?? anchor, data, related: data.memory.slice(0, 16).map(relatedMemory) };
        }
      }
    }
  },
  message({ bridge, window, memory, shared: [first, ...more] }) {
    const name = window.name ?? `${window.type} window of ${bridge.name}`;
    const [owner] = memory;
    const others = more.length > 0 || memory.some((one) => one.name !== owner?.name) ? " and others" : "";
    const hidden = `${first ? printRangeAndSize(first) : ""} of ${owner ? nameAndNoun(owner) : "memory"}${others}`;
    return `${name} has bus addresses ${hidden}: DMA to them does not reach memory`;
  },
  fix: ({ data }, plan) => reserveFixes(data, plan.platform),
});

function relatedMemory(piece: Occupant<"bus">): Related {
  return { at: piece.entry, message: `${nameAndNoun(piece)}: bus addresses ${printRangeAndSize(piece.range)} of it` };
}

/** Nobody is given the addresses that would go astray: every IOMMU in front reserves them. Without an IOMMU nothing can keep a device from them. */
function reserveFixes({ bridge, shared }: HiddenMemory, platform: Platform): Fix[] {
  const iommus = mappedIommus(bridge, platform);
  if (iommus.length === 0) return [];
  const edits = iommus.flatMap((iommu) => reserveEdits(iommu, shared.filter((one) => !reservedByIommu(iommu).contains(one))));
  const ranges = shared.slice(0, 3).map(printRange).join(", ");
  return [{ title: `Reserve ${ranges}${shared.length > 3 ? ", …" : ""} in ${iommus.map((one) => one.name).join(", ")}`, edits }];
}

function reserveEdits(iommu: Iommu, ranges: readonly AddressRange<"bus">[]): Edit[] {
  const regions: Json[] = ranges.map((one) => ({ range: printRange(one), type: "reserved" }));
  if (iommu.reserved === undefined) return [{ op: "add", to: iommu.anchor, key: "reserved", value: { json: regions } }];
  const behind = iommu.reserved.length - 1;
  return regions.map((json) => ({ op: "insert", to: under(iommu.anchor, "reserved"), behind, value: { json } }));
}
