// A BAR at addresses that no window brings down to it.
import type { AddressRange } from "../address";
import { address, sizeOf } from "../address";
import { relatedWindows } from "../describe/windows";
import type { Extent } from "../language/valueType";
import { barPlaces, decodableSize } from "../plan/barPlacement";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { BusAccess, WindowType } from "../plan/pciWindows";
import { accessTo, busOccupant, isIo, isLegacyMemory, isSwitchedOff } from "../plan/pciWindows";
import { rangeEdits } from "../plan/placement";
import { enclosingWindowFixes } from "../plan/windowGrowth";
import { printAddress, printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface StrayBar {
  readonly node: PciNode;
  readonly bar: number;
  readonly type: WindowType;
  readonly extent: Extent<"bus">;
  readonly range: AddressRange<"bus">;
  readonly access: BusAccess;
}

export const barOutsideWindows = defineRule<StrayBar>({
  id: "bar-outside-windows",
  catalogue: "PCI006",
  severity: "error",
  since: "0.1.0",
  summary: "A BAR lies outside every window of the bridge above it.",
  why: `A bridge forwards the addresses of its windows and nothing else. A BAR beside them never sees a request: reads come back as all ones, and
the driver finds no device.

Windows and BARs are compared in bus addresses. A function on the host bridge's first bus is reached through the host bridge's windows. A
BAR without \`base\` has no place yet, and that is fine.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 4.1", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
      //                                    ~~~~~~~~~~~~~ mem32 window of rp0 (0000:00:00.0) 0x5000_0000-0x500f_ffff (1 MiB)
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint",
        "bars": [
          { "bar": 0, "base": "0x5000_0000", "size": "512K", "type": "mem32" },
          { "bar": 3, "base": "0x5010_0000", "size": "16K", "type": "mem32" },
          //                  ^^^^^^^^^^^^^ error: BAR 3 of nic0 (0000:01:00.0), bus addresses 0x5010_0000-0x5010_3fff, is outside every memory window of rp0 (0000:00:00.0)
        ],
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
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint",
        "bars": [
          { "bar": 0, "base": "0x5000_0000", "size": "512K", "type": "mem32" },
          { "bar": 3, "base": "0x500f_c000", "size": "16K", "type": "mem32" },
        ],
      }],
    }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    //      ~~~~~~~ pcie0 has no I/O window
    "windows": [{ "type": "mem32", "cpu": "0x80_4000_0000", "bus": "0x4000_0000", "size": "1G" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [
        { "bar": 0, "base": "0x4000_0000", "size": "4K", "type": "mem64" },
        { "bar": 4, "base": "0xe080", "size": "32", "type": "io" },
        //                  ^^^^^^^^ error: BAR 4 of 0000:00:02.0, I/O ports 0xe080-0xe09f, is outside every I/O window of pcie0
      ],
    }],
  }],
}`,
    },
    {
      // In the window of the port beside it, which is not an overlap as well.
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x1000_0000", "size": "16M" }],
    "devices": [
      {
        "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01", "windows": [{ "type": "mem32", "bus": "0x1000_0000", "size": "1M" }],
        "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "bars": [{ "bar": 0, "base": "0x1010_0000", "size": "64K", "type": "mem32" }] }],
        //                                                                                              ^^^^^^^^^^^^^ error: BAR 0 of nic0 (0000:01:00.0), bus addresses 0x1010_0000-0x1010_ffff, is outside every memory window of rp0 (0000:00:01.0)
      },
      { "at": "00:02.0", "name": "rp1", "type": "root-port", "buses": "02-02", "windows": [{ "type": "mem32", "bus": "0x1010_0000", "size": "1M" }] },
    ],
  }],
}`,
    },
  ],
  good: [
    // No place yet; windows that nobody knows; a function that is switched off.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [
      { "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 0, "size": "4K", "type": "mem32" }] },
      { "at": "00:02.0", "type": "root-port", "buses": "01-01", "windows": "unknown", "devices": [{ "at": "01:00.0", "type": "endpoint", "bars": [{ "bar": 0, "base": "0x9000_0000", "size": "4K", "type": "mem32" }] }] },
      { "at": "00:03.0", "type": "integrated-endpoint", "disabled": true, "bars": [{ "bar": 0, "base": "0x9010_0000", "size": "4K", "type": "mem32" }] },
    ],
  }],
}`,
    // The shadow of a VGA card's ROM; a 64-bit BAR in the 32-bit window, as it must be when it is not prefetchable.
    `{
  "platform": "q35",
  "arch": "x86_64",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0xc000_0000", "size": "512M" }],
    "devices": [
      { "at": "00:01.0", "type": "integrated-endpoint", "bars": [{ "bar": 2, "base": "0xd000_0000", "size": "16K", "type": "mem64" }, { "bar": 6, "base": "0xc_0000", "size": "128K", "type": "mem32" }] },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      const { bars } = node.function;
      if (bars === undefined || bars.length === 0 || isSwitchedOff(node)) continue;
      const access = accessTo(plan, node);
      if (bars === "unknown") yield notChecked(`the BARs of ${node.label} are unknown`);
      else if (access.unknown !== undefined) yield notChecked(access.unknown);
      for (const { bar, type, busExtent } of access.unknown === undefined ? known(bars) : []) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || access.reaches(type, range)) continue;
        if (!isIo(type) && isLegacyMemory(plan.platform, range)) continue;
        yield { at: busExtent.at, data: { node, bar, type, extent: busExtent, range, access }, related: relatedWindows(access, type) };
      }
    }
  },
  message({ node, bar, type, range, access }) {
    const [addresses, window] = isIo(type) ? ["I/O ports", "I/O"] : ["bus addresses", "memory"];
    return `BAR ${bar} of ${node.label}, ${addresses} ${printRange(range)}, is outside every ${window} window of ${access.bridge}`;
  },
  fix({ data: { node, bar, type, extent, range } }, plan) {
    const occupant = busOccupant(plan, node.hostBridge, type, extent);
    if (!occupant) return [];
    const places = barPlaces(plan, node, occupant, type, decodableSize(sizeOf(range), type));
    const moves = places.map((base) => ({
      title: `Move BAR ${bar} of ${node.label} to ${printAddress(base)}`,
      edits: rangeEdits(occupant, { base, end: address(base + sizeOf(range)) }),
    }));
    return [...moves, ...enclosingWindowFixes(plan, node, type, range)];
  },
});
