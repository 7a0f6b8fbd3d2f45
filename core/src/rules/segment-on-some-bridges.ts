// Some host bridges have a PCI segment of their own, and others none.
import { under } from "../anchor";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import type { HostBridge } from "../platform";
import { defineRule } from "../rule";

interface Unnumbered {
  readonly bridge: HostBridge;
  readonly numbered: HostBridge;
}

export const segmentOnSomeBridges = defineRule<Unnumbered>({
  id: "segment-on-some-bridges",
  catalogue: "PCI012",
  severity: "warning",
  since: "0.1.0",
  summary: "Some host bridges say which PCI segment they are, others do not.",
  why: `In a device tree \`linux,pci-domain\` belongs on every host bridge or on none. Where only some have it, Linux numbers the others as it finds them: the
addresses of all their functions change with the order of probing, and whoever names one (a passthrough, a quirk on the command line) names another.

The fix writes what an absent \`segment\` means, which is 0. Where the description does not say \`arch\`, or says that it is a PC, there may be no device tree:
then nothing is said.`,
  sources: ["Devicetree bindings, pci: linux,pci-domain", "domain.md 7.3", "Linux, drivers/pci/pci.c, of_pci_bus_find_domain_nr"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "pci": [
    { "name": "pcie0", "msi": "none" },
    //        ^^^^^^^ warning: pcie0 says no segment, but pcie1 does: where some host bridges have a number, the others get theirs by the order of probing
    { "name": "pcie1", "segment": 1, "msi": "none" },
    //                            ~ pcie1 says its segment
  ],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none" },
    { "name": "pcie1", "segment": 1, "msi": "none" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "arch": "arm64",
  "pci": [{ "name": "pcie0", "segment": 0, "msi": "none" }, { "name": "pcie1", "segment": 1, "msi": "none" }],
}`,
    `{
  "platform": "board",
  "arch": "arm64",
  "pci": [{ "name": "pcie0", "buses": "00-7f", "msi": "none" }, { "name": "pcie1", "buses": "80-ff", "msi": "none" }],
}`,
    `// A PC numbers its segments in its firmware tables.
{
  "platform": "pc",
  "arch": "x86_64",
  "pci": [{ "name": "pci0", "msi": "none" }, { "name": "vmd", "segment": 65536, "msi": "none" }],
}`,
  ],
  *check(plan) {
    const { arch } = plan.platform;
    if (arch === undefined || arch === "x86_64") return;
    const bridges = plan.platform.pci ?? [];
    const numbered = bridges.find((one) => one.segment !== undefined);
    if (!numbered) return;
    for (const bridge of bridges) {
      if (bridge.segment !== undefined || isMisread(plan, under(bridge.anchor, "segment"))) continue;
      yield { at: entryAnchor(bridge), data: { bridge, numbered }, related: [{ at: under(numbered.anchor, "segment"), message: `${numbered.name} says its segment` }] };
    }
  },
  message: ({ bridge, numbered }) =>
    `${bridge.name} says no segment, but ${numbered.name} does: where some host bridges have a number, the others get theirs by the order of probing`,
  fix: ({ data: { bridge } }) => [
    { title: `Write the segment of ${bridge.name}, 0`, edits: [{ op: "add", to: bridge.anchor, key: "segment", value: { json: 0 }, after: "name" }] },
  ],
});
