// A PCI host bridge does not say where MSIs go.
import { under } from "../anchor";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import type { HostBridge } from "../platform";
import { defineRule, notChecked } from "../rule";

export const missingMsi = defineRule<HostBridge>({
  id: "missing-msi",
  catalogue: "MSI014",
  severity: "error",
  since: "0.1.0",
  summary: "A host bridge has nowhere to send MSIs.",
  why: `Without a doorbell (device tree: \`msi-parent\` or \`msi-map\`; ACPI: an ITS mapping in the IORT; x86: the local APIC) and without a controller of its
own, the host bridge gives its functions no message signalled interrupts. NVMe, most network adapters and every virtual function work with nothing
else.

Where there really are none, \`"msi": "none"\` says so; \`"msi": "unknown"\` says that nobody looked.`,
  sources: ["domain.md 4.3", "Linux, Documentation/devicetree/bindings/pci/pci-msi.txt"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "pci": [
    { "name": "pcie0", "buses": "00-ff" },
    //        ^^^^^^^ error: host bridge pcie0 does not say where MSIs go
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "pci": [
    { "name": "pcie0", "buses": "00-ff", "msi": "v2m0" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "v2m0" },
    { "name": "pcie1", "segment": 1, "msi": "none" },
    { "name": "pcie2", "segment": 2, "msi": "unknown" },
    { "name": "pcie3", "segment": 3, "disabled": true },
  ],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      if (bridge.disabled === true || isMisread(plan, under(bridge.anchor, "msi"))) continue;
      if (bridge.msi === "unknown") yield notChecked(`where the MSIs of ${bridge.name} go is unknown`);
      if (bridge.msi === undefined) yield { at: entryAnchor(bridge), data: bridge };
    }
  },
  message: (bridge) => `host bridge ${bridge.name} does not say where MSIs go`,
  fix: ({ data: bridge }, plan) =>
    (plan.platform.doorbells ?? [])
      .filter((doorbell) => doorbell.disabled !== true)
      .slice(0, MOST_CHOICES)
      .map(({ name }) => ({
        title: `Send the MSIs of ${bridge.name} to ${name}`,
        edits: [{ op: "add", to: bridge.anchor, key: "msi", value: { json: name }, after: keyBefore(bridge) }],
      })),
});

/** Where a machine has more doorbells than this, a list of them is no help. */
const MOST_CHOICES = 4;

/** The last of the keys that stand before `msi` in the language's order. */
function keyBefore(bridge: HostBridge): string {
  const keys = ["iommu", "inbound", "windows", "config", "buses", "segment"] as const;
  return keys.find((key) => bridge[key] !== undefined) ?? "name";
}
