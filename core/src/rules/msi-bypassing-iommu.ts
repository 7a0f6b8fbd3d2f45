// A host bridge takes the MSIs of its devices itself.
import { under } from "../anchor";
import type { CapturedMsi, HostBridge } from "../platform";
import { printAddress } from "../print";
import { defineRule } from "../rule";

interface Captured {
  readonly bridge: HostBridge;
  readonly msi: CapturedMsi;
}

export const msiBypassingIommu = defineRule<Captured>({
  id: "msi-bypassing-iommu",
  catalogue: "MSI013",
  severity: "info",
  since: "0.1.0",
  summary: "The root complex takes MSIs itself, before any IOMMU.",
  why: `Some host bridges (Synopsys DesignWare, Broadcom, Aardvark and others) compare the address of each write that comes in with one register, and turn a
match into an interrupt. Such a write never becomes a memory access: no IOMMU sees it, and the doorbell needs no mapping.

The address is lost to DMA all the same. Guest memory at that address would raise interrupts in place of being written, so Platmap keeps guests out
of it.`,
  sources: ["domain.md 3.1", "Linux, drivers/pci/controller/dwc/pcie-designware-host.c and pcie-brcmstb.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K" }],
  "pci": [
    {
      "name": "pcie0",
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": { "rootComplex": "0xffff_fffc" },
      //                      ^^^^^^^^^^^^^ info: pcie0 takes MSIs to bus address 0xffff_fffc itself, before any IOMMU: DMA to that address reaches no memory
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{ "name": "pcie0", "msi": { "rootComplex": "unknown" } }],
  //                                                 ^^^^^^^^^ info: pcie0 takes MSIs itself, before any IOMMU: DMA to the address that its driver picks for them reaches no memory
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K" }],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "v2m0" }],
}`,
    `{ "platform": "board", "pci": [{ "name": "pcie0", "disabled": true, "msi": { "rootComplex": "0xffff_fffc" } }] }`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      const { msi } = bridge;
      if (bridge.disabled === true || typeof msi !== "object" || !("rootComplex" in msi)) continue;
      yield { at: under(msi.anchor, "rootComplex"), data: { bridge, msi } };
    }
  },
  message: ({ bridge, msi }) =>
    msi.rootComplex === "unknown"
      ? `${bridge.name} takes MSIs itself, before any IOMMU: DMA to the address that its driver picks for them reaches no memory`
      : `${bridge.name} takes MSIs to bus address ${printAddress(msi.rootComplex)} itself, before any IOMMU: DMA to that address reaches no memory`,
});
