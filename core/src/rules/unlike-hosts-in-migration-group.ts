// A migration group holds hosts that cannot exchange guests.
import { under } from "../anchor";
import { describeIoDifferences } from "../describe/fleet";
import type { Fix } from "../finding";
import type { MigrationGroup } from "../guest";
import { groupHosts, isOpen, partsOf } from "../fleet/declaredGroups";
import type { Unlikeness } from "../fleet/exchange";
import { isolationOf, unlikeness } from "../fleet/exchange";
import { defineFleetRule, notChecked } from "../rule";

interface Unlike {
  readonly group: MigrationGroup;
  readonly index: number;
  readonly unlikeness: Unlikeness;
}

export const unlikeHostsInMigrationGroup = defineFleetRule<Unlike>({
  id: "unlike-hosts-in-migration-group",
  severity: "warning",
  since: "0.1.0",
  summary: "A migration group holds hosts that cannot exchange guests.",
  why: `Without ACS a request of a passed-through device may be taken for an access to another device before it reaches the IOMMU. Which addresses that concerns depends
on everything that is on the host's buses, so a guest's map that works on one host works on another only when both are exactly the same in their I/O. Memory
and processors may differ.

With ACS on every path of what guests get (requests are redirected: RR and UF), the IOMMU alone decides, and hosts need only leave the guest's memory free.

Split the group, turn ACS on, or pass devices through that are behind ports which have it.`,
  sources: ["domain.md section 6", "the linux-arm-kernel discussion of guest MSIs, November 2016"],
  bad: [
    {
      text: `{
  "fleet": "rack-7",
  "platforms": ["with-acs.platform.jsonc", "without.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["with-acs", "without"] }],
  //                                                             ^^^^^^^^^ warning: without and with-acs cannot exchange guests: on without rp0 (0000:00:00.0) above nic (0000:01:00.0) has no ACS, and their I/O differs: bridge windows (only on with-acs: segment 0: mem32 0x5000_0000-0x57ff_ffff) and PCI functions
}
// --- with-acs.platform.jsonc ---
{
  "platform": "with-acs", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{ "at": "01:00.0", "name": "nic", "type": "endpoint" }],
    }],
  }],
}
// --- without.platform.jsonc ---
{
  "platform": "without", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01", "acs": "none", "devices": [{ "at": "01:00.0", "name": "nic", "type": "endpoint" }] }],
  }],
}`,
      fixed: `{
  "fleet": "rack-7",
  "platforms": ["with-acs.platform.jsonc", "without.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["with-acs"] }],
}`,
    },
  ],
  good: [
    `// Neither has ACS, and they are the same but for memory.
{
  "fleet": "rack-7",
  "platforms": ["a.platform.jsonc", "b.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["a", "b"] }],
}
// --- a.platform.jsonc ---
{
  "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{ "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:01.0", "name": "nic", "type": "endpoint" }] }],
}
// --- b.platform.jsonc ---
{
  "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu0", "type": "smmuv3" }], "physicalAddressBits": 48,
  "pci": [{ "name": "root", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "devices": [{ "at": "00:01.0", "type": "endpoint", "driver": "vfio-pci" }] }],
}`,
    `// Both have ACS above what guests get; the rest may differ.
{
  "fleet": "rack-7",
  "platforms": ["a.platform.jsonc", "b.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["a", "b"] }],
}
// --- a.platform.jsonc ---
{
  "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:00.0", "type": "root-port", "buses": "01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [{ "at": "01:00.0", "type": "endpoint" }] }],
  }],
}
// --- b.platform.jsonc ---
{
  "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:08.0", "type": "root-port", "buses": "04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [{ "at": "04:00.0", "type": "endpoint" }] }],
  }],
}`,
  ],
  *check(plan) {
    for (const group of plan.fleet.migrationGroups ?? []) {
      const [first, ...others] = partsOf(plan, group);
      for (const host of groupHosts(plan, group)) {
        const isolation = isolationOf(plan).get(host);
        if (isolation?.kind === "unknown") yield notChecked(`${host.name}: ${isolation.because}`);
      }
      const [reference] = first ?? [];
      for (const host of others.flat()) {
        const why = reference && unlikeness(plan, host, reference);
        const index = group.platforms.indexOf(host.name);
        if (!why || isOpen(plan, why)) continue;
        yield { at: under(group.anchor, "platforms", index), data: { group, index, unlikeness: why }, related: [{ at: host.namedAt, message: `the file of ${host.name}` }] };
      }
    }
  },
  message: ({ unlikeness: { first, second, because, differences } }) =>
    `${first.name} and ${second.name} cannot exchange guests: ${because}${differences.length > 0 ? `, and their I/O differs: ${describeIoDifferences(first.name, second.name, differences)}` : ""}`,
  fix({ data: { group, index, unlikeness: { first } } }): Fix[] {
    return group.platforms.length < 2 ? [] : [{ title: `Take ${first.name} out of ${group.name}`, edits: [{ op: "remove", at: under(group.anchor, "platforms", index) }] }];
  },
});
