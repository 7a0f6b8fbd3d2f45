// Something meant for assignment is behind a conventional PCI bridge, which speaks for all that is behind it.
import { describeLabels } from "../describe/acs";
import { assignedFunctions } from "../plan/assignment";
import { iommuInFront } from "../plan/iommuInFront";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import { defineRule, notChecked } from "../rule";

interface BehindBridge {
  readonly bridge: PciNode;
  readonly assigned: readonly PciNode[];
}

export const assignedBehindPciBridge = defineRule<BehindBridge>({
  id: "assigned-behind-pci-bridge",
  catalogue: "ACS005",
  severity: "info",
  since: "0.1.0",
  summary: "Something meant for assignment is behind a conventional PCI bridge, where the IOMMU cannot tell functions apart.",
  why: `On a conventional PCI bus a request does not carry the id of who sent it. The bridge above puts its own id in: a PCIe-to-PCI bridge that of device 0 on its
secondary bus, a PCI-to-PCI bridge its own. The IOMMU then sees one requester for everything behind, and the devices there also see each other's
requests on the shared wires. So the bus is one IOMMU group, and goes to one guest as a whole.`,
  sources: ["PCI Express to PCI/PCI-X Bridge Specification 1.0, 2.3", "Linux, drivers/pci/search.c, pci_for_each_dma_alias", "domain.md 2.6 and 2.7b"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [
        {
          "at": "00:02.0", "name": "br0", "type": "pcie-to-pci-bridge", "buses": "01-01",
          //                       ^^^^^ info: the IOMMU sees everything behind br0 (0000:00:02.0) as one requester, so can0 (0000:01:04.0) can only be assigned together with all of it
          "devices": [
            { "at": "01:04.0", "name": "can0", "type": "pci-device", "assign": true },
            //                         ~~~~~~ can0 (0000:01:04.0) is meant for assignment
            { "at": "01:05.0", "name": "can1", "type": "pci-device" },
          ],
        },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [{ "at": "00:02.0", "type": "pcie-to-pci-bridge", "buses": "01-01", "devices": [{ "at": "01:04.0", "type": "pci-device" }] }],
    },
  ],
}`,
  ],
  *check(plan) {
    const behind = new Map<PciNode, PciNode[]>();
    for (const node of assignedFunctions(plan)) {
      for (const up of ancestors(node)) if (up.function.type === "unknown") yield notChecked(`what ${up.label} is on its link is not known`);
      const bridge = topmostAlias(node);
      if (!bridge || iommuInFront(plan, node).kind !== "iommu") continue;
      const found = behind.get(bridge);
      if (found) found.push(node);
      else behind.set(bridge, [node]);
    }
    for (const [bridge, assigned] of behind) {
      const related = assigned.map((node) => ({ at: entryAnchor(node.function), message: `${node.label} is meant for assignment` }));
      yield { at: entryAnchor(bridge.function), data: { bridge, assigned }, related };
    }
  },
  message: ({ bridge, assigned }) =>
    `the IOMMU sees everything behind ${bridge.label} as one requester, so ${describeLabels(assigned)} can only be assigned together with all of it`,
});

/** The bridge nearest to the root that answers for what is behind it. */
function topmostAlias(node: PciNode): PciNode | undefined {
  let found: PciNode | undefined;
  for (const up of ancestors(node)) if (up.function.type === "pcie-to-pci-bridge" || up.function.type === "pci-bridge") found = up;
  return found;
}
