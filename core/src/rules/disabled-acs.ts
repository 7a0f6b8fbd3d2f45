// A port above something that is meant for assignment has ACS, but not all of it is on.
import type { AcsBit } from "../acs";
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { groupsOf } from "../plan/assignedGroups";
import { bridgesAboveAssigned } from "../plan/assignment";
import { enableAcsFixes } from "../plan/enableAcs";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { defineRule, notChecked } from "../rule";

interface Disabled {
  readonly port: PciNode;
  readonly assigned: readonly PciNode[];
  readonly missing: readonly AcsBit[];
}

export const disabledAcs = defineRule<Disabled>({
  id: "disabled-acs",
  catalogue: "ACS002",
  severity: "warning",
  since: "0.1.0",
  summary: "A port above something meant for assignment does not have all of its ACS enabled.",
  why: `Source validation (SV), request redirect (RR), completion redirect (CR) and upstream forwarding (UF) together make a port send everything up to the
IOMMU. The port has the bits, but some of those are off, so the kernel treats what is below it as not isolated: the IOMMU group grows over the
port and its neighbours. Bits that the port does not have count as on.

Linux enables them when it finds an IOMMU at boot. Where it does not, the kernel parameter \`pci=config_acs=111x1@<port>\` (from 6.11 on) or a
setting of the firmware does. The fix does not change the machine: it describes the port as it is once the machine has been booted so.`,
  sources: [
    "domain.md 2.2, 2.3 and 2.5",
    "Linux, drivers/pci/pci.c, pci_acs_enabled",
    "Linux, Documentation/admin-guide/kernel-parameters.txt, pci=config_acs",
  ],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV" },
          //                                                  ^^^^ warning: ACS bits RR CR UF are not enabled on rp0 (0000:00:01.0), above nic0 (0000:01:00.0) which is meant for assignment
          "devices": [
            { "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true },
            //                         ~~~~~~ nic0 (0000:01:00.0) is meant for assignment
          ],
        },
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV RR CR UF" },
          "devices": [
            { "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true },
          ],
        },
      ],
    },
  ],
}`,
    },
    {
      // Turned on at one port alone, the other would undo it.
      text: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x2b40_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [{
      "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{
        "at": "01:00.0", "name": "switch", "type": "upstream-port", "buses": "02-04",
        "devices": [
          {
            "at": "02:00.0", "name": "dsp0", "type": "downstream-port", "buses": "03-03",
            "acs": { "capable": "SV RR CR UF", "enabled": "" },
            //                                            ^^ warning: ACS bits SV RR CR UF are not enabled on dsp0 (0000:02:00.0), above nic0 (0000:03:00.0) which is meant for assignment
            "devices": [{ "at": "03:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
            //                                                                           ^^^^ warning(unisolated-groups): nic0 (0000:03:00.0), which is meant for assignment, and nic1 (0000:04:00.0) may reach one another past the IOMMU, though Linux keeps them in different groups
          },
          {
            "at": "02:01.0", "name": "dsp1", "type": "downstream-port", "buses": "04-04",
            "acs": { "capable": "SV RR CR UF", "enabled": "SV" },
            "devices": [{ "at": "04:00.0", "name": "nic1", "type": "endpoint" }],
          },
        ],
      }],
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x2b40_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [{
      "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{
        "at": "01:00.0", "name": "switch", "type": "upstream-port", "buses": "02-04",
        "devices": [
          {
            "at": "02:00.0", "name": "dsp0", "type": "downstream-port", "buses": "03-03",
            "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
            "devices": [{ "at": "03:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
          },
          {
            "at": "02:01.0", "name": "dsp1", "type": "downstream-port", "buses": "04-04",
            "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
            "devices": [{ "at": "04:00.0", "name": "nic1", "type": "endpoint" }],
          },
        ],
      }],
    }],
  }],
}`,
    },
  ],
  good: [
    // UF is not there, so it counts as on.
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          "acs": { "capable": "SV TB RR CR", "enabled": "SV RR CR" },
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
        },
        {
          "at": "00:02.0", "name": "rp1", "type": "root-port", "buses": "02-02",
          "acs": { "capable": "SV RR CR UF", "enabled": "unknown" },
          "devices": [{ "at": "02:00.0", "name": "nic1", "type": "endpoint", "assign": true }],
        },
      ],
    },
  ],
}`,
  ],
  *check(plan) {
    for (const [port, assigned] of bridgesAboveAssigned(plan)) {
      const { acs } = port.function;
      const { verdict } = groupsOf(plan).isolationOf(port);
      if (verdict.kind === "unknown") yield notChecked(verdict.because);
      if (verdict.kind !== "disabled-bits" || typeof acs !== "object") continue;
      const related = assigned.map((node) => ({ at: entryAnchor(node.function), message: `${node.label} is meant for assignment` }));
      yield { at: under(acs.anchor, "enabled"), data: { port, assigned, missing: verdict.missing }, related };
    }
  },
  message: ({ port, assigned, missing }) =>
    `ACS ${missing.length === 1 ? "bit" : "bits"} ${missing.join(" ")} ${missing.length === 1 ? "is" : "are"} not enabled on ${port.label}, ` +
    `above ${describeLabels(assigned)} which ${assigned.length === 1 ? "is" : "are"} meant for assignment`,
  fix: ({ data: { port } }) => enableAcsFixes(port),
});
