// Memory that the DMA of the devices below a host bridge does not reach.
import { under } from "../anchor";
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Fix, Json } from "../finding";
import type { Occupant } from "../plan/addressMap";
import { iommusInFront } from "../plan/iommuInFront";
import { isMisread } from "../plan/misread";
import { busOffset, inboundWindows, unreachedAddresses } from "../plan/inbound";
import { RangeSet } from "../plan/rangeSet";
import { holdsSystemMemory, systemMemoryIn } from "../plan/systemMemory";
import type { Plan } from "../plan/plan";
import type { HostBridge } from "../platform";
import { printAddress, printRange, printRangeAndSize, printSizeLiteral } from "../print";
import { defineRule, notChecked } from "../rule";

interface Unreached {
  readonly bridge: HostBridge;
  /** Upward, never empty. */
  readonly parts: readonly AddressRange<"pa">[];
}

export const memoryOutsideInboundWindows = defineRule<Unreached>({
  id: "memory-outside-inbound-windows",
  catalogue: "PCI009",
  severity: "error",
  since: "0.1.0",
  summary: "Memory lies outside the inbound windows of a host bridge that has no IOMMU.",
  why: `The host bridge turns a DMA address into a physical one by its inbound windows. Memory in none of them cannot be reached: a write is lost
or lands somewhere else. An IOMMU in front would bring the buffer within reach; without one the kernel has to copy it through memory that is
(swiotlb), and a driver or a guest that does not know of the limit corrupts data. Raspberry Pi 4 is the known case: its bridge reaches 3 GiB.

Where \`inbound\` is absent, everything is reached at its own address. Memory that a reservation forbids to map is no target of DMA.`,
  sources: ["Devicetree Specification 0.4, 2.3.9 (dma-ranges)", "domain.md 7.3 and 8.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "4G" }],
  //                   ~~~~~~ memory dram: 0xc000_0000-0xffff_ffff (1 GiB) of it
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [{ "bus": "0x0", "cpu": "0x0", "size": "3G" }],
    //         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: DMA below pcie0 does not reach 0xc000_0000-0xffff_ffff (1 GiB) of memory: no inbound window covers it, and there is no IOMMU
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "4G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [{ "bus": "0x0", "cpu": "0x0", "size": "3G" }, { "bus": "0xc000_0000", "cpu": "0xc000_0000", "size": "1G" }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "low", "base": "0x8000_0000", "size": "2G" }, { "name": "high", "base": "0x8_8000_0000", "size": "6G" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": "none",
    "inbound": [],
    //         ^^ error: DMA below pcie0 does not reach 0x8000_0000-0xffff_ffff (2 GiB) of memory and 1 more range: no inbound window covers it, and there is no IOMMU
  }],
}`,
    },
  ],
  good: [
    // Memory lies elsewhere on the bus, and the firmware's part of it is not for DMA.
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "8G" }],
  "reserved": [{ "name": "atf", "base": "0x0", "size": "2M", "type": "secure", "noMap": true }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [{ "bus": "0x10_0020_0000", "cpu": "0x20_0000", "size": "8G" }],
  }],
}`,
    // No translation: everything is reached. An IOMMU: every buffer is brought within reach. A bridge that is switched off.
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "8G" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none" },
    { "name": "pcie1", "segment": 1, "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }], "inbound": [{ "bus": "0x8000_0000", "size": "2G" }] },
    { "name": "pcie2", "segment": 2, "msi": "none", "inbound": [{ "bus": "0x8000_0000", "size": "2G" }], "disabled": true },
    { "name": "pcie3", "segment": 3, "msi": "none", "inbound": "unknown" },
    { "name": "pcie4", "segment": 4, "msi": "none", "inbound": [{ "bus": "0x8000_0000", "size": "2G" }], "iommu": "unknown" },
  ],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      const { inbound, anchor, disabled } = bridge;
      if (inbound === undefined || disabled === true) continue;
      const because = whyUnknown(plan, bridge);
      if (because !== undefined) yield notChecked(because);
      else if (!hasIommu(plan, bridge)) {
        const missed = unreachedAddresses(bridge).flatMap((one) => (holdsSystemMemory(plan, one) ? systemMemoryIn(plan, one, Infinity) : []));
        const { ranges: parts } = new RangeSet(missed.map((one) => one.range));
        if (parts.length > 0) yield { at: under(anchor, "inbound"), data: { bridge, parts }, related: missed.slice(0, 16).map(relatedMemory) };
      }
    }
  },
  message({ bridge, parts }) {
    const [first] = parts;
    const more = parts.length === 1 ? "" : ` and ${parts.length - 1} more ${parts.length === 2 ? "range" : "ranges"}`;
    const unreached = `${first ? printRangeAndSize(first) : "some"} of memory${more}`;
    return `DMA below ${bridge.name} does not reach ${unreached}: no inbound window covers it, and there is no IOMMU`;
  },
  fix: ({ data }) => [addWindowsFix(data)],
});

function whyUnknown(plan: Plan, bridge: HostBridge): string | undefined {
  if (bridge.inbound === "unknown") return `the inbound windows of ${bridge.name} are unknown`;
  if (isMisread(plan, under(bridge.anchor, "inbound"))) return `the inbound windows of ${bridge.name} could not all be read`;
  const fronts = hasIommu(plan, bridge) ? [] : iommusInFront(plan, bridge).map((one) => one.inFront);
  return fronts.find((one) => one.kind === "unknown")?.because;
}

/** True when an IOMMU that is switched on translates for some of the functions: those that it leaves out are for other rules. */
function hasIommu(plan: Plan, bridge: HostBridge): boolean {
  return iommusInFront(plan, bridge).some((one) => one.inFront.kind === "iommu");
}


function relatedMemory(piece: Occupant<"pa">): { at: Occupant["at"]; message: string } {
  return { at: piece.entry, message: `${nameAndNoun(piece)}: ${printRangeAndSize(piece.range)} of it` };
}

/** One inbound window for each part, with the translation of the last window that is there. */
function addWindowsFix({ bridge, parts }: Unreached): Fix {
  const windows = inboundWindows(bridge);
  const last = windows.at(-1);
  const offset = last ? busOffset(last) : 0n;
  const entries: Json[] = parts.map((one) => {
    return { bus: printAddress(one.base + offset), cpu: printAddress(one.base), size: printSizeLiteral(sizeOf(one)) };
  });
  const ranges = parts.slice(0, 3).map(printRange).join(", ");
  const title = `Add ${parts.length === 1 ? "an inbound window" : `${parts.length} inbound windows`} for ${ranges}${parts.length > 3 ? ", …" : ""}`;
  const to = under(bridge.anchor, "inbound");
  if (windows.length === 0) return { title, edits: [{ op: "replace", at: to, value: { json: entries } }] };
  return { title, edits: entries.map((json) => ({ op: "insert", to, behind: windows.length - 1, value: { json } })) };
}
