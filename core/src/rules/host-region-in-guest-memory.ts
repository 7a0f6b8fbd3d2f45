// A host that the guest may come to has a reserved region in which the guest has memory.
import { asEmitted } from "../guest/dmaAddresses";
import { pageOf } from "../guest/contributions";
import { kindWord } from "../guest/forbidden";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { HostRegion } from "../guest/hostRegions";
import { allRegionsOf } from "../guest/hostRegions";
import { memoryFixes } from "../guest/memoryFixes";
import { memoryConflicts } from "../guest/memoryConflicts";
import { isMsiWindow } from "../guest/msiWindows";
import { passedThrough } from "../guest/passedThrough";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { listedLabels } from "../describe/assignability";
import type { Related } from "../finding";
import { regionEntries } from "../plan/describedRegions";
import { printRange } from "../print";
import { defineGuestRule, notChecked } from "../rule";

/** A region that the same hosts have. */
interface Blocked {
  readonly bank: PinnedBank;
  readonly range: HostRegion["range"];
  readonly kind: HostRegion["kind"];
  readonly hosts: readonly GuestHost[];
}

export const hostRegionInGuestMemory = defineGuestRule<Blocked>({
  id: "host-region-in-guest-memory",
  catalogue: "MIG001",
  severity: "error",
  since: "0.1.0",
  summary: "A host that the guest may come to has a reserved region in which the guest has memory.",
  why: `Migration itself does not look at reserved regions: the guest arrives and runs. Only when a device of that host is to be added does the kernel find the
guest's memory in its way, and refuses. Nothing can be mended then, for a guest's map does not change while it runs.

The memory has a base here, so Platmap does not move it. Let it be placed around the regions of all hosts, or leave the host out.`,
  sources: ["domain.md section 6 and 1.5"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x1_3fff_ffff meets the msi region 0xc601_0000-0xc601_ffff of d05: after a migration there the guest can have no device
}
// --- lx2160a.platform.jsonc ---
{ "platform": "lx2160a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv2" }] }
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{
    "name": "smmu", "type": "smmuv3",
    "reserved": [{ "name": "its-page", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
    //                     ~~~~~~~~~~ d05 reserves it
  }],
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "from": "0x4000_0000" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G", "base": "0x4000_0000" }],
}
// --- lx2160a.platform.jsonc ---
{ "platform": "lx2160a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv2" }] }
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "direct-relaxable" }] }],
}`,
  ],
  *check(plan) {
    const memory = pinnedMemory(plan);
    if (memory.length === 0) return;
    const named = new Set(passedThrough(plan).flatMap((one) => one.host ?? []));
    const others = plan.hosts.filter((host) => !named.has(host));
    for (const host of others) for (const because of allRegionsOf(host.plan).unknown) yield notChecked(`${host.name}: ${because}`);
    for (const data of blockedOn(others, memory)) yield { at: data.bank.at, data, related: data.hosts.slice(0, 4).flatMap((host) => relatedPlaces(host, data)) };
  },
  message: ({ bank, range, kind, hosts }) =>
    `memory ${bank.name} ${printRange(bank.range)} meets ${kind === "inbound" ? "what no inbound window holds," : `the ${kindWord(kind)} region`} ${printRange(range)} of ${listedLabels(hosts.map((host) => host.name))}: ` +
    "after a migration there the guest can have no device",
  fix: ({ data }, plan: GuestPlan) => memoryFixes(plan, data.bank.entry),
});

/** Windows of bridges, and those for doorbells, have rules of their own. */
function blockedOn(hosts: readonly GuestHost[], memory: readonly PinnedBank[]): Blocked[] {
  const found = new Map<string, Blocked & { hosts: GuestHost[] }>();
  for (const host of hosts) {
    const regions = allRegionsOf(host.plan).regions.filter((one) => one.kind !== "window" && !isMsiWindow(host.plan, one.range));
    const { listed, unseen } = memoryConflicts(memory, regions, pageOf(host.plan));
    for (const { range, kind, memory: bank } of [...listed, ...unseen]) {
      const key = `${bank.range.base} ${range.base} ${range.end} ${kind}`;
      const one = found.get(key) ?? { bank, range, kind, hosts: [] };
      one.hosts.push(host);
      found.set(key, one);
    }
  }
  return [...found.values()];
}

function relatedPlaces({ name, plan }: GuestHost, { range, kind }: Blocked): Related[] {
  if (kind !== "direct" && kind !== "reserved" && kind !== "msi") return [];
  return regionEntries(plan.platform.iommus ?? [], asEmitted(range), kind).map((at) => ({ at, message: `${name} reserves it` }));
}
