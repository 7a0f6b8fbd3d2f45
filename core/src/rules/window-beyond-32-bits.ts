// A window of 32-bit addresses that reaches past 4 GiB.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { AddressRange } from "../address";
import { intersection } from "../address";
import type { Fix } from "../finding";
import type { Extent } from "../language/valueType";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { WindowType } from "../plan/pciWindows";
import { accessTo, BELOW_4_GIB, busMapOf, busOccupant } from "../plan/pciWindows";
import { moveFixes } from "../plan/placement";
import type { Plan } from "../plan/plan";
import type { HostBridge } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";

interface WideWindow {
  readonly type: WindowType;
  readonly range: AddressRange<"bus">;
  readonly window: Anchor;
  readonly extent: Extent<"bus">;
  /** Undefined for a window of the host bridge. */
  readonly node: PciNode | undefined;
  readonly hostBridge: HostBridge;
}

export const windowBeyond32Bits = defineRule<WideWindow>({
  id: "window-beyond-32-bits",
  catalogue: "PCI004",
  severity: "error",
  since: "0.1.0",
  summary: "A window with 32-bit addresses reaches past 4 GiB on the bus.",
  why: `A register for a 32-bit window has no bits for what lies above 4 GiB, and a device with a 32-bit BAR cannot be placed there: the part
above is never used, or the upper bits are cut off and the window lies somewhere else.

A bridge has such a register for all memory that is not prefetchable, so its \`mem64\` window is held to the same. Only its prefetchable
window may be 64 bits wide. A host bridge may forward 64-bit addresses of any kind. It is the bus address that counts: the CPU may see a
32-bit window anywhere.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 3.2.5.8 and 3.2.5.10", "domain.md 7.5", "language.md, PCI004"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x40_4000_0000", "size": "1G" }],
    //                                    ^^^^^^^^^^^^^^^^ error: mem32 window of pcie0 has bus addresses 0x40_4000_0000-0x40_7fff_ffff: 32 bits end at 0xffff_ffff
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64", "cpu": "0x40_4000_0000", "size": "1G" }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64", "cpu": "0x40_0000_0000", "size": "4G" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem64", "bus": "0x40_0000_0000", "size": "1M" }],
      //                                    ^^^^^^^^^^^^^^^^ error: mem64 window of rp0 (0000:00:00.0) has bus addresses 0x40_0000_0000-0x40_000f_ffff: a bridge's window without prefetch has 32 bits, which end at 0xffff_ffff
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64", "cpu": "0x40_0000_0000", "size": "4G" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem64-prefetchable", "bus": "0x40_0000_0000", "size": "1M" }],
    }],
  }],
}`,
    },
  ],
  good: [
    // Bus addresses below 4 GiB, wherever the CPU sees them; 64-bit memory without prefetch on the host bridge.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [
      { "type": "mem32", "cpu": "0x80_4000_0000", "bus": "0x4000_0000", "size": "3G" },
      { "type": "mem64", "cpu": "0x90_0000_0000", "size": "4G" },
    ],
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "range": "0xfff0_0000-0xffff_ffff" }, { "type": "mem64-prefetchable", "bus": "0x90_0000_0000", "size": "1G" }],
    }],
  }],
}`,
  ],
  *check(plan) {
    for (const hostBridge of plan.platform.pci ?? []) {
      for (const { type, busExtent, anchor } of known(hostBridge.windows)) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || !is32Bit(type) || range.end <= BELOW_4_GIB.end) continue;
        yield { at: busExtent.at, data: { type, range, window: anchor, extent: busExtent, node: undefined, hostBridge } };
      }
    }
    for (const node of plan.functions) {
      for (const { type, busExtent, anchor } of known(node.function.windows)) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || !(is32Bit(type) || type === "mem64") || range.end <= BELOW_4_GIB.end) continue;
        yield { at: busExtent.at, data: { type, range, window: anchor, extent: busExtent, node, hostBridge: node.hostBridge } };
      }
    }
  },
  message({ type, range, node, hostBridge }) {
    const limit = type === "mem64" ? "a bridge's window without prefetch has 32 bits, which end at 0xffff_ffff" : "32 bits end at 0xffff_ffff";
    return `${type} window of ${node?.label ?? hostBridge.name} has bus addresses ${printRange(range)}: ${limit}`;
  },
  fix: ({ data }, plan) => [...markFixes(data), ...moveBelow4GiB(data, plan)],
});

function is32Bit(type: WindowType): boolean {
  return type === "mem32" || type === "mem32-prefetchable";
}

/** What the window may say that it is, so that its addresses are right. */
function markFixes({ type, window, node }: WideWindow): Fix[] {
  const next = node === undefined && type === "mem32" ? "mem64" : "mem64-prefetchable";
  return [{ title: `Make it a ${next} window`, edits: [{ op: "replace", at: under(window, "type"), value: { json: next } }] }];
}

/** Places below 4 GiB that the bridges above forward. A host bridge's window stays where its SoC has wired it. */
function moveBelow4GiB({ type, extent, node }: WideWindow, plan: Plan): Fix[] {
  if (!node) return [];
  const occupant = busOccupant(plan, node.hostBridge, type, extent);
  if (!occupant) return [];
  const places = accessTo(plan, node).fitting(type).map((one) => intersection(one.range, BELOW_4_GIB));
  return places.flatMap((within) => (within ? moveFixes(busMapOf(plan, node.hostBridge, type), occupant, within) : []));
}
