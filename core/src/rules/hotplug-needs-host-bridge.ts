// No placement of the guest's memory lets it have a device that is to be hot-plugged.
import { under } from "../anchor";
import { bootMemoryOf } from "../guest/bootMemory";
import { pageOf } from "../guest/contributions";
import { inexpressible } from "../guest/expressible";
import type { GuestPlan } from "../guest/guestPlan";
import { placementInput } from "../guest/guestPlacement";
import type { HotplugCandidate } from "../guest/hotplug";
import { hotplugCandidates } from "../guest/hotplug";
import type { MemoryConflict } from "../guest/memoryConflicts";
import { describeConflicts, memoryConflicts } from "../guest/memoryConflicts";
import { place } from "../guest/placement/place";
import { perPlan } from "../plan/perPlan";
import { defineGuestRule } from "../rule";

interface Unplaceable {
  readonly candidate: HotplugCandidate;
  readonly conflicts: readonly MemoryConflict[];
  readonly why: string;
}

export const hotplugNeedsHostBridge = defineGuestRule<Unplaceable>({
  id: "hotplug-needs-host-bridge",
  catalogue: "HPL004",
  severity: "info",
  since: "0.1.0",
  summary: "No placement of the guest's memory lets it have a device that is to be hot-plugged.",
  why: `Some devices fit no layout: the machine lays its memory out itself and leaves no holes, or the hosts together reserve too much. Then only one way is left, and
it is experimental: a further PCI host bridge for the guest, added together with the device, whose firmware tables tell the guest which of its own memory the
devices below it cannot reach. The guest's other devices go on as before.

\`platmap plan GUEST --emit bridge\` describes such a bridge: its windows, what it leaves out, its doorbell. No monitor takes it as it is.`,
  sources: ["domain.md section 6", "the linux-arm-kernel discussion of guest MSIs, November 2016"],
  bad: [
    {
      text: `// The machine's memory is one bank.
{
  "guest": "web",
  "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
  //                                         ^^^^^^^^^ info: nic (0000:00:05.0) of d05 fits no layout: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff), and in QEMU virt 10.1 its memory is one bank from 0x4000_0000 without holes; only a further host bridge with reserved regions of its own could take it
  //                                         ^^^^^^^^^ error(hotplug-region-in-guest-memory): nic (0000:00:05.0) of d05 cannot be added while the guest runs: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff)
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
    `// Two gibibytes end below what the host reserves.
{
  "guest": "web",
  "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
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
  ],
  *check(plan) {
    for (const candidate of hotplugCandidates(plan)) {
      const { listed } = memoryConflicts(bootMemoryOf(plan).memory, candidate.regions, pageOf(candidate.host.plan));
      const why = listed.length > 0 ? whyItCannotMove(plan) : undefined;
      if (why !== undefined) yield { at: under(candidate.entry.anchor, "device"), data: { candidate, conflicts: listed, why } };
    }
  },
  message: ({ candidate: { label, host }, conflicts, why }) =>
    `${label} of ${host.name} fits no layout: ${describeConflicts(conflicts)}, and ${why}; only a further host bridge with reserved regions of its own could take it`,
});

/** Why the memory could lie nowhere else, as a clause; undefined where it could if the file let it. */
const whyItCannotMove: (plan: GuestPlan) => string | undefined = perPlan((plan: GuestPlan) => {
  const input = placementInput(plan);
  const memory = (plan.guest.memory ?? []).map(({ base: _, extent: __, banks: ___, ...rest }) => rest);
  const free = place({ ...input, guest: { ...plan.guest, anchor: plan.guest.anchor, memory } });
  if (!free.feasible) return "its hosts leave no room for its memory elsewhere";
  const other = inexpressible(plan, free);
  return other && `in ${other.machine.title} ${other.machine.cannot}`;
});
