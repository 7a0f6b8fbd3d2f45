// The ACS bits that the description has enabled are not those that the captured kernel was told to set.
import type { AcsBit } from "../acs";
import { ACS_BITS } from "../acs";
import { under } from "../anchor";
import type { ConfiguredAcs } from "../plan/configAcs";
import { configuredAcsIn, configuredAcsOf } from "../plan/configAcs";
import { isAtLeast, KERNEL_CHANGES, parseKernelVersion } from "../plan/groups/kernel";
import type { PciNode } from "../plan/pciTree";
import type { Captured } from "../platform";
import { defineRule } from "../rule";

interface Drift {
  readonly node: PciNode;
  readonly configured: ConfiguredAcs;
  /** Turned on at boot, and not enabled in the description. */
  readonly on: readonly AcsBit[];
  /** Turned off at boot, and enabled in the description. */
  readonly off: readonly AcsBit[];
}

export const acsDiffersFromCommandLine = defineRule<Drift>({
  id: "acs-differs-from-command-line",
  severity: "warning",
  since: "0.1.0",
  summary: "The ACS bits that the description has enabled are not those that the captured kernel was told to set.",
  why: `\`pci=config_acs=FLAGS@DEVICE\` turns single ACS bits on (\`1\`) and off (\`0\`) when Linux boots, from 6.11 on; the last flag is SV, then TB, RR, CR, UF, EC
and DT. The machine ran with it, so \`enabled\` of that function cannot be what the description says: it was written by hand since, or it is from before
that boot. IOMMU groups follow from these bits.

Bits that the function is not capable of do not count. The fix writes what the command line sets.`,
  sources: ["Linux, Documentation/admin-guide/kernel-parameters.txt, pci=config_acs", "domain.md 2.5 and 2.7b"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [{
      "at": "00:02.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "acs": { "capable": "SV TB RR CR UF", "enabled": "SV TB" },
      //                                               ^^^^^^^ warning: the kernel ran with config_acs for 0000:00:02.0: that turns RR, CR and UF on and TB off on rp0 (0000:00:02.0), unlike the description
    }],
  }],
  "captured": { "kernel": "6.12.107", "commandLine": "quiet pci=config_acs=11101@0000:00:02.0" },
  //                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ the command line
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [{
      "at": "00:02.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "acs": { "capable": "SV TB RR CR UF", "enabled": "SV RR CR UF" },
    }],
  }],
  "captured": { "kernel": "6.12.107", "commandLine": "quiet pci=config_acs=11101@0000:00:02.0" },
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [
      // UF is not there, and x leaves TB alone.
      { "at": "00:02.0", "type": "root-port", "buses": "01-01", "acs": { "capable": "SV TB RR CR", "enabled": "SV TB RR CR" } },
      { "at": "00:03.0", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV RR CR UF", "enabled": "" } },
      { "at": "00:04.0", "type": "root-port", "buses": "03-03", "acs": { "capable": "SV RR CR UF", "enabled": "unknown" } },
    ],
  }],
  "captured": { "kernel": "6.12.107", "commandLine": "pci=realloc,config_acs=111x1@00:02.0;1@00:04.0" },
}`,
    // Before 6.11 the kernel does not know the parameter.
    `{
  "platform": "board",
  "pci": [{
    "name": "pci0", "msi": "none",
    "devices": [{ "at": "00:02.0", "type": "root-port", "buses": "01-01", "acs": { "capable": "SV RR CR UF", "enabled": "" } }],
  }],
  "captured": { "kernel": "6.1.0", "commandLine": "pci=config_acs=111x1@00:02.0" },
}`,
  ],
  *check(plan) {
    const { captured } = plan.platform;
    const configured = captured && isKnownToKernel(captured) ? configuredAcsIn(captured.commandLine ?? "") : [];
    if (!captured || configured.length === 0) return;
    for (const node of plan.functions) {
      const drift = driftOf(node, configuredAcsOf(configured, node));
      const { acs } = node.function;
      if (!drift || typeof acs !== "object") continue;
      yield { at: under(acs.anchor, "enabled"), data: drift, related: [{ at: under(captured.anchor, "commandLine"), message: "the command line" }] };
    }
  },
  message({ node, configured, on, off }) {
    const changes = [...(on.length > 0 ? [`${listed(on)} on`] : []), ...(off.length > 0 ? [`${listed(off)} off`] : [])];
    return `the kernel ran with config_acs for ${configured.device}: that turns ${changes.join(" and ")} on ${node.label}, unlike the description`;
  },
  fix({ at, data: { node, on, off } }) {
    const { acs } = node.function;
    if (typeof acs !== "object" || acs.enabled === "unknown" || "start" in at) return [];
    const { enabled } = acs;
    const next = ACS_BITS.map(({ bit }) => bit).filter((bit) => (enabled.includes(bit) && !off.includes(bit)) || on.includes(bit));
    return [{ title: `Describe the ACS of ${node.label} as the command line sets it`, edits: [{ op: "replace", at, value: { json: next.join(" ") } }] }];
  },
});

/** A kernel that is not told is taken to know it: somebody wrote the parameter for it. */
function isKnownToKernel({ kernel }: Captured): boolean {
  const version = kernel === undefined ? undefined : parseKernelVersion(kernel);
  return version === undefined || isAtLeast(version, KERNEL_CHANGES.configAcs);
}

function driftOf(node: PciNode, configured: ConfiguredAcs | undefined): Drift | undefined {
  const { acs } = node.function;
  if (!configured || typeof acs !== "object" || acs.capable === "unknown" || acs.enabled === "unknown") return undefined;
  const { capable, enabled } = acs;
  const on = configured.on.filter((bit) => capable.includes(bit) && !enabled.includes(bit));
  const off = configured.off.filter((bit) => enabled.includes(bit));
  return on.length + off.length === 0 ? undefined : { node, configured, on, off };
}

function listed(bits: readonly AcsBit[]): string {
  return bits.length < 2 ? bits.join("") : `${bits.slice(0, -1).join(", ")} and ${bits.at(-1)}`;
}
