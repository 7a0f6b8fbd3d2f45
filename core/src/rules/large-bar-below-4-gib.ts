// A large BAR that could lie above 4 GiB takes the scarce addresses below.
import type { AddressRange } from "../address";
import { address, sizeOf } from "../address";
import type { Extent } from "../language/valueType";
import { barPlaces, decodableSize } from "../plan/barPlacement";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { accessTo, BELOW_4_GIB, busOccupant, isIo, isSwitchedOff } from "../plan/pciWindows";
import { rangeEdits } from "../plan/placement";
import type { HostBridge, HostWindow } from "../platform";
import { printAddress, printSize } from "../print";
import { defineRule, notChecked } from "../rule";

interface LowBar {
  readonly node: PciNode;
  readonly bar: number;
  readonly type: HostWindow["type"];
  readonly extent: Extent<"bus">;
  readonly range: AddressRange<"bus">;
  readonly window: HostWindow;
}

/** From here on a BAR is a good part of all that there is below 4 GiB. */
const LARGE = 256n << 20n;

export const largeBarBelow4Gib = defineRule<LowBar>({
  id: "large-bar-below-4-gib",
  catalogue: "PCI014",
  severity: "info",
  since: "0.1.0",
  summary: "A 64-bit BAR of 256 MiB or more lies below 4 GiB.",
  why: `The addresses below 4 GiB are shared by memory, configuration space, every 32-bit BAR and every window that is not prefetchable. One graphics card or
accelerator there can leave no room for the next device, and pushes memory up. The host bridge has a window above 4 GiB with room for the BAR.

Firmware has a switch for it ("Above 4G decoding"). A machine whose host bridge has no such window is not reported, nor is a BAR that is not
prefetchable behind a bridge, which has to stay low.`,
  sources: ["domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [
      { "type": "mem32", "cpu": "0x4000_0000", "size": "1G" },
      { "type": "mem64-prefetchable", "cpu": "0x40_0000_0000", "size": "64G" },
      //                                     ~~~~~~~~~~~~~~~~ window of pcie0 above 4 GiB (64 GiB)
    ],
    "devices": [{
      "at": "00:01.0", "name": "gpu", "type": "integrated-endpoint",
      "bars": [{ "bar": 2, "base": "0x4000_0000", "size": "256M", "type": "mem64-prefetchable" }],
      //                           ^^^^^^^^^^^^^ info: BAR 2 of gpu (0000:00:01.0), 256 MiB, lies below 4 GiB, although it has 64 bits and pcie0 has a window above
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [
      { "type": "mem32", "cpu": "0x4000_0000", "size": "1G" },
      { "type": "mem64-prefetchable", "cpu": "0x40_0000_0000", "size": "64G" },
    ],
    "devices": [{
      "at": "00:01.0", "name": "gpu", "type": "integrated-endpoint",
      "bars": [{ "bar": 2, "base": "0x40_0000_0000", "size": "256M", "type": "mem64-prefetchable" }],
    }],
  }],
}`,
    },
  ],
  good: [
    // No window above; a BAR that is not large; one that must stay low.
    `{
  "platform": "board",
  "pci": [
    {
      "name": "pcie0", "segment": 0, "msi": "none",
      "windows": [{ "type": "mem32", "cpu": "0x4000_0000", "size": "512M" }],
      "devices": [{ "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 2, "base": "0x4000_0000", "size": "256M", "type": "mem64-prefetchable" }] }],
    },
    {
      "name": "pcie1", "segment": 1, "msi": "none",
      "windows": [{ "type": "mem32", "cpu": "0x6000_0000", "size": "1G" }, { "type": "mem64-prefetchable", "cpu": "0x40_0000_0000", "size": "64G" }],
      "devices": [
        { "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 2, "base": "0x6000_0000", "size": "128M", "type": "mem64-prefetchable" }] },
        {
          "at": "00:02.0", "type": "root-port", "buses": "01-01", "windows": [{ "type": "mem32", "bus": "0x7000_0000", "size": "256M" }],
          "devices": [{ "at": "01:00.0", "type": "endpoint", "bars": [{ "bar": 0, "base": "0x7000_0000", "size": "256M", "type": "mem64" }] }],
        },
      ],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      for (const { bar, type, size, busExtent } of known(node.function.bars)) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || size < LARGE || range.base >= BELOW_4_GIB.end || isSwitchedOff(node)) continue;
        if (type !== "mem64-prefetchable" && !(type === "mem64" && !node.parent)) continue;
        if (node.hostBridge.windows === "unknown") yield notChecked(`the windows of ${node.hostBridge.name} are unknown`);
        const window = windowAbove4Gib(node.hostBridge, size);
        const related = { at: window?.busExtent?.at ?? node.anchor, message: `window of ${node.hostBridge.name} above 4 GiB (${printSize(window?.size ?? 0n)})` };
        if (window) yield { at: busExtent.at, data: { node, bar, type, extent: busExtent, range, window }, related: [related] };
      }
    }
  },
  message: ({ node, bar, range }) =>
    `BAR ${bar} of ${node.label}, ${printSize(sizeOf(range))}, lies below 4 GiB, although it has 64 bits and ${node.hostBridge.name} has a window above`,
  fix({ data: { node, bar, type, extent, range } }, plan) {
    const occupant = busOccupant(plan, node.hostBridge, type, extent);
    if (!occupant || accessTo(plan, node).unknown !== undefined) return [];
    const places = barPlaces(plan, node, occupant, type, decodableSize(sizeOf(range), type));
    return places.filter((base) => base >= BELOW_4_GIB.end).map((base) => ({
      title: `Move BAR ${bar} of ${node.label} to ${printAddress(base)}`,
      edits: rangeEdits(occupant, { base, end: address(base + sizeOf(range)) }),
    }));
  },
});

function windowAbove4Gib({ windows }: HostBridge, size: bigint): HostWindow | undefined {
  return known<HostWindow>(windows).find(({ type, busExtent }) => !isIo(type) && busExtent !== undefined && busExtent.ranges[0].base >= BELOW_4_GIB.end && sizeOf(busExtent.ranges[0]) >= size);
}
