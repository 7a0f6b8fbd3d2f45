// The address that devices write to for an interrupt is none that the host bridge lets through.
import type { AddressRange } from "../address";
import { address, alignDown, alignUp, sizeOf } from "../address";
import { under } from "../anchor";
import type { Fix } from "../finding";
import { writtenBytes } from "../plan/doorbells";
import type { MsiRoute } from "../plan/msiRoutes";
import { msiRouting } from "../plan/msiRoutes";
import { moveMsiWindowFixes } from "../plan/msiWindowPlace";
import { printAddress, printRange, printSizeLiteral } from "../print";
import { defineRule, notChecked } from "../rule";

export const doorbellOutsideInboundWindows = defineRule<MsiRoute>({
  id: "doorbell-outside-inbound-windows",
  catalogue: "MSI007",
  severity: "warning",
  since: "0.1.0",
  summary: "The host bridge does not let writes to the doorbell through.",
  why: `A host bridge with inbound windows (device tree: \`dma-ranges\`) forwards only DMA to the bus addresses in them. An MSI is such a DMA write:
where its address lies outside, the root complex aborts it and the interrupt is lost.

What counts is the address that the device emits: behind an IOMMU with an MSI window the window, else the bus address from which an inbound window
leads to the doorbell. It is a warning because MSIs do arrive on some boards whose device tree says this: there the tree leaves a window out.`,
  sources: ["domain.md 3.2", "Linux, drivers/iommu/dma-iommu.c, iova_reserve_pci_windows"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  //                                                        ^^^^^^^^^^^^^ warning: doorbell v2m0 0x2c1c_0000-0x2c1c_ffff is outside the inbound windows of pcie0, so interrupts do not get through
  "pci": [
    {
      "name": "pcie0",
      "inbound": [
      //         ~ inbound windows of pcie0
        { "bus": "0x8000_0000", "cpu": "0x8000_0000", "size": "2G" },
      ],
      "msi": "v2m0",
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "pci": [
    {
      "name": "pcie0",
      "inbound": [
        { "bus": "0x8000_0000", "cpu": "0x8000_0000", "size": "2G" },
        { "bus": "0x2c1c_0000", "cpu": "0x2c1c_0000", "size": "64K" }
      ],
      "msi": "v2m0",
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
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
      //                     ^^^^^^^^^^^^^ warning: MSI window of smmu0 0x0800_0000-0x080f_ffff is outside the inbound windows of pcie0, so interrupts do not get through
    },
  ],
  "pci": [
    {
      "name": "pcie0",
      "inbound": [{ "bus": "0x1000_0000", "size": "256M" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "its0",
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "mip0", "type": "mip", "base": "0x10_0013_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pcie0",
      "inbound": [{ "bus": "0xff_ffff_f000", "cpu": "0x10_0013_0000", "size": "4K" }],
      "msi": "mip0",
    },
  ],
}`,
    `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "pci": [{ "name": "pcie0", "msi": "v2m0" }, { "name": "pcie1", "segment": 1, "inbound": "unknown", "msi": "v2m0" }],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.inbound === undefined) continue;
      const { routes, unknown } = msiRouting(plan, bridge);
      for (const because of unknown) yield notChecked(because);
      for (const route of routes) {
        const { forwarded, at } = route.emitted;
        if (forwarded === "unknown") yield notChecked(`which bus addresses ${bridge.name} forwards to memory is unknown`);
        if (forwarded === false) yield { at, data: route, related: [{ at: under(bridge.anchor, "inbound"), message: `inbound windows of ${bridge.name}` }] };
      }
    }
  },
  message: ({ emitted, hostBridge }) =>
    `${emitted.name} ${emitted.ranges.map(printRange).join(" and ")} is outside the inbound windows of ${hostBridge.name}, so interrupts do not get through`,
  fix: ({ data }, plan) => [...(data.iommu ? moveMsiWindowFixes(plan, data.iommu) : []), ...addWindowFixes(data)],
});

/** An inbound window that leads to the address. Behind an IOMMU that is a bus address; else it is the doorbell's own. */
function addWindowFixes({ hostBridge, doorbell, iommu, emitted }: MsiRoute): Fix[] {
  const ranges = iommu || !doorbell ? emitted.ranges : writtenBytes(doorbell);
  const [range] = ranges;
  if (!Array.isArray(hostBridge.inbound) || !range || ranges.length > 1) return [];
  const pages = wholePages(range);
  const [bus, size] = [printAddress(pages.base), printSizeLiteral(sizeOf(pages))];
  return [
    {
      title: `Add an inbound window ${printRange(pages)} to ${hostBridge.name}`,
      edits: [{ op: "insert", to: under(hostBridge.anchor, "inbound"), behind: hostBridge.inbound.length - 1, value: { json: { bus, cpu: bus, size } } }],
    },
  ];
}

function wholePages(range: AddressRange<"bus"> | AddressRange<"pa">): AddressRange<"bus"> {
  return { base: alignDown(address<"bus">(range.base), 4096n), end: alignUp(address<"bus">(range.end), 4096n) };
}
