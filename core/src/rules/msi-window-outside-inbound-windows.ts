// Linux maps the doorbells of something that is meant for assignment at addresses that its DMA does not reach.
import { address, rangeOfSize } from "../address";
import type { AddressRange } from "../address";
import { describeLabels } from "../describe/acs";
import { assignedFunctions } from "../plan/assignment";
import { inboundWindows } from "../plan/inbound";
import { isMisread } from "../plan/misread";
import { msiRouteOf } from "../plan/msiRoutes";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import type { HostBridge, Iommu } from "../platform";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";
import { under } from "../anchor";

interface OutOfReach {
  readonly iommu: Iommu;
  readonly bridge: HostBridge;
  readonly assigned: readonly PciNode[];
}

/** Where Linux puts the window unless it is told otherwise (MSI_IOVA_BASE, MSI_IOVA_LENGTH). */
const DEFAULT_WINDOW = rangeOfSize(address<"iova">(0x0800_0000n), 0x10_0000n) as AddressRange<"iova">;

export const msiWindowOutsideInboundWindows = defineRule<OutOfReach>({
  id: "msi-window-outside-inbound-windows",
  catalogue: "RSV014",
  severity: "warning",
  since: "0.1.0",
  summary: "Linux maps the doorbells of something meant for assignment where its host bridge lets no DMA through, and nothing says so.",
  why: `For guests, Linux maps the doorbell at 0x0800_0000 unless firmware says that this range cannot be used. Here the inbound windows of the host bridge leave
that range out, so a write to it never reaches the SMMU: the guest's device raises no interrupt.

The kernel does not look at inbound windows when it chooses. Firmware has to report the hole as a reserved region (\`iommu-addresses\` without \`reg\`
in a device tree); kernels with a second choice then take that. The fix describes such a region. With \`msiWindow\` of the IOMMU the description says
where the window is, and another rule compares that.`,
  sources: ["domain.md 1.4, 1.6 and 8.1", "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x5000_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x6000_0000", "size": "128K", "pageSizes": ["4K"] }],
  //                   ^^^^^^^ warning: behind smmu0 Linux maps the doorbell of nic0 (0000:00:01.0) at 0x0800_0000-0x080f_ffff, which no inbound window of pcie0 holds, and no reserved region says so
  "pci": [{
    "name": "pcie0", "msi": "its0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "inbound": [{ "bus": "0x4000_0000", "size": "3G" }],
    //         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ inbound windows of pcie0
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
    //                                     ~~~~~~ nic0 (0000:00:01.0) is meant for assignment
  }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x5000_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x6000_0000", "size": "128K", "pageSizes": ["4K"], "reserved": [{ "range": "0x0800_0000-0x080f_ffff", "type": "reserved" }] }],
  "pci": [{
    "name": "pcie0", "msi": "its0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "inbound": [{ "bus": "0x4000_0000", "size": "3G" }],
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x5000_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x6000_0000", "size": "128K", "pageSizes": ["4K"], "reserved": [{ "range": "0x0800_0000-0x080f_ffff", "type": "reserved" }] }],
  "pci": [{
    "name": "pcie0", "msi": "its0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "inbound": [{ "bus": "0x4000_0000", "size": "3G" }],
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
  }],
}`,
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x5000_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x6000_0000", "size": "128K", "pageSizes": ["4K"] }],
  "pci": [{
    "name": "pcie0", "msi": "its0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "inbound": [{ "bus": "0x0", "size": "4G" }],
    "devices": [{ "at": "00:01.0", "name": "nic0", "type": "endpoint", "assign": true }],
  }],
}`,
  ],
  *check(plan) {
    const found = new Map<HostBridge, Map<Iommu, PciNode[]>>();
    for (const node of assignedFunctions(plan)) {
      const iommu = usesDefaultWindow(plan, node);
      if (!iommu) continue;
      const { hostBridge: bridge } = node;
      if (bridge.inbound === "unknown") yield notChecked(`which bus addresses ${bridge.name} forwards is unknown`);
      if (bridge.inbound === undefined || bridge.inbound === "unknown" || isMisread(plan, under(bridge.anchor, "inbound"))) continue;
      if (new RangeSet(inboundWindows(bridge).flatMap((window) => window.busExtent?.ranges ?? [])).contains(onBus(DEFAULT_WINDOW))) continue;
      const ofBridge = found.get(bridge) ?? new Map<Iommu, PciNode[]>();
      found.set(bridge, ofBridge.set(iommu, [...(ofBridge.get(iommu) ?? []), node]));
    }
    for (const [bridge, byIommu] of found) {
      for (const [iommu, assigned] of byIommu) {
        const related = [
          { at: under(bridge.anchor, "inbound"), message: `inbound windows of ${bridge.name}` },
          ...assigned.map((node) => ({ at: entryAnchor(node.function), message: `${node.label} is meant for assignment` })),
        ];
        yield { at: entryAnchor(iommu), data: { iommu, bridge, assigned }, related };
      }
    }
  },
  message: ({ iommu, bridge, assigned }) =>
    `behind ${iommu.name} Linux maps the doorbell of ${describeLabels(assigned)} at ${printRange(DEFAULT_WINDOW)}, which no inbound window of ${bridge.name} holds, and no reserved region says so`,
  fix({ data: { iommu } }) {
    const region = { range: printRange(DEFAULT_WINDOW), type: "reserved" };
    const { reserved, anchor } = iommu;
    const title = `Describe ${printRange(DEFAULT_WINDOW)} as reserved`;
    if (!reserved) return [{ title, edits: [{ op: "add", to: anchor, key: "reserved", value: { json: [region] } }] }];
    return [{ title, edits: [{ op: "insert", to: under(anchor, "reserved"), behind: reserved.length - 1, value: { json: region } }] }];
  },
});

/** The SMMU that translates the function's MSIs, where nothing is said of its window nor of the range where it would be. */
function usesDefaultWindow(plan: Plan, node: PciNode): Iommu | undefined {
  const iommu = msiRouteOf(plan, node)?.iommu;
  if (!iommu?.type.startsWith("smmu") || iommu.msiWindow !== undefined || isMisread(plan, iommu.anchor)) return undefined;
  const said = new RangeSet((iommu.reserved ?? []).flatMap((one) => one.extent?.ranges ?? []));
  return said.meets(DEFAULT_WINDOW) ? undefined : iommu;
}

/** What a device emits travels by the same number. */
function onBus(range: AddressRange<"iova">): AddressRange<"bus"> {
  return { base: address(range.base), end: address(range.end) };
}
