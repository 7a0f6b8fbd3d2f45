// The captured kernel was told to leave redirection off at a port above something meant for assignment.
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { bridgesAboveAssigned } from "../plan/assignment";
import { meansFunction, redirectDisabledIn } from "../plan/commandLine";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { defineRule } from "../rule";

interface Unredirected {
  readonly port: PciNode;
  readonly device: string;
  readonly assigned: readonly PciNode[];
}

export const disabledAcsRedirect = defineRule<Unredirected>({
  id: "disabled-acs-redirect",
  catalogue: "ACS010",
  severity: "warning",
  since: "0.1.0",
  summary: "The kernel was told to leave ACS redirection off at a port above something meant for assignment.",
  why: `\`pci=disable_acs_redir=…\` lets devices below a port talk to each other without the detour over the root complex, for peer-to-peer DMA. It turns off request
redirect, completion redirect and egress control there. The kernel then joins what is below the port, and what is beside it, into one IOMMU group,
so nothing of it can be assigned alone.

Boot without the port in the list, and capture the machine again. What \`acs\` says of the port is taken as it is written.`,
  sources: ["Linux, Documentation/admin-guide/kernel-parameters.txt, pci=disable_acs_redir", "domain.md 2.5"],
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
          //                       ~~~~~ rp0 (0000:00:01.0) is above nic0 (0000:01:00.0)
          "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
        },
      ],
    },
  ],
  "captured": { "commandLine": "quiet pci=noaer,disable_acs_redir=00:01.0;00:02.0" },
  //                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: the kernel ran with disable_acs_redir for 00:01.0: that turns redirection off on rp0 (0000:00:01.0), above nic0 (0000:01:00.0) which is meant for assignment
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "devices": [
        {
          "at": "00:01.0", "type": "root-port", "buses": "01-01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [{ "at": "01:00.0", "type": "endpoint", "assign": true }],
        },
        { "at": "00:02.0", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV RR CR UF", "enabled": "SV" } },
      ],
    },
  ],
  "captured": { "commandLine": "quiet pci=disable_acs_redir=0000:00:02.0;0001:00:01.0;pci:8086:a110" },
}`,
  ],
  *check(plan) {
    const { captured } = plan.platform;
    if (captured?.commandLine === undefined) return;
    const devices = redirectDisabledIn(captured.commandLine);
    if (devices.length === 0) return;
    for (const [port, assigned] of bridgesAboveAssigned(plan)) {
      const { acs } = port.function;
      // Without ACS there is nothing to turn off: the kernel says so, and goes on.
      const device = acs === undefined || acs === "none" ? undefined : devices.find((one) => meansFunction(one, port));
      if (device === undefined) continue;
      const related = { at: entryAnchor(port.function), message: `${port.label} is above ${describeLabels(assigned)}` };
      yield { at: under(captured.anchor, "commandLine"), data: { port, device, assigned }, related: [related] };
    }
  },
  message: ({ port, device, assigned }) =>
    `the kernel ran with disable_acs_redir for ${device}: that turns redirection off on ${port.label}, ` +
    `above ${describeLabels(assigned)} which ${assigned.length === 1 ? "is" : "are"} meant for assignment`,
});
