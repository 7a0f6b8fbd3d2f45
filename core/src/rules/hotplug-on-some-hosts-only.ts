// A device can be hot-plugged on one host of the guest, but none can on another.
import { under } from "../anchor";
import { pageOf } from "../guest/contributions";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import { allRegionsOf } from "../guest/hostRegions";
import type { HotplugCandidate } from "../guest/hotplug";
import { hotplugCandidates } from "../guest/hotplug";
import type { MemoryConflict } from "../guest/memoryConflicts";
import { describeConflicts, memoryConflicts } from "../guest/memoryConflicts";
import { passedThrough } from "../guest/passedThrough";
import { pinnedMemory } from "../guest/pinnedMemory";
import { defineGuestRule } from "../rule";

/** A host on which no device can be added, and why. */
interface ClosedHost {
  readonly host: GuestHost;
  readonly conflicts: readonly MemoryConflict[];
}

interface Restricted {
  readonly candidate: HotplugCandidate;
  /** At least one. */
  readonly closed: readonly ClosedHost[];
}

export const hotplugOnSomeHostsOnly = defineGuestRule<Restricted>({
  id: "hotplug-on-some-hosts-only",
  catalogue: "HPL003",
  severity: "warning",
  since: "0.1.0",
  summary: "A device can be hot-plugged on one host of the guest, but none can on another.",
  why: `A device that is passed through is unplugged before a migration, and one of the new host is plugged in after it. Here that works on one host only: on the
other the guest's memory lies where a device of that host cannot reach. The guest arrives there, runs, and stays without a device.

Keep the guest on the hosts where a device can be added, or plan its memory for all of them.`,
  sources: ["domain.md section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "passthrough": [
    { "host": "lx2160a", "device": "00:01.0", "when": "hotplug" },
    //        ^^^^^^^^^ warning: nic (0000:00:01.0) can be added on lx2160a, but no device can on d05: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff)
    { "host": "d05", "device": "00:05.0", "when": "hotplug" },
    //                         ^^^^^^^^^ error(hotplug-region-in-guest-memory): nic (0000:00:05.0) of d05 cannot be added while the guest runs: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff)
  ],
}
// --- lx2160a.platform.jsonc ---
{
  "platform": "lx2160a", "arch": "arm64",
  "doorbells": [{ "name": "its", "type": "its", "base": "0x0602_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x0500_0000", "size": "8M" }],
  "pci": [{
    "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:01.0", "name": "nic", "type": "endpoint" }],
  }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "doorbells": [{ "name": "its", "type": "its", "base": "0x4c00_0000", "size": "128K" }],
  "iommus": [{
    "name": "smmu", "type": "smmuv3", "base": "0xa004_0000", "size": "128K",
    "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
  }],
  "pci": [{
    "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }],
  }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "lx2160a", "device": "00:01.0", "when": "hotplug" }],
}
// --- lx2160a.platform.jsonc ---
{
  "platform": "lx2160a", "arch": "arm64",
  "doorbells": [{ "name": "its", "type": "its", "base": "0x0602_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x0500_0000", "size": "8M" }],
  "pci": [{
    "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:01.0", "name": "nic", "type": "endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    const candidates = hotplugCandidates(plan);
    const open = candidates.filter((one) => one.conflicts.listed.length === 0);
    if (open.length === 0) return;
    const closed = plan.hosts.flatMap((host) => closedHost(plan, host, candidates));
    for (const candidate of open) {
      const others = closed.filter((one) => one.host !== candidate.host);
      const related = others.flatMap(({ host }) => ({ at: host.namedAt, message: `no device of ${host.name} can be added` }));
      if (others.length > 0) yield { at: under(candidate.entry.anchor, "host"), data: { candidate, closed: others }, related };
    }
  },
  message: ({ candidate: { label, host }, closed: [first, ...more] }) =>
    `${label} can be added on ${host.name}, but no device can on ${first?.host.name ?? ""}${more.length > 0 ? ` and ${more.length} more ${more.length === 1 ? "host" : "hosts"}` : ""}: ${describeConflicts(first?.conflicts ?? [])}`,
});

/** A host is closed when everything that the file would add there meets memory; where it names nothing, when something of the host does. */
function closedHost(plan: GuestPlan, host: GuestHost, candidates: readonly HotplugCandidate[]): ClosedHost[] {
  const here = candidates.filter((one) => one.host === host);
  if (here.length > 0) {
    const [first] = here;
    return first && here.every((one) => one.conflicts.listed.length > 0) ? [{ host, conflicts: first.conflicts.listed }] : [];
  }
  if (passedThrough(plan).some((one) => one.host === host)) return [];
  const { listed } = memoryConflicts(pinnedMemory(plan), allRegionsOf(host.plan).regions, pageOf(host.plan));
  return listed.length > 0 ? [{ host, conflicts: listed }] : [];
}
