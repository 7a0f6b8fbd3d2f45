// A function whose MSI takes only 32-bit addresses has its doorbell at or above 4 GiB.
import { under } from "../anchor";
import type { EmittedAddress, MsiRoute } from "../plan/msiRoutes";
import { msiRouteOf, msiRouting } from "../plan/msiRoutes";
import { moveMsiWindowFixes } from "../plan/msiWindowPlace";
import type { PciNode } from "../plan/pciTree";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

interface TooFar {
  readonly node: PciNode;
  readonly route: MsiRoute;
}

export const doorbellBeyond32BitMsi = defineRule<TooFar>({
  id: "doorbell-beyond-32-bit-msi",
  catalogue: "MSI009",
  severity: "warning",
  since: "0.1.0",
  summary: "A function with 32-bit MSI has a doorbell above 4 GiB.",
  why: `The address register of an MSI capability is 32 or 64 bits wide. A function with the narrow one cannot hold a doorbell address at or above 4 GiB:
the system falls back to wired interrupts, or the function has none. Behind an IOMMU the address is that of the MSI window, so a window below 4 GiB
serves every device, wherever the doorbell itself lies. MSI-X always has 64-bit addresses.`,
  sources: ["PCI Local Bus specification 3.0, 6.8.1 MSI capability structure", "domain.md 3.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x10_0000_0000", "size": "64K" }],
  //                                                        ~~~~~~~~~~~~~~~~ doorbell v2m0 0x10_0000_0000-0x10_0000_ffff
  "pci": [
    {
      "name": "pcie0", "msi": "v2m0",
      "devices": [
        { "at": "00:01.0", "name": "nic0", "type": "endpoint", "msi": { "address64": false, "vectors": 1 } },
        //                                                                           ^^^^^ warning: nic0 (0000:00:01.0) takes only MSI addresses below 4 GiB, but its doorbell is at 0x10_0000_0000-0x10_0000_ffff
      ],
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x8_0000_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0",
      "devices": [
        { "at": "00:01.0", "name": "nic0", "type": "endpoint", "msi": { "address64": false, "vectors": 1 } },
        //                                                                           ^^^^^ warning: nic0 (0000:00:01.0) takes only MSI addresses below 4 GiB, but its doorbell is at 0x8_0000_0000-0x8_000f_ffff
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x3ff0_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0",
      "devices": [
        { "at": "00:01.0", "name": "nic0", "type": "endpoint", "msi": { "address64": false, "vectors": 1 } },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x10_0000_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0",
      "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "msi": { "address64": false, "vectors": 1 } }],
    },
  ],
}`,
    `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x10_0000_0000", "size": "64K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "v2m0",
      "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "msi": { "address64": false, "vectors": 1, "msix": true } }],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      const { msi, disabled } = node.function;
      if (disabled === true || msi === undefined || msi === "unknown" || msi === "none" || msi.address64 === true || msi.msix === true) continue;
      const route = msiRouteOf(plan, node);
      if (!route) for (const because of msiRouting(plan, node.hostBridge).unknown) yield notChecked(because);
      if (!route || !isAbove32Bits(route.emitted)) continue;
      const related = [{ at: route.emitted.at, message: `${route.emitted.name} ${route.emitted.ranges.map(printRange).join(" and ")}` }];
      if (msi.address64 === false) yield { at: under(msi.anchor, "address64"), data: { node, route }, related };
      else yield notChecked(`whether the MSI of ${node.label} takes 64-bit addresses is not given`);
    }
  },
  message: ({ node, route }) =>
    `${node.label} takes only MSI addresses below 4 GiB, but its doorbell is at ${route.emitted.ranges.map(printRange).join(" and ")}`,
  fix: ({ data: { route } }, plan) => (route.emitted.kind === "msi-window" && route.iommu ? moveMsiWindowFixes(plan, route.iommu) : []),
});

/** The kernel hands addresses out from the window's base upward (domain.md 1.5), so one that begins below 4 GiB will do. */
function isAbove32Bits({ ranges }: EmittedAddress): boolean {
  return ranges.every((range) => range.base >= 1n << 32n);
}
