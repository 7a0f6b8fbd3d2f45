// Guest memory lies where firmware wants a one-to-one mapping only until a driver takes over: allowed.
import type { Related } from "../finding";
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import { asEmittedByGuest } from "../guest/dmaAddresses";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { listedLabels } from "../describe/assignability";
import { entryAnchor } from "../plan/occupants";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Allowed {
  readonly bank: PinnedBank;
  readonly range: AddressRange<"ipa">;
  readonly hosts: readonly GuestHost[];
}

export const guestMemoryInRelaxableRegion = defineGuestRule<Allowed>({
  id: "guest-memory-in-relaxable-region",
  catalogue: "RSV003",
  severity: "info",
  since: "0.1.0",
  summary: "Guest memory lies in a direct-relaxable region, which is allowed.",
  why: `\`direct-relaxable\` is firmware's wish for a one-to-one mapping until the operating system's driver takes over, as for graphics and USB controllers. VFIO and
iommufd pass over such regions, so guest memory may lie there. It is said all the same: in the kernel's list the region stands beside those that do
block.`,
  sources: ["domain.md section 0, trap 4, and 1.1"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["lx2160a.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x8_0000_0000" }],
  //                                                ^^^^^^^^^^^^^^^ info: memory ram 0x8_0000_0000-0x8_ffff_ffff meets the direct-relaxable region 0x8_0c00_0000-0x8_1bff_ffff of lx2160a, which does not block it
}
// --- lx2160a.platform.jsonc ---
{
  "platform": "lx2160a", "arch": "arm64",
  "iommus": [{
    "name": "smmu", "type": "smmuv2", "inputBits": 48,
    "reserved": [{ "name": "fsl-mc", "range": "0x8_0c00_0000-0x8_1bff_ffff", "type": "direct-relaxable" }],
    //                     ~~~~~~~~ lx2160a has it
  }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["lx2160a.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
}
// --- lx2160a.platform.jsonc ---
{
  "platform": "lx2160a", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv2", "reserved": [{ "range": "0x8_0c00_0000-0x8_1bff_ffff", "type": "direct-relaxable" }] }],
}`,
  ],
  *check(plan) {
    for (const { range, hosts, at } of relaxableRegions(plan)) {
      for (const bank of pinnedMemory(plan)) {
        const related = hosts.slice(0, 4).map((host, index): Related => ({ at: at[index] ?? host.namedAt, message: `${host.name} has it` }));
        if (overlaps(bank.range, range)) yield { at: bank.at, data: { bank, range, hosts }, related };
      }
    }
  },
  message: ({ bank, range, hosts }) =>
    `memory ${bank.name} ${printRange(bank.range)} meets the direct-relaxable region ${printRange(range)} of ${listedLabels(hosts.map((host) => host.name))}, which does not block it`,
});

interface Region {
  readonly range: AddressRange<"ipa">;
  readonly hosts: GuestHost[];
  readonly at: ReturnType<typeof entryAnchor>[];
}

function relaxableRegions(plan: GuestPlan): Region[] {
  const found = new Map<string, Region>();
  for (const host of plan.hosts) {
    for (const iommu of host.plan.platform.iommus ?? []) {
      if (iommu.disabled === true) continue;
      for (const entry of iommu.reserved ?? []) {
        if (entry.type !== "direct-relaxable") continue;
        for (const range of entry.extent?.ranges ?? []) {
          const key = `${range.base} ${range.end}`;
          const one = found.get(key) ?? { range: asEmittedByGuest(range), hosts: [], at: [] };
          if (!one.hosts.includes(host)) one.at.push(entryAnchor(entry));
          if (!one.hosts.includes(host)) one.hosts.push(host);
          found.set(key, one);
        }
      }
    }
  }
  return [...found.values()];
}
