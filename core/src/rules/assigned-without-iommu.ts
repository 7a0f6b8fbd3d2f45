// Something that is meant for a guest has no IOMMU in front of its DMA.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Related } from "../finding";
import { assignedDevices, assignedFunctions } from "../plan/assignment";
import type { InFront } from "../plan/iommuInFront";
import { iommuInFront, iommuInFrontOfDevice } from "../plan/iommuInFront";
import { coveringFixes } from "../plan/iommuMappingFixes";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { printIdRange } from "../pciAddress";
import type { Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

interface Unprotected {
  readonly label: string;
  readonly inFront: InFront;
  /** Absent for a device that is not PCI. */
  readonly node?: PciNode;
}

export const assignedWithoutIommu = defineRule<Unprotected>({
  id: "assigned-without-iommu",
  catalogue: "IOM001",
  severity: "error",
  since: "0.1.0",
  summary: "Something meant for assignment has no IOMMU in front of its DMA.",
  why: `A guest programs the DMA of what is assigned to it. With no IOMMU in between, the addresses that the guest chooses are the host's physical
addresses: it can read and write all memory of the host and of other guests. A requester id that no mapping covers bypasses the IOMMU, even where
its neighbours do not.

VFIO refuses such a device unless it is told to do without safety (\`enable_unsafe_noiommu_mode\`).`,
  sources: ["domain.md 3.3 and 4.3", "Linux, Documentation/driver-api/vfio.rst"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0",
      "iommu": [
      //       ~ IOMMU mappings of pcie0
        { "ids": "0000-00ff", "to": "smmu0", "stream": "0x0" },
      ],
      "msi": "none",
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [
            { "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true },
            //                                                               ^^^^ error: nic0 (0000:01:00.0) is meant for assignment, but no IOMMU translates its DMA: no mapping of pcie0 covers id 0100
          ],
        },
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0",
      "iommu": [
        { "ids": "0000-01ff", "to": "smmu0", "stream": "0x0" },
      ],
      "msi": "none",
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [
            { "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true },
          ],
        },
      ],
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "dma0", "base": "0x7ff0_0000", "size": "64K", "assign": true },
    //                                                                ^^^^ error: dma0 is meant for assignment, but no IOMMU translates its DMA
    { "name": "dma1", "base": "0x7fe0_0000", "size": "64K", "assign": true, "iommu": [{ "streams": "0-8", "to": "smmu0" }] },
    //                                                                ^^^^ error: dma1 is meant for assignment, but no IOMMU translates its DMA: smmu0 is disabled
  ],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "disabled": true }],
  //                   ~~~~~~~ smmu0 is disabled
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "buses": "01-ff", "msi": "none",
    "iommu": [{ "ids": "0200-ffff", "to": "smmu0", "stream": "0x1200" }],
    "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ error: nic0 (0000:01:00.0) is meant for assignment, but no IOMMU translates its DMA: no mapping of pcie0 covers id 0100
  }],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "buses": "01-ff", "msi": "none",
    "iommu": [{ "ids": "0100-ffff", "to": "smmu0", "stream": "0x1100" }],
    "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "iommu": [{ "devices": ["00:02.0"], "to": "smmu0" }],
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
    //                                                                           ^^^^ error: nic0 (0000:00:01.0) is meant for assignment, but no IOMMU translates its DMA: no mapping of pcie0 covers id 0008
  }],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "iommu": [{ "devices": ["00:02.0", "00:01.0"], "to": "smmu0" }],
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
  }],
}`,
    },
    {
      text: `{
  "platform": "pc",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "buses": "00-3f", "msi": "none",
    "devices": [{ "at": "00:02.0", "name": "gpu0", "type": "integrated-endpoint", "assign": true }],
    //                                                                                      ^^^^ error: gpu0 (0000:00:02.0) is meant for assignment, but no IOMMU translates its DMA: pci0 has no IOMMU mapping
  }],
}`,
      fixed: `{
  "platform": "pc",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "buses": "00-3f", "iommu": [{ "ids": "0000-3fff", "to": "dmar0" }], "msi": "none",
    "devices": [{ "at": "00:02.0", "name": "gpu0", "type": "integrated-endpoint", "assign": true }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "dma0", "base": "0x7ff0_0000", "size": "64K", "assign": true, "iommu": [{ "streams": "0-8", "to": "smmu0" }] },
    { "name": "dma1", "base": "0x7fe0_0000", "size": "64K", "assign": true, "iommu": "unknown" },
    { "name": "dma2", "base": "0x7fd0_0000", "size": "64K" },
  ],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K" }],
}`,
    // By the port above, as a DMA remapping table names it.
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "devices": ["00:01.0"], "below": true, "to": "dmar0" }],
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
        },
      ],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const node of assignedFunctions(plan)) {
      const inFront = iommuInFront(plan, node);
      yield* observe({ label: node.label, inFront, node }, under(node.anchor, "assign"), relatedOf(inFront, node));
    }
    for (const device of assignedDevices(plan)) {
      const inFront = iommuInFrontOfDevice(plan, device);
      yield* observe({ label: device.name, inFront }, under(device.anchor, "assign"), relatedOf(inFront));
    }
  },
  message: ({ label, inFront, node }) => `${label} is meant for assignment, but no IOMMU translates its DMA${reasonOf(inFront, node)}`,
  fix: ({ data: { inFront, node } }, plan) => (node && inFront.kind === "none" ? coveringFixes(plan, node) : []),
});

function* observe(data: Unprotected, at: Anchor, related: readonly Related[]): Generator<Observation<Unprotected> | ReturnType<typeof notChecked>> {
  if (data.inFront.kind === "unknown") yield notChecked(data.inFront.because);
  else if (data.inFront.kind !== "iommu") yield { at, data, related };
}

function reasonOf(inFront: InFront, node: PciNode | undefined): string {
  if (inFront.kind === "disabled") return `: ${inFront.iommu.name} is disabled`;
  if (!node) return "";
  const { name, iommu } = node.hostBridge;
  if (!Array.isArray(iommu) || iommu.length === 0) return `: ${name} has no IOMMU mapping`;
  return `: no mapping of ${name} covers id ${printIdRange({ first: node.requesterId, last: node.requesterId })}`;
}

function relatedOf(inFront: InFront, node?: PciNode): Related[] {
  if (inFront.kind === "disabled") return [{ at: entryAnchor(inFront.iommu), message: `${inFront.iommu.name} is disabled` }];
  if (!node) return [];
  const { hostBridge } = node;
  if (hostBridge.iommu === undefined) return [{ at: entryAnchor(hostBridge), message: `host bridge ${hostBridge.name}` }];
  return [{ at: under(hostBridge.anchor, "iommu"), message: `IOMMU mappings of ${hostBridge.name}` }];
}
