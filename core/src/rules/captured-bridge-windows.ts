// The reserved regions of a captured group hold windows of the host bridge, as only kernels of a few releases list them.
import { under } from "../anchor";
import type { Anchor } from "../anchor";
import type { AddressRange } from "../address";
import { capturedFunction, isInWindows } from "../plan/capturedFunctions";
import type { HostBridge } from "../platform";
import { printRange } from "../print";
import { isAtLeast, parseKernelVersion } from "../plan/groups/kernel";
import type { Plan } from "../plan/plan";
import { defineRule } from "../rule";

interface Window {
  readonly range: AddressRange<"iova">;
  /** Undefined where no described bridge has such a window, and only the kernel says that it may be one. */
  readonly bridge: HostBridge | undefined;
  readonly kernel: string | undefined;
}

/** The kernels for Arm that list windows (domain.md section 0, trap 2). */
const FIRST = { major: 4, minor: 11 };
const AFTER = { major: 4, minor: 17 };

export const capturedBridgeWindows = defineRule<Window>({
  id: "captured-bridge-windows",
  catalogue: "RSV010",
  severity: "warning",
  since: "0.1.0",
  summary: "A captured reserved region is a window of a host bridge, or may be one, which newer kernels do not list.",
  why: `Kernels for Arm between 4.11 and 4.16 listed the windows of the host bridge as \`reserved\` regions of every group. Later ones do not, though nothing has
changed in the hardware. So the lists of two hosts with such different kernels cannot be compared line by line: the older one seems to reserve more.

Of such a kernel the finding is also about a region that is in no window of the description: it may be a window all the same.

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
    {
      text: `{
  "platform": "board", "arch": "arm64",
  "captured": {
    "kernel": "4.14.0-115.el7a",
    "groups": [{
      "id": 0, "devices": ["0000:05:00.0"],
      "reserved": [
        { "range": "0x0800_0000-0x080f_ffff", "type": "msi" },
        { "range": "0xe000_0000-0xf7fe_ffff", "type": "reserved" },
        //         ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: 0xe000_0000-0xf7fe_ffff may be a window of a host bridge: Linux 4.14.0-115.el7a lists windows as reserved, kernels since 4.17 do not
      ],
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
        const key = `${range.base}-${range.end} ${bridge?.name}`;
        if ((bridge || listsWindows(plan)) && !seen.has(key)) seen.set(key, { window: { range, bridge, kernel }, at: under(anchor, "range") });
      }
    }
    for (const { window, at } of seen.values()) {
      const { bridge } = window;
      yield { at, data: window, related: bridge ? [{ at: under(bridge.anchor, "windows", 0), message: `windows of ${bridge.name}` }] : [] };
    }
  },
  message({ range, bridge, kernel }) {
    const lister = kernel === undefined ? "the captured kernel" : `Linux ${kernel}`;
    return bridge
      ? `${printRange(range)}, which ${lister} lists as reserved, is a window of ${bridge.name}: kernels since 4.17 do not list it`
      : `${printRange(range)} may be a window of a host bridge: ${lister} lists windows as reserved, kernels since 4.17 do not`;
  },
});

function listsWindows({ platform }: Plan): boolean {
  const kernel = platform.captured?.kernel === undefined ? undefined : parseKernelVersion(platform.captured.kernel);
  return platform.arch === "arm64" && kernel !== undefined && isAtLeast(kernel, FIRST) && !isAtLeast(kernel, AFTER);
}
