// The reserved regions of a captured group hold windows of the host bridge, as only kernels of a few releases list them.
import { under } from "../anchor";
import type { Anchor } from "../anchor";
import type { AddressRange } from "../address";
import { capturedFunction, isInWindows } from "../plan/capturedFunctions";
import type { HostBridge } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";

interface Window {
  readonly range: AddressRange<"iova">;
  readonly bridge: HostBridge;
  readonly kernel: string | undefined;
}

export const capturedBridgeWindows = defineRule<Window>({
  id: "captured-bridge-windows",
  catalogue: "RSV010",
  severity: "warning",
  since: "0.1.0",
  summary: "A captured reserved region is a window of the host bridge, which newer kernels do not list.",
  why: `Kernels for Arm between 4.11 and 4.16 listed the windows of the host bridge as \`reserved\` regions of every group. Later ones do not, though nothing has
changed in the hardware. So the lists of two hosts with such different kernels cannot be compared line by line: the older one seems to reserve more.

Platmap keeps guests off windows in any case, since it knows them from the description. Capture the machine again under a newer kernel, or leave the
line out of \`captured\`.`,
  sources: ["domain.md section 0, trap 2, and 8.1", "Linux 4.11 to 4.16, drivers/iommu/dma-iommu.c, iommu_dma_get_resv_regions"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "windows": [{ "type": "mem32", "cpu": "0xe000_0000", "size": "0x17ff_0000" }],
    //          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ windows of pcie0
    "devices": [{ "at": "00:05.0", "name": "nic0", "type": "endpoint" }],
  }],
  "captured": {
    "kernel": "4.14.0-115.el7a",
    "groups": [{
      "id": 0, "devices": ["0000:00:05.0"],
      "reserved": [{ "range": "0x0800_0000-0x080f_ffff", "type": "msi" }, { "range": "0xe000_0000-0xf7fe_ffff", "type": "reserved" }],
      //                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: 0xe000_0000-0xf7fe_ffff, which Linux 4.14.0-115.el7a lists as reserved, is a window of pcie0: kernels since 4.17 do not list it
    }],
  },
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K"],
    "reserved": [{ "range": "0x1_0000_0000-0x1_0000_ffff", "type": "reserved" }],
  }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "windows": [{ "type": "mem32", "cpu": "0xe000_0000", "size": "0x17ff_0000" }],
    "devices": [{ "at": "00:05.0", "name": "nic0", "type": "endpoint" }],
  }],
  "captured": {
    "groups": [{
      "id": 0, "devices": ["0000:00:05.0"],
      "reserved": [{ "range": "0x0800_0000-0x080f_ffff", "type": "msi" }, { "range": "0x1_0000_0000-0x1_0000_ffff", "type": "reserved" }],
    }],
  },
}`,
  ],
  *check(plan) {
    const { groups, kernel } = plan.platform.captured ?? {};
    const seen = new Map<string, { readonly window: Window; readonly at: Anchor }>();
    for (const group of groups ?? []) {
      const regions = group.reserved?.filter((one) => one.type === "reserved") ?? [];
      if (regions.length === 0) continue;
      const bridges = new Set(group.devices.flatMap((device) => capturedFunction(plan, device)?.hostBridge ?? []));
      for (const { range, anchor } of regions) {
        const bridge = [...bridges].find((one) => isInWindows([one], range));
        const key = bridge && `${range.base}-${range.end} ${bridge.name}`;
        if (bridge && key !== undefined && !seen.has(key)) seen.set(key, { window: { range, bridge, kernel }, at: under(anchor, "range") });
      }
    }
    for (const { window, at } of seen.values()) {
      yield { at, data: window, related: [{ at: under(window.bridge.anchor, "windows", 0), message: `windows of ${window.bridge.name}` }] };
    }
  },
  message: ({ range, bridge, kernel }) =>
    `${printRange(range)}, which ${kernel === undefined ? "the captured kernel" : `Linux ${kernel}`} lists as reserved, is a window of ${bridge.name}: kernels since 4.17 do not list it`,
});
