// Bus addresses that two inbound windows of a host bridge translate.
import type { AddressRange } from "../address";
import { intersection } from "../address";
import { describeOccupant, relatedOccupant } from "../describe/overlap";
import type { Fix } from "../finding";
import type { Occupant, OccupantPair } from "../plan/addressMap";
import { busOffset, inboundMap, inboundWindows } from "../plan/inbound";
import { resizeFix } from "../plan/placement";
import type { HostBridge } from "../platform";
import { printRange, printRangeAndSize } from "../print";
import { defineRule, notChecked } from "../rule";

interface Clash extends OccupantPair<"bus"> {
  readonly bridge: HostBridge;
  readonly earlier: Occupant<"bus">;
  readonly later: Occupant<"bus">;
  readonly shared: AddressRange<"bus">;
}

export const overlappingInboundWindows = defineRule<Clash>({
  id: "overlapping-inbound-windows",
  catalogue: "PCI008",
  severity: "error",
  since: "0.1.0",
  summary: "Two inbound windows of a host bridge share bus addresses.",
  why: `A DMA address in the shared part would have to become two physical addresses. The hardware takes one of them, and nothing says which.
Linux walks the list in ascending order to keep the gaps free, meets an entry that begins before the last one ended, says
\`Failed to reserve IOVA\` and gives up with -EINVAL: every device below the bridge then has no DMA through its IOMMU.

Windows that translate alike can be merged. Physical addresses may be reached through several windows.`,
  sources: ["linux/drivers/iommu/dma-iommu.c, iova_reserve_pci_windows", "domain.md 1.6"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [
      { "bus": "0x8000_0000", "cpu": "0x8000_0000", "size": "3G" },
      //       ~~~~~~~~~~~~~ inbound window 0 of pcie0 0x8000_0000-0x1_3fff_ffff (3 GiB)
      { "bus": "0x1_0000_0000", "cpu": "0x1_0000_0000", "size": "2G" },
      //       ^^^^^^^^^^^^^^^ error: inbound window 1 of pcie0 0x1_0000_0000-0x1_7fff_ffff and inbound window 0 of pcie0 0x8000_0000-0x1_3fff_ffff share 0x1_0000_0000-0x1_3fff_ffff (1 GiB) on the bus
    ],
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "4G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [
      { "bus": "0x8000_0000", "cpu": "0x8000_0000", "size": "4G" },
    ],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [
      { "bus": "0x8000_0000", "cpu": "0x0", "size": "2G" },
      { "bus": "0xffff_f000", "cpu": "0x10_0013_0000", "size": "4K" },
      //       ^^^^^^^^^^^^^ error: inbound window 1 of pcie0 0xffff_f000-0xffff_ffff and inbound window 0 of pcie0 0x8000_0000-0xffff_ffff share 0xffff_f000-0xffff_ffff (4 KiB) on the bus
    ],
  }],
}`,
    },
  ],
  good: [
    // The same memory at two bus addresses; a window of one page for the doorbell.
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x0", "size": "2G" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "inbound": [
      { "bus": "0x0", "cpu": "0x0", "size": "2G" },
      { "bus": "0x10_0000_0000", "cpu": "0x0", "size": "64G" },
      { "bus": "0xff_ffff_f000", "cpu": "0x10_0013_0000", "size": "4K" },
    ],
  }],
}`,
    `{ "platform": "board", "pci": [{ "name": "pcie0", "msi": "none", "inbound": "unknown" }] }`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.inbound === "unknown") yield notChecked(`the inbound windows of ${bridge.name} are unknown`);
      if (inboundWindows(bridge).length < 2) continue;
      for (const { lower, upper } of inboundMap(bridge).pairs()) {
        const shared = intersection(lower.range, upper.range);
        const [earlier, later] = lower.order < upper.order ? [lower, upper] : [upper, lower];
        if (shared) yield { at: later.at, data: { bridge, lower, upper, earlier, later, shared }, related: [relatedOccupant(earlier)] };
      }
    }
  },
  message: ({ earlier, later, shared }) => `${describeOccupant(later)} and ${describeOccupant(earlier)} share ${printRangeAndSize(shared)} on the bus`,
  fix: ({ data }) => (translateAlike(data) ? [mergeFix(data)] : cutFixes(data)),
});

function translateAlike({ bridge, lower, upper }: Clash): boolean {
  const [one, other] = [lower, upper].map(({ order }) => inboundWindows(bridge)[order]).map((window) => window && busOffset(window));
  return one !== undefined && one === other;
}

/** The lower window takes over what the upper one had beyond it. */
function mergeFix({ lower, upper }: Clash): Fix {
  const end = lower.range.end > upper.range.end ? lower.range.end : upper.range.end;
  const merged = { base: lower.range.base, end };
  const grow = end === lower.range.end ? [] : resizeFix(lower, merged).edits;
  return { title: `Merge ${upper.name} into ${lower.name}, then ${printRange(merged)}`, edits: [...grow, { op: "remove", at: upper.entry }] };
}

/** Where they translate differently, the lower one can end before the upper one begins: a base would take its physical address with it. */
function cutFixes({ lower, upper }: Clash): Fix[] {
  if (lower.range.base === upper.range.base || lower.range.end > upper.range.end) return [];
  return [resizeFix(lower, { base: lower.range.base, end: upper.range.base })];
}
