// A master that is described without the id by which its IOMMU would know it: its DMA goes past.
// What is meant for assignment has a rule of its own.
import type { Anchor } from "../anchor";
import type { Related } from "../finding";
import { iommuInFront } from "../plan/iommuInFront";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { Device, Iommu } from "../platform";
import { defineRule } from "../rule";

interface Unidentified {
  readonly label: string;
  readonly iommu: string;
  readonly isFunction: boolean;
}

/** These know a master by its stream alone. Those of x86 know it by its PCI address. */
const BY_STREAM: readonly Iommu["type"][] = ["smmuv1", "smmuv2", "smmuv3", "riscv-iommu", "virtio-iommu", "dart"];

/** Base class of IOMMUs: they are behind none. */
const IOMMU_CLASS = /^0806/;

export const dmaWithoutStream = defineRule<Unidentified>({
  id: "dma-without-stream",
  catalogue: "IOM010",
  severity: "warning",
  since: "0.1.0",
  summary: "A master inside the machine has no stream at the IOMMU beside it: its DMA is not translated.",
  why: `An IOMMU looks up a master by its stream. A device that names an IOMMU but no stream, and an integrated endpoint whose requester id no mapping of its host bridge
covers, emit what the IOMMU does not know. Most are then let through untranslated: a driver or firmware that goes wrong there writes anywhere in memory, although
the machine looks as if everything were behind an IOMMU.

Nobody but firmware's author knows the stream, so there is nothing to mend by itself. Endpoints in slots are not looked at before they are meant for
assignment: then that is an error of its own.`,
  sources: ["domain.md 3.3 and 4.3", "Arm IORT specification, DEN0049: named component and root complex nodes"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2b40_0000", "size": "64K" }],
  //                   ~~~~~~~ smmu0 knows a master by its stream
  "devices": [{ "name": "dma0", "base": "0x7ff0_0000", "size": "64K", "iommu": [{ "to": "smmu0" }] }],
  //                                                                            ^^^^^^^^^^^^^^^^^ warning: dma0 has no stream at smmu0, so its DMA may go past it untranslated
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x2b40_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "iommu": [{ "ids": "0100-ffff", "to": "smmu0" }],
    //        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ mapping to smmu0
    "devices": [{ "at": "00:03.0", "name": "sata", "type": "integrated-endpoint" }],
    //                                     ^^^^^^ warning: no mapping of its host bridge covers sata (0000:00:03.0), so its DMA goes past smmu0 untranslated
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2b40_0000", "size": "64K" }],
  "devices": [
    { "name": "dma0", "base": "0x7ff0_0000", "size": "64K", "iommu": [{ "streams": "0-8", "to": "smmu0" }] },
    { "name": "dma2", "base": "0x7ff2_0000", "size": "64K" },
  ],
  "pci": [{
    "name": "pcie0", "msi": "none",
    "iommu": [{ "ids": "0000-00ff", "to": "smmu0" }],
    "devices": [{ "at": "00:03.0", "name": "sata", "type": "integrated-endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    for (const device of plan.platform.devices ?? []) {
      if (device.disabled === true || device.assign === true) continue;
      for (const { at, iommu } of withoutStream(plan, device)) {
        const related = [{ at: entryAnchor(iommu), message: `${iommu.name} knows a master by its stream` }];
        yield { at, data: { label: device.name, iommu: iommu.name, isFunction: false }, related };
      }
    }
    for (const node of plan.functions) {
      const past = passed(plan, node);
      if (past) yield { at: entryAnchor(node.function), data: { label: node.label, iommu: past.to, isFunction: true }, related: past.related };
    }
  },
  message: ({ label, iommu, isFunction }) =>
    isFunction
      ? `no mapping of its host bridge covers ${label}, so its DMA goes past ${iommu} untranslated`
      : `${label} has no stream at ${iommu}, so its DMA may go past it untranslated`,
});

function withoutStream(plan: Plan, device: Device): { at: Anchor; iommu: Iommu }[] {
  if (!Array.isArray(device.iommu)) return [];
  return (device.iommu as Exclude<Device["iommu"], string | undefined>).flatMap(({ anchor, to, streams, incomplete }) => {
    const iommu = plan.platform.iommus?.find((one) => one.name === to);
    if (streams || incomplete === true || !iommu || iommu.disabled === true || !BY_STREAM.includes(iommu.type) || isMisread(plan, anchor)) return [];
    return [{ at: anchor, iommu }];
  });
}

/** For an integrated endpoint that no mapping covers, the first IOMMU of its host bridge. */
function passed(plan: Plan, node: PciNode): { to: string; related: Related[] } | undefined {
  const { function: one, hostBridge } = node;
  if (one.type !== "integrated-endpoint" || one.assign === true || one.disabled === true || IOMMU_CLASS.test(one.class ?? "")) return undefined;
  const { iommu } = hostBridge;
  if (!Array.isArray(iommu) || iommuInFront(plan, node).kind !== "none") return undefined;
  const [mapping] = iommu;
  return mapping && { to: mapping.to, related: [{ at: mapping.anchor, message: `mapping to ${mapping.to}` }] };
}
