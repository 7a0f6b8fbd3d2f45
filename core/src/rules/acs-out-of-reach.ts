// Whether something that is meant for assignment is isolated is not known, for configuration space ends before ACS.
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { assignedFunctions } from "../plan/assignment";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { HostBridge } from "../platform";
import { defineRule } from "../rule";

interface OutOfReach {
  readonly bridge: HostBridge;
  /** Functions whose ACS nobody could read. */
  readonly unread: readonly PciNode[];
}

export const acsOutOfReach = defineRule<OutOfReach>({
  id: "acs-out-of-reach",
  catalogue: "ACS011",
  severity: "info",
  since: "0.1.0",
  summary: "The ACS of something meant for assignment, or of a port above it, cannot be read: configuration space is reached through I/O ports.",
  why: `The ACS capability lies in extended configuration space, above the first 256 bytes of a function. The I/O ports 0xcf8 and 0xcfc reach only those 256
bytes, so a kernel that has nothing else (often because it refused the ECAM range that firmware names) finds no ACS at all, and makes large IOMMU
groups: it takes everything not to be isolated.

Give the host bridge its ECAM range: on x86 it has to be reserved in the firmware's memory map, or Linux does not use it.`,
  sources: ["domain.md 7.4", "PCI Express base specification, 7.2", "Linux, arch/x86/pci/mmconfig-shared.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "config": { "type": "io-ports" },
    //                  ^^^^^^^^^^ info: configuration space of pci0 is reached through I/O ports, which end before ACS: that of rp0 (0000:00:1c.0) is unknown, and something below is meant for assignment
    "devices": [{
      "at": "00:1c.0", "name": "rp0", "type": "root-port", "buses": "01-01", "acs": "unknown",
      //                                                                            ~~~~~~~~~ the ACS of rp0 (0000:00:1c.0) is unknown
      "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
    }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "config": { "type": "io-ports" },
    "devices": [
      { "at": "00:1c.0", "type": "root-port", "buses": "01-01", "acs": "unknown", "devices": [{ "at": "01:00.0", "type": "endpoint" }] },
      { "at": "00:03.0", "type": "integrated-endpoint", "assign": true },
    ],
  }],
}`,
  ],
  *check(plan) {
    const unread = new Map<HostBridge, Set<PciNode>>();
    for (const node of assignedFunctions(plan)) {
      if (!isReachedByPorts(node.hostBridge)) continue;
      for (const one of [node, ...ancestors(node)]) {
        if (one.function.acs === "unknown") unread.set(one.hostBridge, (unread.get(one.hostBridge) ?? new Set()).add(one));
      }
    }
    for (const [bridge, nodes] of unread) {
      const { config } = bridge;
      if (typeof config !== "object") continue;
      const related = [...nodes].map((node) => ({ at: under(node.anchor, "acs"), message: `the ACS of ${node.label} is unknown` }));
      yield { at: under(config.anchor, "type"), data: { bridge, unread: [...nodes] }, related };
    }
  },
  message: ({ bridge, unread }) =>
    `configuration space of ${bridge.name} is reached through I/O ports, which end before ACS: that of ${describeLabels(unread)} is unknown, ` +
    `and ${unread.some((node) => node.function.assign === true) ? "it" : "something below"} is meant for assignment`,
});

function isReachedByPorts({ config }: HostBridge): boolean {
  return typeof config === "object" && config.type === "io-ports";
}
