// A bridge's window whose ends the bridge's registers cannot hold.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import type { Extent } from "../language/valueType";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { WindowType } from "../plan/pciWindows";
import { busOccupant, wholeSteps, windowGranule } from "../plan/pciWindows";
import { endAnchor } from "../plan/places";
import { resizeFix } from "../plan/placement";
import { printAddress, printSize } from "../print";
import { defineRule } from "../rule";

interface MisalignedWindow {
  readonly node: PciNode;
  readonly type: WindowType;
  readonly extent: Extent<"bus">;
  readonly range: AddressRange<"bus">;
}

export const misalignedBridgeWindow = defineRule<MisalignedWindow>({
  id: "misaligned-bridge-window",
  catalogue: "PCI003",
  severity: "error",
  since: "0.1.0",
  summary: "A bridge's window does not begin or end where such a window can.",
  why: `The registers of a PCI-to-PCI bridge hold the upper bits of the first and the last address of a window. What they leave out makes memory
windows multiples of 1 MiB, and I/O windows multiples of 4 KiB, in base and in size. The hardware forwards whole steps of that, so a window
as it is written here does not exist.

Host bridge windows are not meant: the SoC defines what those can be.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 3.2.5.6 to 3.2.5.9", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }, { "type": "io", "bus": "0x0", "size": "64K" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [
        { "type": "mem32", "bus": "0x5000_0000", "size": "64K" },
        //                                               ^^^^^ error: mem32 window of rp0 (0000:00:00.0) is 64 KiB, which is not a multiple of 1 MiB
        { "type": "io", "range": "0x1100-0x1fff" },
        //                       ^^^^^^^^^^^^^^^ error: io window of rp0 (0000:00:00.0) begins at 0x1100, which is not a multiple of 4 KiB
      ],
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }, { "type": "io", "bus": "0x0", "size": "64K" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [
        { "type": "mem32", "bus": "0x5000_0000", "size": "1M" },
        { "type": "io", "range": "0x1100-0x1fff" },
      ],
    }],
  }],
}`,
    },
  ],
  good: [
    // The host bridge's own windows may be of any size: Raspberry Pi 5 leaves out the last word.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x1f_0000_0000", "bus": "0x0", "size": "0xffff_fffc" }, { "type": "io", "bus": "0xd00", "size": "0xf300" }],
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "bus": "0x0", "size": "5M" }, { "type": "io", "range": "0x1000-0x1fff" }],
    }],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      for (const { type, busExtent } of known(node.function.windows)) {
        const range = busExtent?.ranges[0];
        if (!busExtent || !range) continue;
        const granule = windowGranule(type);
        if (range.base % granule === 0n && range.end % granule === 0n) continue;
        yield { at: range.base % granule === 0n ? endAnchor(busExtent) : busExtent.at, data: { node, type, range, extent: busExtent } };
      }
    }
  },
  message({ node, type, range }) {
    const granule = windowGranule(type);
    const fault = range.base % granule === 0n ? `is ${printSize(sizeOf(range))}` : `begins at ${printAddress(range.base)}`;
    return `${type} window of ${node.label} ${fault}, which is not a multiple of ${printSize(granule)}`;
  },
  fix({ data: { node, type, range, extent } }, plan) {
    const occupant = busOccupant(plan, node.hostBridge, type, extent);
    return occupant ? [resizeFix(occupant, wholeSteps(range, windowGranule(type)))] : [];
  },
});
