// A guest gets a function of a host that no IOMMU stands in front of, and the host's file does not say that it is meant for assignment.
import { under } from "../anchor";
import { passedThrough } from "../guest/passedThrough";
import { bypassing, doubtAboutFront } from "../plan/assignmentObstacles";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { defineGuestRule, notChecked } from "../rule";

interface Unprotected {
  readonly node: PciNode;
  readonly host: string;
  readonly because: string;
}

export const passthroughWithoutIommu = defineGuestRule<Unprotected>({
  id: "passthrough-without-iommu",
  catalogue: "IOM001",
  severity: "error",
  since: "0.1.0",
  summary: "A guest gets a device whose DMA no IOMMU translates.",
  why: `The guest programs the device's DMA. With no IOMMU in between, the addresses that it chooses are the host's physical addresses: the guest can read and write
all memory of the host. VFIO refuses such a device unless it is told to do without safety (\`enable_unsafe_noiommu_mode\`). Of a host
that describes no IOMMU at all nothing is said here: such a description is about something else.

Where the host's file says \`"assign": true\` of the function, the finding stands there, once for all guests
([assigned-without-iommu](assigned-without-iommu.md)).`,
  sources: ["domain.md 3.3 and 4.3", "Linux, Documentation/driver-api/vfio.rst"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "0000:00:05.0" }],
  //                                           ^^^^^^^^^^^^^^ error: nic (0000:00:05.0) of board is not safe to pass through: its DMA bypasses the IOMMU: no IOMMU mapping of pcie0 covers id 0028
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "iommu": [{ "ids": "0000-001f", "to": "smmu0" }], "msi": "none",
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "integrated-endpoint" }],
    //                                     ~~~~~ nic (0000:00:05.0)
  }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "0000:00:05.0" }],
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"] }],
  "pci": [{
    "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "none",
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "integrated-endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    for (const { entry, host, node } of passedThrough(plan)) {
      if (!host || !node || node.function.assign === true) continue;
      for (const { because } of doubtAboutFront(host.plan, node)) yield notChecked(`${host.name}: ${because}`);
      const bypass = bypassing(host.plan, node);
      if (!bypass) continue;
      if ((host.plan.platform.iommus ?? []).length === 0) yield notChecked(`${host.name} describes no IOMMU`);
      else yield { at: under(entry.anchor, "device"), data: { node, host: host.name, because: bypass.because }, related: [{ at: entryAnchor(node.function), message: node.label }] };
    }
  },
  message: ({ node, host, because }) => `${node.label} of ${host} is not safe to pass through: ${because}`,
});
