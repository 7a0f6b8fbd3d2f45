// A device that is to be hot-plugged brings a reserved region in which the guest has memory.
import { under } from "../anchor";
import { asEmitted } from "../guest/dmaAddresses";
import type { HotplugCandidate } from "../guest/hotplug";
import { hotplugCandidates } from "../guest/hotplug";
import type { MemoryConflict } from "../guest/memoryConflicts";
import { describeConflicts } from "../guest/memoryConflicts";
import type { PinnedBank } from "../guest/pinnedMemory";
import type { Related } from "../finding";
import { iommusOf, regionEntries } from "../plan/describedRegions";
import { defineGuestRule, notChecked } from "../rule";

interface Refused {
  readonly candidate: HotplugCandidate;
  /** At least one. */
  readonly conflicts: readonly MemoryConflict<PinnedBank>[];
}

export const hotplugRegionInGuestMemory = defineGuestRule<Refused>({
  id: "hotplug-region-in-guest-memory",
  catalogue: "HPL001",
  severity: "error",
  since: "0.1.0",
  summary: "A device that is to be hot-plugged brings a reserved region in which the guest has memory.",
  why: `A guest's memory map is chosen when it starts, and then stays. The host tells which addresses a device cannot have only when the device is added: its IOMMU
group has reserved regions, and memory that lies in one cannot be mapped for it. The kernel refuses (\`-EINVAL\`, or \`-EADDRINUSE\` with iommufd), and the
monitor fails the hot-plug: "memory listener initialization failed … = -22 (Invalid argument)".

Nothing can be mended while the guest runs. Plan its memory around the regions of every host that it may ever be on: leave out \`base\` and let Platmap place
it. Or take another device, or another host. \`platmap simulate\` shows at which step it fails.`,
  sources: ["domain.md 1.5, 1.7 and 5.4", "Linux, drivers/vfio/vfio_iommu_type1.c (vfio_iommu_resv_conflict)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ~~~~~~~~~~~~~ ram lies there
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
  //                                         ^^^^^^^^^ error: nic (0000:00:05.0) of d05 cannot be added while the guest runs: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff)
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64", "physicalAddressBits": 44,
  "doorbells": [{ "name": "its", "type": "its", "base": "0x4c00_0000", "size": "128K" }],
  "iommus": [{
    "name": "smmu", "type": "smmuv3", "base": "0xa004_0000", "size": "128K",
    "reserved": [{ "name": "its-page", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
    //                     ~~~~~~~~~~ d05 reserves it
  }],
  "pci": [{
    "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }],
  }],
}`,
    },
  ],
  good: [
    `// Two banks: what a plan has written.
{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "banks": ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0x1_401f_ffff"] }],
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64", "physicalAddressBits": 44,
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
  ],
  *check(plan) {
    for (const candidate of hotplugCandidates(plan)) {
      for (const because of candidate.unknown) yield notChecked(because);
      const conflicts = candidate.conflicts.listed;
      if (conflicts.length > 0) yield { at: under(candidate.entry.anchor, "device"), data: { candidate, conflicts }, related: relatedPlaces(candidate, conflicts) };
    }
  },
  message: ({ candidate, conflicts }) => `${candidate.label} of ${candidate.host.name} cannot be added while the guest runs: ${describeConflicts(conflicts)}`,
});

function relatedPlaces({ host, node }: HotplugCandidate, conflicts: readonly MemoryConflict<PinnedBank>[]): Related[] {
  const iommus = node ? iommusOf(host.plan, [node]) : (host.plan.platform.iommus ?? []);
  return conflicts.flatMap(({ range, kind, memory }): Related[] => [
    { at: memory.at, message: `${memory.name} lies there` },
    ...(kind === "direct" || kind === "reserved" || kind === "msi" ? regionEntries(iommus, asEmitted(range), kind).map((at) => ({ at, message: `${host.name} reserves it` })) : []),
  ]);
}
