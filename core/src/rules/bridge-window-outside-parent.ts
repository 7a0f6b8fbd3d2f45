// A bridge forwards addresses that do not get as far as the bridge.
import type { AddressRange } from "../address";
import { relatedWindows } from "../describe/windows";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { BusAccess, WindowType } from "../plan/pciWindows";
import { accessTo, isIo, isPrefetchable, isSwitchedOff } from "../plan/pciWindows";
import { enclosingWindowFixes } from "../plan/windowGrowth";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface StrayWindow {
  readonly node: PciNode;
  readonly type: WindowType;
  readonly range: AddressRange<"bus">;
  readonly access: BusAccess;
}

export const bridgeWindowOutsideParent = defineRule<StrayWindow>({
  id: "bridge-window-outside-parent",
  catalogue: "PCI002",
  severity: "error",
  since: "0.1.0",
  summary: "A bridge's window is not inside a window of the bridge above it.",
  why: `A request comes down the tree one bridge at a time, and each forwards only what lies in its own windows. What a lower bridge forwards
beyond that never gets to it: the devices behind it do not answer, and the kernel throws the window away and allocates another one where
it can.

Memory that is not prefetchable must come through windows that are not prefetchable. Prefetchable memory may come through either. A host
bridge serves every memory type, by address alone. All addresses are bus addresses.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 3.2.5", "linux/drivers/pci/pci.c, pci_find_parent_resource", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-03",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
      //                                    ~~~~~~~~~~~~~ mem32 window of rp0 (0000:00:00.0) 0x5000_0000-0x500f_ffff (1 MiB)
      "devices": [{
        "at": "01:00.0", "name": "up0", "type": "upstream-port", "buses": "02-03",
        "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }],
        //                                    ^^^^^^^^^^^^^ error: mem32 window of up0 (0000:01:00.0), bus addresses 0x5000_0000-0x501f_ffff, is not inside a non-prefetchable window of rp0 (0000:00:00.0)
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
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-03",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }],
      "devices": [{
        "at": "01:00.0", "name": "up0", "type": "upstream-port", "buses": "02-03",
        "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }],
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
    "windows": [{ "type": "mem64-prefetchable", "cpu": "0x40_0000_0000", "size": "4G" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "io", "range": "0x1000-0x1fff" }],
      //                                   ^^^^^^^^^^^^^^^ error: io window of rp0 (0000:00:00.0), I/O ports 0x1000-0x1fff, is not inside an I/O window of pcie0
    }],
  }],
}`,
    },
  ],
  good: [
    // A host bridge serves every memory type; prefetchable memory may come through a window that is not.
    `{
  "platform": "q35",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "io", "bus": "0xd00", "size": "0xf300" }, { "type": "mem32", "cpu": "0xc000_0000", "size": "0x3ec0_0000" }],
    "devices": [{
      "at": "00:02.0", "type": "root-port", "buses": "01-03",
      "windows": [{ "type": "io", "range": "0x1000-0x1fff" }, { "type": "mem32", "range": "0xfde0_0000-0xfe3f_ffff" }, { "type": "mem64-prefetchable", "range": "0xfe60_0000-0xfebf_ffff" }],
      "devices": [{
        "at": "01:00.0", "type": "upstream-port", "buses": "02-03",
        "windows": [{ "type": "mem32", "range": "0xfe20_0000-0xfe2f_ffff" }, { "type": "mem32-prefetchable", "range": "0xfe30_0000-0xfe3f_ffff" }],
      }],
    }],
  }],
}`,
    // A window may lie across two windows that touch.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "64M" }, { "type": "mem32", "cpu": "0x5400_0000", "size": "64M" }],
    "devices": [{ "at": "00:00.0", "type": "root-port", "buses": "01-01", "windows": [{ "type": "mem32", "bus": "0x53f0_0000", "size": "2M" }] }],
  }],
}`,
    // Nobody knows what the port forwards.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "64M" }],
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-02", "windows": "unknown",
      "devices": [{ "at": "01:00.0", "type": "pcie-to-pci-bridge", "buses": "02-02", "windows": [{ "type": "mem32", "bus": "0x8000_0000", "size": "1M" }] }],
    }],
  }],
}`,
    // A bridge that decodes subtractively also passes on what nobody else on its bus claims.
    `{
  "platform": "ich9",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0xc000_0000", "size": "512M" }],
    "devices": [{
      "at": "00:1e.0", "type": "pci-bridge", "class": "060401", "buses": "02-03", "windows": [],
      "devices": [{ "at": "02:01.0", "type": "pci-bridge", "buses": "03-03", "windows": [{ "type": "mem32", "bus": "0xc000_0000", "size": "1M" }] }],
    }],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      const { windows } = node.function;
      if (windows === undefined || windows.length === 0 || isSwitchedOff(node)) continue;
      const access = accessTo(plan, node);
      if (windows === "unknown") yield notChecked(`the windows of ${node.label} are unknown`);
      else if (access.unknown !== undefined) yield notChecked(access.unknown);
      for (const { type, busExtent } of access.unknown === undefined ? known(windows) : []) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range || access.admits(type, range)) continue;
        yield { at: busExtent.at, data: { node, type, range, access }, related: relatedWindows(access, type) };
      }
    }
  },
  message({ node, type, range, access }) {
    const space = isIo(type) ? "I/O ports" : "bus addresses";
    return `${type} window of ${node.label}, ${space} ${printRange(range)}, is not inside ${neededWindow(access, type)} of ${access.bridge}`;
  },
  fix: ({ data: { node, type, range } }, plan) => enclosingWindowFixes(plan, node, type, range),
});

function neededWindow(access: BusAccess, type: WindowType): string {
  if (isIo(type)) return "an I/O window";
  return isPrefetchable(type) || access.isOfHost ? "a memory window" : "a non-prefetchable window";
}
