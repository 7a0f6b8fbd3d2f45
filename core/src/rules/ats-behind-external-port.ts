// What is behind a port that leads out of the machine may say that its addresses are translated already.
import { ACS_BITS } from "../acs";
import { under } from "../anchor";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import { isSwitchedOff } from "../plan/pciWindows";
import { defineRule, notChecked } from "../rule";

interface Trusted {
  readonly node: PciNode;
  readonly port: PciNode;
  readonly by: "ats" | "DT";
}

export const atsBehindExternalPort = defineRule<Trusted>({
  id: "ats-behind-external-port",
  catalogue: "IOM009",
  severity: "warning",
  since: "0.1.0",
  summary: "Translated addresses are accepted from behind a port that leads out of the machine.",
  why: `With Address Translation Services a device keeps translations, and marks a request as translated already. The IOMMU lets such a request through unchecked,
and with ACS direct translated (DT) a port even sends it straight to a neighbour. So the device must be trusted: one that lies reaches all of memory.
What somebody plugs in from outside is not trusted.

Linux turns ATS off for devices behind a port that firmware calls external facing, and turns on ACS translation blocking (TB) there.`,
  sources: ["domain.md 2.1 and 4.4", "PCI Express base specification, 6.12 and 10", "Linux, drivers/pci/ats.c, pci_ats_supported"],
  bad: [
    {
      text: `{
  "platform": "laptop",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [{
      "at": "00:1d.0", "name": "tb0", "type": "root-port", "buses": "01-01", "externalFacing": true,
      //                       ~~~~~ what is plugged into tb0 (0000:00:1d.0) is not trusted
      "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV RR CR UF DT" },
      //                                                  ^^^^^^^^^^^^^^^^ warning: tb0 (0000:00:1d.0) sends translated requests straight to a peer (ACS bit DT), but leads out of the machine
      "devices": [{ "at": "01:00.0", "type": "endpoint", "ats": true }],
      //                                                        ^^^^ warning: 0000:01:00.0 may use ATS, although it is behind tb0 (0000:00:1d.0), which leads out of the machine
    }],
  }],
}`,
      fixed: `{
  "platform": "laptop",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [{
      "at": "00:1d.0", "name": "tb0", "type": "root-port", "buses": "01-01", "externalFacing": true,
      "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV TB RR CR UF" },
      "devices": [{ "at": "01:00.0", "type": "endpoint", "ats": true }],
    }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "laptop",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [
      {
        "at": "00:1c.0", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV RR CR UF DT" },
        "devices": [{ "at": "02:00.0", "type": "endpoint", "ats": true }],
      },
      {
        "at": "00:1d.0", "type": "root-port", "buses": "01-01", "externalFacing": true,
        "acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV TB RR CR UF" },
        "devices": [{ "at": "01:00.0", "type": "endpoint", "ats": false }],
      },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      const { ats, acs } = node.function;
      const hasDirect = typeof acs === "object" && acs.enabled !== "unknown" && acs.enabled.includes("DT");
      const isUnknown = acs === "unknown" || (typeof acs === "object" && acs.enabled === "unknown");
      if ((ats !== true && !hasDirect && !isUnknown) || isSwitchedOff(node)) continue;
      const port = externalPortOf(node);
      if (!port) continue;
      if (isUnknown) yield notChecked(`the ACS of ${node.label} is unknown`);
      const related = [{ at: entryAnchor(port.function), message: `what is plugged into ${port.label} is not trusted` }];
      if (ats === true && port !== node) yield { at: under(node.anchor, "ats"), data: { node, port, by: "ats" }, related };
      if (hasDirect) yield { at: under(node.anchor, "acs", "enabled"), data: { node, port, by: "DT" }, related };
    }
  },
  message({ node, port, by }) {
    if (by === "ats") return `${node.label} may use ATS, although it is behind ${port.label}, which leads out of the machine`;
    const where = node === port ? "but leads out of the machine" : `but is behind ${port.label}, which leads out of the machine`;
    return `${node.label} sends translated requests straight to a peer (ACS bit DT), ${where}`;
  },
  fix({ at, data: { node, by } }) {
    if ("start" in at) return [];
    if (by === "ats") return [{ title: `Describe ${node.label} with ATS off`, edits: [{ op: "replace", at, value: { json: false } }] }];
    const { acs } = node.function;
    if (typeof acs !== "object" || acs.enabled === "unknown") return [];
    const { capable, enabled } = acs;
    const canBlock = capable !== "unknown" && capable.includes("TB");
    const next = ACS_BITS.map(({ bit }) => bit).filter((bit) => bit !== "DT" && (enabled.includes(bit) || (bit === "TB" && canBlock)));
    return [{ title: `Describe ${node.label} with DT off${canBlock ? " and TB on" : ""}`, edits: [{ op: "replace", at, value: { json: next.join(" ") } }] }];
  },
});

/** The function itself or the nearest port above it that leads out of the machine. */
function externalPortOf(node: PciNode): PciNode | undefined {
  if (node.function.externalFacing === true) return node;
  for (const up of ancestors(node)) if (up.function.externalFacing === true) return up;
  return undefined;
}
