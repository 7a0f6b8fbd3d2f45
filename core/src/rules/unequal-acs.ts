// Some downstream ports of a switch isolate what is below them, others do not.
import { under } from "../anchor";
import { describeLabels, describeVerdict } from "../describe/acs";
import type { AcsVerdict } from "../plan/acsTest";
import { testAcs } from "../plan/acsTest";
import { bridgesAboveAssigned } from "../plan/assignment";
import { enableAcsFixes } from "../plan/enableAcs";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { isSwitchedOff } from "../plan/pciWindows";
import { defineRule, notChecked } from "../rule";

interface Unequal {
  readonly port: PciNode;
  readonly verdict: AcsVerdict;
  readonly isolating: readonly PciNode[];
}

export const unequalAcs = defineRule<Unequal>({
  id: "unequal-acs",
  catalogue: "ACS007",
  severity: "warning",
  since: "0.1.0",
  summary: "Some downstream ports of a switch isolate what is below them, others do not.",
  why: `ACS works on what comes in at a port. A device below the port without it can still write to what is below the ports that have it: the switch passes the
request on directly, and no IOMMU sees it. Linux nevertheless gives what is below the isolating ports groups of their own, so a guest there looks
safe and is not. Switch ports are meant to be set alike.

A port above something meant for assignment has a finding of its own for this.`,
  sources: ["domain.md 2.6 to 2.8", "PCI Express base specification, 6.12"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{
        "at": "01:00.0", "type": "upstream-port", "buses": "02-04",
        "devices": [
          { "at": "02:00.0", "name": "dsp0", "type": "downstream-port", "buses": "03-03", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" } },
          //                         ~~~~~~ dsp0 (0000:02:00.0) isolates
          { "at": "02:01.0", "name": "dsp1", "type": "downstream-port", "buses": "04-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV" } },
          //                                                                                                                            ^^^^ warning: dsp1 (0000:02:01.0) does not isolate (RR and CR and UF are not enabled), so what is below it reaches past the ACS of dsp0 (0000:02:00.0) on the same switch
        ],
      }],
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{
        "at": "01:00.0", "type": "upstream-port", "buses": "02-04",
        "devices": [
          { "at": "02:00.0", "name": "dsp0", "type": "downstream-port", "buses": "03-03", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" } },
          { "at": "02:01.0", "name": "dsp1", "type": "downstream-port", "buses": "04-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" } },
        ],
      }],
    }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{
        "at": "01:00.0", "type": "upstream-port", "buses": "02-04",
        "devices": [
          { "at": "02:00.0", "type": "downstream-port", "buses": "03-03", "acs": { "capable": "SV RR CR UF", "enabled": "SV" } },
          { "at": "02:01.0", "type": "downstream-port", "buses": "04-04", "acs": "none" },
        ],
      }],
    }],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      if (node.function.type !== "upstream-port" || isSwitchedOff(node)) continue;
      const ports = node.children.filter((one) => one.function.type === "downstream-port" && one.function.disabled !== true);
      const isolating = ports.filter((port) => testAcs(port.function, port.label).kind === "isolates");
      if (isolating.length === 0 || isolating.length === ports.length) continue;
      const related = isolating.slice(0, 8).map((port) => ({ at: entryAnchor(port.function), message: `${port.label} isolates` }));
      for (const port of ports) {
        const verdict = testAcs(port.function, port.label);
        if (verdict.kind === "unknown") yield notChecked(verdict.because);
        if (verdict.kind === "isolates" || verdict.kind === "unknown" || bridgesAboveAssigned(plan).has(port)) continue;
        const { acs } = port.function;
        yield { at: typeof acs === "object" ? under(acs.anchor, "enabled") : entryAnchor(port.function), data: { port, verdict, isolating }, related };
      }
    }
  },
  message: ({ port, verdict, isolating }) =>
    `${port.label} does not isolate (${describeVerdict(verdict)}), so what is below it reaches past the ACS of ${describeLabels(isolating)} on the same switch`,
  fix: ({ data: { port } }) => enableAcsFixes(port),
});
