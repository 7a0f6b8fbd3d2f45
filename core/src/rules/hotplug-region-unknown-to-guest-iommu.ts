// A device that is to be hot-plugged brings a reserved region that the guest's IOMMU did not declare when the guest asked.
import type { AddressRange } from "../address";
import { contains } from "../address";
import { under } from "../anchor";
import type { Edit, Fix } from "../finding";
import type { GuestIommu } from "../guest";
import { asEmitted } from "../guest/dmaAddresses";
import type { HotplugCandidate } from "../guest/hotplug";
import { hotplugCandidates } from "../guest/hotplug";
import type { GuestPlan } from "../guest/guestPlan";
import { regionsFor } from "../guest/hostRegions";
import { passedThrough } from "../guest/passedThrough";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Undeclared {
  readonly candidate: HotplugCandidate;
  /** At least one. */
  readonly ranges: readonly AddressRange<"iova">[];
}

export const hotplugRegionUnknownToGuestIommu = defineGuestRule<Undeclared>({
  id: "hotplug-region-unknown-to-guest-iommu",
  catalogue: "HPL002",
  severity: "error",
  since: "0.1.0",
  summary: "A device that is to be hot-plugged brings a reserved region that the guest's IOMMU did not declare.",
  why: `A guest asks its virtio-iommu once, when it finds a device, which regions are reserved, and uses all other addresses for DMA. A device that is added later on
another host brings that host's regions: the guest knows nothing of them. QEMU refuses the device when the regions that it has are not enough ("Conflicting
host reserved ranges set!"), and otherwise only warns, whereupon the guest maps addresses that the host cannot.

Declare the regions of all hosts when the guest starts: QEMU takes them as \`reserved-regions\` of the virtio-iommu device.`,
  sources: ["domain.md 4.5", "QEMU, hw/virtio/virtio-iommu.c"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "iommu": { "type": "virtio-iommu", "reserved": [{ "range": "0x0800_0000-0x080f_ffff" }] },
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
  //                                         ^^^^^^^^^ error: nic (0000:00:05.0) of d05 is to be added while the guest runs, but the guest's IOMMU does not declare 0xc601_0000-0xc601_ffff
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
      fixed: `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "iommu": { "type": "virtio-iommu", "reserved": [{ "range": "0x0800_0000-0x080f_ffff" }, { "range": "0xc601_0000-0xc601_ffff" }] },
  "passthrough": [{ "host": "d05", "device": "00:05.0", "when": "hotplug" }],
}`,
    },
  ],
  good: [
    `// A device of the same host, with the same regions, is there from the start.
{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "iommu": { "type": "virtio-iommu" },
  "passthrough": [{ "host": "d05", "device": "00:04.0" }, { "host": "d05", "device": "00:05.0", "when": "hotplug" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "doorbells": [{ "name": "its", "type": "its", "base": "0x4c00_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0xa004_0000", "size": "128K" }],
  "pci": [{
    "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:04.0", "name": "nic0", "type": "endpoint" }, { "at": "00:05.0", "name": "nic1", "type": "endpoint" }],
  }],
}`,
  ],
  *check(plan) {
    if (plan.guest.iommu?.type !== "virtio-iommu") return;
    for (const candidate of hotplugCandidates(plan)) {
      const ranges = undeclared(plan, plan.guest.iommu, candidate);
      if (ranges.length > 0) yield { at: under(candidate.entry.anchor, "device"), data: { candidate, ranges } };
    }
  },
  message: ({ candidate: { label, host }, ranges: [first, ...more] }) =>
    `${label} of ${host.name} is to be added while the guest runs, but the guest's IOMMU does not declare ${first ? printRange(first) : ""}${more.length > 0 ? ` and ${more.length} more` : ""}`,
  fix(_, plan): Fix[] {
    const { iommu } = plan.guest;
    if (!iommu) return [];
    const missing = distinct(hotplugCandidates(plan).flatMap((one) => undeclared(plan, iommu, one)));
    return [{ title: `Declare ${missing.length === 1 && missing[0] ? printRange(missing[0]) : `${missing.length} regions`} to the guest`, edits: declare(iommu, missing) }];
  },
});

/** What the kernel lists for the candidate, and neither the file nor a device that is there from the start on the same host has told the guest. */
function undeclared(plan: GuestPlan, iommu: GuestIommu, { host, regions }: HotplugCandidate): AddressRange<"iova">[] {
  const fromStart = passedThrough(plan).flatMap((one) => (one.host === host && one.node && one.entry.when !== "hotplug" ? [one.node] : []));
  const known = [...(iommu.reserved ?? []).map((one) => one.range), ...regionsFor(host.plan, fromStart).regions.map((one) => asEmitted(one.range))];
  const listed = regions.filter(({ kind }) => kind !== "window" && kind !== "inbound").map((one) => asEmitted(one.range));
  return distinct(listed.filter((range) => !known.some((one) => contains(one, range))));
}

function distinct(ranges: readonly AddressRange<"iova">[]): AddressRange<"iova">[] {
  return [...new Map(ranges.map((range) => [printRange(range), range])).values()];
}

/** QEMU itself declares what it learns of a host as `reserved`, which is the usual type. */
function declare(iommu: GuestIommu, ranges: readonly AddressRange<"iova">[]): Edit[] {
  const entries = ranges.map((range) => ({ range: printRange(range) }));
  if (!iommu.reserved) return [{ op: "add", to: iommu.anchor, key: "reserved", value: { json: entries }, after: "type" }];
  const to = under(iommu.anchor, "reserved");
  const behind = iommu.reserved.length - 1;
  return entries.map((json): Edit => ({ op: "insert", to, behind, value: { json } }));
}
