// Hosts of a migration group differ in memory or address width alone.
import { under } from "../anchor";
import { listedLabels } from "../describe/assignability";
import type { FleetHost } from "../fleet/fleetPlan";
import { groupHosts } from "../fleet/declaredGroups";
import { ioSignatureOf } from "../fleet/ioFacets";
import type { Platform } from "../platform";
import { printSize } from "../print";
import { defineFleetRule } from "../rule";

interface Same {
  /** At least two. */
  readonly hosts: readonly FleetHost[];
  readonly least: bigint;
  readonly most: bigint;
}

export const hostsDifferInMemoryOnly = defineFleetRule<Same>({
  id: "hosts-differ-in-memory-only",
  catalogue: "MIG009",
  severity: "info",
  since: "0.1.0",
  summary: "Hosts of a migration group differ in memory alone.",
  why: `More memory or more processors change nothing for a guest: its map is made of what the hosts reserve, their windows and their IOMMUs. Hosts that are identical
in these exchange guests whatever else they have, with ACS or without.`,
  sources: ["domain.md section 6", "the linux-arm-kernel discussion of guest MSIs, November 2016"],
  bad: [
    {
      text: `{
  "fleet": "rack-7",
  "platforms": ["small.platform.jsonc", "large.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["small", "large"] }],
  //                                                ^^^^^^^^^^^^^^^^^^ info: small and large differ in memory alone (64 GiB to 256 GiB), which changes nothing for guests: they exchange them as they are
}
// --- small.platform.jsonc ---
{ "platform": "small", "arch": "arm64", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "64G" }], "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- large.platform.jsonc ---
{ "platform": "large", "arch": "arm64", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "256G" }], "iommus": [{ "name": "smmu", "type": "smmuv3" }] }`,
    },
  ],
  good: [
    `{
  "fleet": "rack-7",
  "platforms": ["a.platform.jsonc", "b.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["a", "b"] }],
}
// --- a.platform.jsonc ---
{ "platform": "a", "arch": "arm64", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "64G" }], "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- b.platform.jsonc ---
{ "platform": "b", "arch": "arm64", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "64G" }], "iommus": [{ "name": "smmu", "type": "smmuv3" }] }`,
  ],
  *check(plan) {
    for (const group of plan.fleet.migrationGroups ?? []) {
      const bySignature = new Map<string, FleetHost[]>();
      for (const host of groupHosts(plan, group)) {
        const key = `${host.plan.platform.arch ?? ""}\n${ioSignatureOf(host.plan)}`;
        bySignature.set(key, [...(bySignature.get(key) ?? []), host]);
      }
      for (const hosts of bySignature.values()) {
        const sizes = hosts.map((host) => memoryOf(host.plan.platform));
        const least = sizes.reduce((low, one) => (one < low ? one : low));
        const most = sizes.reduce((high, one) => (one > high ? one : high));
        if (least !== most) yield { at: under(group.anchor, "platforms"), data: { hosts, least, most } };
      }
    }
  },
  message: ({ hosts, least, most }) =>
    `${listedLabels(hosts.map((host) => host.name))} differ in memory alone (${printSize(least)} to ${printSize(most)}), which changes nothing for guests: they exchange them as they are`,
});

/** Bytes of memory. */
function memoryOf({ memory }: Platform): bigint {
  return (memory ?? []).filter((one) => one.disabled !== true).reduce((sum, one) => sum + (one.extent?.ranges ?? []).reduce((bytes, { base, end }) => bytes + (end - base), 0n), 0n);
}
