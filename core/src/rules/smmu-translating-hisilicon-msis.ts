// An SMMU in front of the PCIe of HiSilicon's hip06 or hip07, where nothing takes the doorbell out of what it translates.
// Tells these chips by the root port's id or by the platform's name: nothing else in a description names the chip.
import { under } from "../anchor";
import type { Fix } from "../finding";
import type { MsiRoute } from "../plan/msiRoutes";
import { msiRouting } from "../plan/msiRoutes";
import { entryAnchor } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import type { Doorbell, HostBridge, Iommu } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";
import type { AddressRange } from "../address";
import { address } from "../address";

interface Translated {
  readonly bridge: HostBridge;
  readonly iommu: Iommu;
  readonly doorbell: Doorbell;
  readonly page: AddressRange<"iova">;
}

/** The root port of both chips. */
const ROOT_PORT = "19e5:1610";
const CHIP_OR_BOARD = /(^|[-_.])(hip0[67]|d0[35])([-_.]|$)/i;
const FRAME = 0x1_0000n;

export const smmuTranslatingHisiliconMsis = defineRule<Translated>({
  id: "smmu-translating-hisilicon-msis",
  catalogue: "MSI017",
  severity: "error",
  since: "0.1.0",
  summary: "On HiSilicon hip06 and hip07 an SMMU translates the MSIs of PCIe, which does not work.",
  why: `Erratum 161010801: the PCIe controllers of hip06 (D03) and hip07 (D05) put the device id into the message themselves, and know the doorbell by its address.
A write that was translated to it is not recognised, and the interrupt is lost. A machine that starts with a device tree has to keep this SMMU off. With ACPI Linux
takes the page of the doorbell out of what the SMMU translates: then the description has that page as a reserved region of type \`msi\`.`,
  sources: ["domain.md 3.1", "Linux, Documentation/arch/arm64/silicon-errata.rst, erratum 161010801", "Linux, drivers/acpi/arm64/iort.c"],
  bad: [
    {
      text: `{
  "platform": "hisilicon-d05",
  "doorbells": [{ "name": "its-a", "type": "its", "base": "0xc600_0000", "size": "128K" }],
  //                                                      ~~~~~~~~~~~~~ MSIs of pcie2 go to its-a
  "iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0xa004_0000", "size": "128K" }],
  //                   ^^^^^^^^^^^ error: smmu-pcie translates the MSIs of pcie2, which hip06 and hip07 cannot do (erratum 161010801): with a device tree it has to be off, with ACPI 0xc601_0000-0xc601_ffff is a reserved region
  "pci": [{ "name": "pcie2", "msi": [{ "ids": "0000-ffff", "to": "its-a" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu-pcie" }] }],
}`,
      fixed: `{
  "platform": "hisilicon-d05",
  "doorbells": [{ "name": "its-a", "type": "its", "base": "0xc600_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0xa004_0000", "size": "128K", "disabled": true }],
  "pci": [{ "name": "pcie2", "msi": [{ "ids": "0000-ffff", "to": "its-a" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu-pcie" }] }],
}`,
    },
  ],
  good: [
    `// As ACPI has it.
{
  "platform": "hisilicon-d05",
  "doorbells": [{ "name": "its-a", "type": "its", "base": "0xc600_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0xa004_0000", "size": "128K", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }],
  "pci": [{ "name": "pcie2", "msi": [{ "ids": "0000-ffff", "to": "its-a" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu-pcie" }] }],
}`,
    `{
  "platform": "hisilicon-d06",
  "doorbells": [{ "name": "its-a", "type": "its", "base": "0xc600_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0xa004_0000", "size": "128K" }],
  "pci": [{ "name": "pcie2", "msi": [{ "ids": "0000-ffff", "to": "its-a" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu-pcie" }] }],
}`,
  ],
  *check(plan) {
    const seen = new Set<Iommu>();
    for (const bridge of plan.platform.pci ?? []) {
      if (!isHip06Or07(plan, bridge)) continue;
      for (const data of msiRouting(plan, bridge).routes.flatMap((route) => translatedBy(bridge, route))) {
        const related = [{ at: data.doorbell.extent?.at ?? entryAnchor(data.doorbell), message: `MSIs of ${bridge.name} go to ${data.doorbell.name}` }];
        if (!seen.has(data.iommu)) yield { at: entryAnchor(data.iommu), data, related };
        seen.add(data.iommu);
      }
    }
  },
  message: ({ bridge, iommu, page }) =>
    `${iommu.name} translates the MSIs of ${bridge.name}, which hip06 and hip07 cannot do (erratum 161010801): ` +
    `with a device tree it has to be off, with ACPI ${printRange(page)} is a reserved region`,
  fix: ({ data: { iommu } }) => [...switchedOff(iommu)],
});

function isHip06Or07(plan: Plan, bridge: HostBridge): boolean {
  return CHIP_OR_BOARD.test(plan.platform.platform) || plan.functionsOf(bridge).some((node) => node.function.id?.toLowerCase() === ROOT_PORT);
}

function translatedBy(bridge: HostBridge, { iommu, doorbell }: MsiRoute): Translated[] {
  const first = doorbell?.extent?.ranges[0].base;
  if (iommu?.type !== "smmuv3" || iommu.disabled === true || doorbell?.type !== "its" || first === undefined) return [];
  const page = { base: address<"iova">(first + FRAME), end: address<"iova">(first + 2n * FRAME) };
  const taken = new RangeSet((iommu.reserved ?? []).filter((one) => one.type === "msi").flatMap((one) => one.extent?.ranges ?? []));
  return taken.contains(page) ? [] : [{ bridge, iommu, doorbell, page }];
}

function switchedOff(iommu: Iommu): Fix[] {
  const value = { json: true };
  const edit = iommu.disabled === undefined ? ({ op: "add", to: iommu.anchor, key: "disabled", value } as const) : ({ op: "replace", at: under(iommu.anchor, "disabled"), value } as const);
  return [{ title: `Disable ${iommu.name}`, edits: [edit] }];
}
