// A port above something that is meant for assignment has no ACS.
import { under } from "../anchor";
import { groupsOf } from "../plan/assignedGroups";
import { bridgesAboveAssigned } from "../plan/assignment";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { describeLabels } from "../describe/acs";
import { defineRule, notChecked } from "../rule";

interface Unisolated {
  readonly port: PciNode;
  readonly assigned: readonly PciNode[];
}

export const missingAcs = defineRule<Unisolated>({
  id: "missing-acs",
  catalogue: "ACS001",
  severity: "warning",
  since: "0.1.0",
  summary: "A port above something meant for assignment has no ACS.",
  why: `A root port or a switch's downstream port without Access Control Services may hand a request from below straight to a neighbour, before any IOMMU has
seen it. So the kernel does not let what is below such a port be assigned apart from its neighbours: the IOMMU group grows over the port and all
that is behind it, and sometimes over the ports beside it.

No setting adds ACS to a port that has none: choose another slot, or assign the whole group to one guest. Where the kernel knows that the port
isolates all the same, \`quirks\` names the reason.`,
  sources: ["domain.md 2.3 to 2.6", "PCI Express base specification, 6.12", "Linux, drivers/pci/pci.c, pci_acs_enabled"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [
        {
          "at": "00:1c.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          //                       ^^^^^ warning: rp0 (0000:00:1c.0), above nic0 (0000:01:00.0) which is meant for assignment, has no ACS
          "devices": [
            { "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true },
            //                         ~~~~~~ nic0 (0000:01:00.0) is meant for assignment
          ],
        },
      ],
    },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [
        {
          "at": "00:1c.0", "type": "root-port", "buses": "01-03", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [
            {
              "at": "01:00.0", "type": "upstream-port", "buses": "02-03",
              "devices": [
                {
                  "at": "02:00.0", "type": "downstream-port", "buses": "03-03", "acs": "none",
                  //                                                                   ^^^^^^ warning: 0000:02:00.0, above 0000:03:00.0 and 0000:03:00.1 which are meant for assignment, has no ACS
                  "devices": [
                    { "at": "03:00.0", "type": "endpoint", "assign": true, "multifunction": true },
                    { "at": "03:00.1", "type": "endpoint", "assign": true },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
      "devices": [
        {
          "at": "00:1d.0", "name": "rp1", "type": "root-port", "buses": "02-02", "acs": "unknown",
          "devices": [{ "at": "02:00.0", "name": "nic1", "type": "endpoint", "assign": true }],
        },
        {
          "at": "00:1e.0", "name": "rp2", "type": "root-port", "buses": "03-03",
          "devices": [{ "at": "03:00.0", "name": "nic2", "type": "endpoint" }],
        },
      ],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const [port, assigned] of bridgesAboveAssigned(plan)) {
      const { verdict } = groupsOf(plan).isolationOf(port);
      if (verdict.kind === "unknown") yield notChecked(verdict.because);
      if (verdict.kind !== "no-capability" || !isPort(port) || isMisread(plan, under(port.anchor, "acs"))) continue;
      const at = port.function.acs === undefined ? entryAnchor(port.function) : under(port.anchor, "acs");
      const related = assigned.map((node) => ({ at: entryAnchor(node.function), message: `${node.label} is meant for assignment` }));
      yield { at, data: { port, assigned }, related };
    }
  },
  message: ({ port, assigned }) =>
    `${port.label}, above ${describeLabels(assigned)} which ${assigned.length === 1 ? "is" : "are"} meant for assignment, has no ACS`,
});

function isPort({ function: { type } }: PciNode): boolean {
  return type === "root-port" || type === "downstream-port";
}
