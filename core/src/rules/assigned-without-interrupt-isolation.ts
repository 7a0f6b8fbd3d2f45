// Something meant for assignment can raise any interrupt: nothing checks which ones are its own.
import { under } from "../anchor";
import type { Related, Severity } from "../finding";
import { assignedFunctions } from "../plan/assignment";
import { iommuInFront } from "../plan/iommuInFront";
import { msiRouteOf } from "../plan/msiRoutes";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { Doorbell, Iommu } from "../platform";
import { defineRule, notChecked } from "../rule";

interface Unchecked {
  readonly node: PciNode;
  /** x86: the IOMMU that does not remap. Arm: the doorbell that does not look at who writes. */
  readonly by: { readonly iommu: Iommu } | { readonly doorbell: Doorbell };
}

export const assignedWithoutInterruptIsolation = defineRule<Unchecked>({
  id: "assigned-without-interrupt-isolation",
  catalogue: "MSI012",
  severity: "error",
  since: "0.1.0",
  summary: "Something is meant for assignment, but nothing checks which interrupts it raises.",
  why: `An interrupt by message is a write, and the guest that owns the device chooses what it writes. On x86 every write to 0xfee0_0000-0xfeef_ffff is an interrupt
for some processor; only interrupt remapping (\`interruptRemapping\` of the IOMMU) holds it to the vectors that the host gave the device. Without it VFIO
refuses the device unless somebody sets \`allow_unsafe_interrupts\`, and then a guest can stop the host.

On Arm an ITS looks at the device's id. A GICv2m frame or a message based interrupt register (mbi) takes any number from anybody who can write to it;
that is a smaller risk, since a guest reaches only the frame's own interrupts, and it is a warning.

An IOMMU that does not say \`interruptRemapping\` has none when \`arch\` is \`x86_64\`; where no \`arch\` is given only \`false\` counts.`,
  sources: ["domain.md 3.3", "Linux, drivers/vfio/vfio_iommu_type1.c, allow_unsafe_interrupts", "Intel VT-d specification, interrupt remapping"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "arch": "x86_64",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": false }],
  //                   ~~~~~~~ dmar0 does not remap interrupts
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [{ "at": "00:03.0", "name": "nic0", "type": "integrated-endpoint", "assign": true }],
      //                                                                                      ^^^^ error: nic0 (0000:00:03.0) is meant for assignment, but dmar0 does not remap interrupts: a guest can raise any interrupt of the host
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  //                      ~~~~~~ doorbell v2m0
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "v2m0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [{ "at": "00:03.0", "name": "nic0", "type": "integrated-endpoint", "assign": true }],
      //                                                                                      ^^^^ warning: nic0 (0000:00:03.0) is meant for assignment, but doorbell v2m0 does not check who writes: a guest can raise the interrupts of other devices
    },
  ],
}`,
    },
  ],
  good: [
    // An importer could not tell: the rule is skipped, and says so.
    `{
  "platform": "server",
  "arch": "x86_64",
  "doorbells": [{ "name": "apic", "type": "local-apic", "base": "0xfee0_0000", "size": "1M" }],
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": "unknown" }],
  "pci": [
    {
      "name": "pci0", "msi": "apic", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [{ "at": "00:03.0", "type": "integrated-endpoint", "assign": true }],
    },
  ],
}`,
    `{
  "platform": "pc",
  "arch": "x86_64",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [{ "at": "00:03.0", "type": "integrated-endpoint", "assign": true }],
    },
  ],
}`,
    `// An ITS checks; the device that is behind the other frame stays with the host.
{
  "platform": "board",
  "arch": "arm64",
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" },
    { "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" },
  ],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "buses": "00-0f", "msi": "its0", "iommu": [{ "ids": "0000-0fff", "to": "smmu0" }],
      "devices": [{ "at": "00:03.0", "type": "integrated-endpoint", "assign": true }],
    },
    { "name": "pcie1", "buses": "10-1f", "msi": "v2m0", "devices": [{ "at": "10:03.0", "type": "integrated-endpoint" }] },
  ],
}`,
  ],
  *check(plan) {
    for (const node of assignedFunctions(plan)) {
      const unknown = whyUnknown(plan, node);
      if (unknown !== undefined) yield notChecked(unknown);
      const by = whatDoesNotCheck(plan, node);
      if (by) yield { at: under(node.anchor, "assign"), data: { node, by }, severity: severityOf(by), related: [relatedOf(by)] };
    }
  },
  message({ node, by }) {
    const meant = `${node.label} is meant for assignment, but`;
    return "iommu" in by
      ? `${meant} ${by.iommu.name} does not remap interrupts: a guest can raise any interrupt of the host`
      : `${meant} doorbell ${by.doorbell.name} does not check who writes: a guest can raise the interrupts of other devices`;
  },
});

function whyUnknown(plan: Plan, node: PciNode): string | undefined {
  const inFront = iommuInFront(plan, node);
  if (inFront.kind === "unknown") return inFront.because;
  if (inFront.kind === "iommu" && inFront.iommu.interruptRemapping === "unknown") return `whether ${inFront.iommu.name} remaps interrupts is unknown`;
  const { msi, name } = node.hostBridge;
  return msi === "unknown" && plan.platform.arch !== "x86_64" ? `where the MSIs of ${name} go is unknown` : undefined;
}

/** Where no IOMMU is in front, or nobody knows which, assignment has a worse problem and another finding. */
function whatDoesNotCheck(plan: Plan, node: PciNode): Unchecked["by"] | undefined {
  const inFront = iommuInFront(plan, node);
  if (inFront.kind !== "iommu") return undefined;
  const { iommu } = inFront;
  const { arch } = plan.platform;
  if (iommu.interruptRemapping === "unknown") return undefined;
  if (iommu.interruptRemapping !== true && (arch === "x86_64" || (arch === undefined && iommu.interruptRemapping === false))) return { iommu };
  const doorbell = msiRouteOf(plan, node)?.doorbell;
  return doorbell?.type === "gicv2m" || doorbell?.type === "mbi" ? { doorbell } : undefined;
}

function severityOf(by: Unchecked["by"]): Severity {
  return "iommu" in by ? "error" : "warning";
}

function relatedOf(by: Unchecked["by"]): Related {
  return "iommu" in by
    ? { at: entryAnchor(by.iommu), message: `${by.iommu.name} does not remap interrupts` }
    : { at: entryAnchor(by.doorbell), message: `doorbell ${by.doorbell.name}` };
}
