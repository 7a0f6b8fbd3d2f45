// A host that the guest may come to has a reserved region in which the guest has memory.
import { overlaps } from "../address";
import { asEmitted } from "../guest/dmaAddresses";
import { pageOf, policyOf } from "../guest/contributions";
import { kindWord } from "../guest/forbidden";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { HostRegion } from "../guest/hostRegions";
import { allRegionsOf, regionsForPassed } from "../guest/hostRegions";
import { memoryFixes } from "../guest/memoryFixes";
import { memoryConflicts } from "../guest/memoryConflicts";
import { isMsiWindow } from "../guest/msiWindows";
import { functionsOn, undescribedOn } from "../guest/passedThrough";
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
  /** The guest gets devices of these hosts, and the region is that of others. */
  readonly isOfOthers: boolean;
}

export const hostRegionInGuestMemory = defineGuestRule<Blocked>({
  id: "host-region-in-guest-memory",
  catalogue: "MIG001",
  severity: "error",
  since: "0.1.0",
  summary: "A host that the guest may come to has a reserved region in which the guest has memory.",
  why: `Migration itself does not look at reserved regions: the guest arrives and runs. Only when a device of that host is to be added does the kernel find the
guest's memory in its way, and refuses. Nothing can be mended then, for a guest's map does not change while it runs.

On a host of which the guest has devices already, regions of other devices count like this: those can never be added. With the \`relaxed\` policy only the
devices that the file names count, and nothing is said here.

The memory has a base here, so Platmap does not move it. Let it be placed around the regions of all hosts, or leave the host out.`,
  sources: ["domain.md section 6 and 1.5"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x1_3fff_ffff meets the direct region 0xc601_0000-0xc601_ffff of d05: other devices of that host can never be added
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "direct", "devices": ["00:06.0"] }] }],
  "pci": [{
    "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }, { "at": "00:06.0", "name": "raid", "type": "endpoint" }],
  }],
}`,
    },
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
    // Only the devices that are named count, and theirs has no region.
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
  "policy": "relaxed",
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "direct", "devices": ["00:06.0"] }] }],
  "pci": [{
    "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }, { "at": "00:06.0", "name": "raid", "type": "endpoint" }],
  }],
}`,
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
    if (memory.length === 0 || policyOf(plan.guest) === "relaxed") return;
    for (const host of plan.hosts) for (const because of allRegionsOf(host.plan).unknown) yield notChecked(`${host.name}: ${because}`);
    for (const data of blockedOn(plan, memory)) yield { at: data.bank.at, data, related: data.hosts.slice(0, 4).flatMap((host) => relatedPlaces(host, data)) };
  },
  message: ({ bank, range, kind, hosts, isOfOthers }) =>
    `memory ${bank.name} ${printRange(bank.range)} meets ${kind === "inbound" ? "what no inbound window holds," : `the ${kindWord(kind)} region`} ${printRange(range)} of ${listedLabels(hosts.map((host) => host.name))}: ` +
    (isOfOthers ? "other devices of that host can never be added" : "after a migration there the guest can have no device"),
  fix: ({ data }, plan: GuestPlan) => memoryFixes(plan, data.bank.entry),
});

/** Windows of bridges, and those for doorbells, have rules of their own. */
function blockedOn(plan: GuestPlan, memory: readonly PinnedBank[]): Blocked[] {
  const found = new Map<string, Blocked & { hosts: GuestHost[] }>();
  for (const host of plan.hosts) {
    const isOfOthers = functionsOn(plan, host).length + undescribedOn(plan, host).length > 0;
    const { listed, unseen } = memoryConflicts(memory, regionsOfNobody(plan, host), pageOf(host.plan));
    for (const { range, kind, memory: bank } of [...listed, ...unseen]) {
      const key = `${bank.range.base} ${range.base} ${range.end} ${kind} ${isOfOthers}`;
      const one = found.get(key) ?? { bank, range, kind, hosts: [], isOfOthers };
      one.hosts.push(host);
      found.set(key, one);
    }
  }
  return [...found.values()];
}

/** What the host keeps beside the regions of the devices that the guest gets there: those have rules of their own. */
function regionsOfNobody(plan: GuestPlan, host: GuestHost): HostRegion[] {
  const named = regionsForPassed(host.plan, functionsOn(plan, host), undescribedOn(plan, host)).regions;
  const isNamed = ({ range, kind }: HostRegion): boolean => named.some((one) => one.kind === kind && overlaps(one.range, range));
  return allRegionsOf(host.plan).regions.filter((one) => one.kind !== "window" && !isMsiWindow(host.plan, one.range) && !isNamed(one));
}

function relatedPlaces({ name, plan }: GuestHost, { range, kind }: Blocked): Related[] {
  if (kind !== "direct" && kind !== "reserved" && kind !== "msi") return [];
  return regionEntries(plan.platform.iommus ?? [], asEmitted(range), kind).map((at) => ({ at, message: `${name} reserves it` }));
}
