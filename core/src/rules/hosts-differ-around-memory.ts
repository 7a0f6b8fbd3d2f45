// The guest's hosts keep different ranges, and its memory can grow only up to one that some of them keep.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { nameForbidden } from "../describe/guestPlacement";
import type { ForbiddenRange } from "../guest/forbidden";
import type { GuestPlan } from "../guest/guestPlan";
import { headroomOf } from "../guest/headroom";
import { hostFitsOf } from "../guest/hostFit";
import { printSize } from "../print";
import { defineGuestRule } from "../rule";

interface Headroom {
  readonly bytes: bigint;
  readonly region: ForbiddenRange;
}

export const hostsDifferAroundMemory = defineGuestRule<Headroom>({
  id: "hosts-differ-around-memory",
  catalogue: "MIG002",
  severity: "info",
  since: "0.1.0",
  summary: "The guest's hosts keep different ranges, and its memory can grow only up to one that some of them keep.",
  why: `The guest fits on all its hosts as it is. But they do not reserve the same addresses, and the next one above its memory is reserved by some of them only: a
guest that grows past it on another host runs there without complaint, and can have no device after it has come to one of these.

Good to know before memory is added. Placed anew, the guest gets the additional memory in a further bank.`,
  sources: ["domain.md section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
  //       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info: the guest fits on all its hosts, but they differ: its memory can grow by about 96 MiB before it meets msi region 0xc601_0000-0xc601_ffff of d05
  "memory": [{ "name": "ram", "size": "2G", "base": "0x4000_0000" }],
}
// --- lx2160a.platform.jsonc ---
{ "platform": "lx2160a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv2" }] }
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
    },
  ],
  good: [
    `// Both reserve the same.
{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc", "d06.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G", "base": "0x4000_0000" }],
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }
// --- d06.platform.jsonc ---
{ "platform": "d06", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
  ],
  *check(plan) {
    if (plan.hosts.length < 2) return;
    const headroom = headroomOf(plan);
    if (headroom?.until.kind !== "forbidden") return;
    const { region } = headroom.until;
    if (new Set(region.hosts).size === new Set(plan.hosts.map((host) => host.name)).size) return;
    if (hostFitsOf(plan).every((fit) => fit.obstacles.length === 0)) yield { at: hostsOf(plan), data: { bytes: headroom.bytes, region } };
  },
  message({ bytes, region }) {
    return `the guest fits on all its hosts, but they differ: its memory can grow by ${bytes === 0n ? "nothing" : printSize(bytes)} before it meets ${nameForbidden(region)}`;
  },
});

function hostsOf({ guest }: GuestPlan): Anchor {
  return under(guest.anchor, guest.hosts ? "hosts" : "fleet");
}
