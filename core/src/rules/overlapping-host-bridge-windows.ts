// CPU addresses that two host bridges forward.
import { describeOverlap, relatedOccupant } from "../describe/overlap";
import type { Overlap } from "../plan/overlaps";
import { defineRule } from "../rule";

export const overlappingHostBridgeWindows = defineRule<Overlap>({
  id: "overlapping-host-bridge-windows",
  catalogue: "PCI001",
  severity: "error",
  since: "0.1.0",
  summary: "Windows of two host bridges share CPU addresses.",
  why: `A CPU that reads a shared address is answered by two root complexes, or by whichever the interconnect happens to ask first. A device
that is placed there by one bridge's allocator cannot be reached, and the kernel refuses the second window.

Only the CPU side counts. Each host bridge has bus addresses of its own, so several may use the same ones. Which of the two windows is
wrong is known to the SoC's manual alone: there is no fix to offer.`,
  sources: ["domain.md 7.5", "linux/drivers/pci/probe.c, pci_register_host_bridge"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }] },
    //                                                                                    ~~~~~~~~~~~~~ mem32 window of pcie0 0x5000_0000-0x57ff_ffff (128 MiB)
    { "name": "pcie1", "segment": 1, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x5400_0000", "size": "128M" }] },
    //                                                                                    ^^^^^^^^^^^^^ error: mem32 window of pcie1 overlaps mem32 window of pcie0 in 0x5400_0000-0x57ff_ffff (64 MiB) of the physical map: 0x5400_0000-0x5bff_ffff and 0x5000_0000-0x57ff_ffff
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none", "windows": [{ "type": "io", "cpu": "0x5f80_0000", "bus": "0x0", "size": "64K" }] },
    { "name": "pcie1", "segment": 1, "msi": "none", "windows": [{ "type": "io", "cpu": "0x5f80_0000", "bus": "0x0", "size": "64K" }] },
    //                                                                                 ^^^^^^^^^^^^^ error: io window of pcie1 overlaps io window of pcie0 in 0x5f80_0000-0x5f80_ffff (64 KiB) of the physical map: 0x5f80_0000-0x5f80_ffff and 0x5f80_0000-0x5f80_ffff
  ],
}`,
    },
  ],
  good: [
    // Bus addresses may be the same: only the CPU side is shared by the bridges.
    `{
  "platform": "lx2160a",
  "pci": [
    { "name": "pcie2", "segment": 2, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x90_4000_0000", "bus": "0x4000_0000", "size": "1G" }] },
    { "name": "pcie3", "segment": 3, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x98_4000_0000", "bus": "0x4000_0000", "size": "1G" }] },
  ],
}`,
    // Neighbours share nothing.
    `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "64M" }] },
    { "name": "pcie1", "segment": 1, "msi": "none", "windows": [{ "type": "mem32", "cpu": "0x5400_0000", "size": "64M" }] },
  ],
}`,
  ],
  *check(plan) {
    for (const overlap of plan.overlaps.overlaps) {
      if (overlap.kind === "host-bridge-windows") yield { at: overlap.later.at, data: overlap, related: [relatedOccupant(overlap.earlier)] };
    }
  },
  message: describeOverlap,
});
