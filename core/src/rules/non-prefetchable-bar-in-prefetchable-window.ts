// A BAR that is not prefetchable lies where only a prefetchable window of the bridge above leads.
import type { AddressRange } from "../address";
import { address, sizeOf } from "../address";
import { relatedWindows } from "../describe/windows";
import type { Extent } from "../language/valueType";
import { barPlaces, decodableSize } from "../plan/barPlacement";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { BusAccess, WindowType } from "../plan/pciWindows";
import { accessTo, busOccupant, isIo, isLegacyMemory, isPrefetchable, isSwitchedOff } from "../plan/pciWindows";
import { rangeEdits } from "../plan/placement";
import { printAddress, printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface Misplaced {
  readonly node: PciNode;
  readonly bar: number;
  readonly type: WindowType;
  readonly extent: Extent<"bus">;
  readonly range: AddressRange<"bus">;
  readonly access: BusAccess;
}

/** Reading ahead in a ROM does no harm: the kernel places it as if it were prefetchable. */
const EXPANSION_ROM = 6;

export const nonPrefetchableBarInPrefetchableWindow = defineRule<Misplaced>({
  id: "non-prefetchable-bar-in-prefetchable-window",
  catalogue: "PCI007",
  severity: "error",
  since: "0.1.0",
  summary: "A BAR that is not prefetchable lies in a prefetchable window.",
  why: `A bridge may read ahead in its prefetchable window, and merge writes. Registers that clear when they are read, or that count writes, do not survive
that. So what is not prefetchable belongs into the other window, which is always below 4 GiB.

On a path that is PCIe all the way nobody reads ahead, and firmware does put 64-bit BARs (\`mem64\`) into the prefetchable window because it alone
reaches above 4 GiB: those are only reported behind a conventional bridge. A host bridge does not tell the two apart, and an expansion ROM may lie
in either window.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 4.1", "PCI Express base specification, additional guidance on the prefetchable bit", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [
        { "type": "mem32", "bus": "0x5000_0000", "size": "1M" },
        { "type": "mem32-prefetchable", "bus": "0x5010_0000", "size": "1M" },
        //                                     ~~~~~~~~~~~~~ mem32-prefetchable window of rp0 (0000:00:00.0) 0x5010_0000-0x501f_ffff (1 MiB)
      ],
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint",
        "bars": [{ "bar": 0, "base": "0x5010_0000", "size": "16K", "type": "mem32" }],
        //                           ^^^^^^^^^^^^^ error: BAR 0 of nic0 (0000:01:00.0), bus addresses 0x5010_0000-0x5010_3fff, is not prefetchable, but lies in a prefetchable window of rp0 (0000:00:00.0)
      }],
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [
        { "type": "mem32", "bus": "0x5000_0000", "size": "1M" },
        { "type": "mem32-prefetchable", "bus": "0x5010_0000", "size": "1M" },
      ],
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint",
        "bars": [{ "bar": 0, "base": "0x500f_c000", "size": "16K", "type": "mem32" }],
      }],
    }],
  }],
}`,
    },
  ],
  good: [
    // A prefetchable BAR may lie in either window; a 64-bit one on a PCIe path too.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }, { "type": "mem64-prefetchable", "cpu": "0x40_0000_0000", "size": "4G" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }, { "type": "mem64-prefetchable", "bus": "0x40_0000_0000", "size": "1M" }],
      "devices": [{
        "at": "01:00.0", "type": "endpoint",
        "bars": [
          { "bar": 0, "base": "0x5000_0000", "size": "16K", "type": "mem64-prefetchable" },
          { "bar": 2, "base": "0x40_0000_0000", "size": "16K", "type": "mem64" },
          { "bar": 6, "base": "0x5000_8000", "size": "16K", "type": "mem32" },
        ],
      }],
    }],
  }],
}`,
    // The host bridge's window serves both.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32-prefetchable", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{ "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "4K", "type": "mem32" }] }],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      const bars = known(node.function.bars);
      if (!node.parent || bars.length === 0 || isSwitchedOff(node)) continue;
      const access = accessTo(plan, node);
      if (access.unknown !== undefined) {
        yield notChecked(access.unknown);
        continue;
      }
      for (const { bar, type, busExtent } of bars) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || bar === EXPANSION_ROM || isIo(type) || isPrefetchable(type) || isLegacyMemory(plan.platform, range)) continue;
        if (access.admits(type, range) || !access.reaches(type, range) || (type === "mem64" && isExpress(node))) continue;
        yield { at: busExtent.at, data: { node, bar, type, extent: busExtent, range, access }, related: relatedWindows(access, type) };
      }
    }
  },
  message: ({ node, bar, range, access }) =>
    `BAR ${bar} of ${node.label}, bus addresses ${printRange(range)}, is not prefetchable, but lies in a prefetchable window of ${access.bridge}`,
  fix({ data: { node, bar, type, extent, range } }, plan) {
    const occupant = busOccupant(plan, node.hostBridge, type, extent);
    if (!occupant) return [];
    return barPlaces(plan, node, occupant, type, decodableSize(sizeOf(range), type)).map((base) => ({
      title: `Move BAR ${bar} of ${node.label} to ${printAddress(base)}`,
      edits: rangeEdits(occupant, { base, end: address(base + sizeOf(range)) }),
    }));
  },
});

/** True unless the function or a bridge above it is known to be conventional PCI. */
function isExpress(node: PciNode): boolean {
  for (const one of [node, ...ancestors(node)]) {
    const { type } = one.function;
    if (type === "pci-bridge" || type === "pci-device" || type === "pcie-to-pci-bridge" || type === "pci-to-pcie-bridge") return false;
  }
  return true;
}
