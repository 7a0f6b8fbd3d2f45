// Something that a guest asks for fits on no place that all its hosts leave free.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeConflict, describeRelaxation } from "../describe/guestPlacement";
import type { Edit, Fix, Related } from "../finding";
import type { GuestPlan } from "../guest/guestPlan";
import { placementOf } from "../guest/guestPlacement";
import { fitsWithoutHosts } from "../guest/ownRoom";
import type { Conflict } from "../guest/placement/placement";
import type { Relaxation } from "../guest/placement/relaxations";
import { relaxationsFor } from "../guest/placement/relaxations";
import { relaxationFixes } from "../guest/relaxationFixes";
import { listedLabels } from "../describe/assignability";
import { defineGuestRule } from "../rule";

interface Homeless {
  readonly conflict: Extract<Conflict, { kind: "no-room" }>;
  readonly relaxations: readonly Relaxation[];
  readonly hosts: number;
  /** Every combination of places was tried. */
  readonly isCertain: boolean;
}

export const noRoomOnAllHosts = defineGuestRule<Homeless>({
  id: "no-room-on-all-hosts",
  catalogue: "MIG005",
  severity: "error",
  since: "0.1.0",
  summary: "Something that a guest asks for fits on no place that all its hosts leave free.",
  why: `The guest must run on all its hosts, so its memory, windows and doorbell keep off what any of them reserves. Together these hosts leave too little: the fleet
is too diverse for this guest. The finding names the fewest hosts to leave out, or the fewest regions that would have to be free, that make it fit.

Leave the odd hosts out, ask for less memory, or give the guest more address bits where its hosts have them.`,
  sources: ["domain.md 5.5 and section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 36,
  "hosts": ["plain.platform.jsonc", "odd.platform.jsonc"],
  //                                ~~~~~~~~~~~~~~~~~~~~ without odd it fits
  "memory": [{ "name": "ram", "size": "16G", "from": "0x4000_0000" }],
  //                                  ^^^^^ error: memory ram: no place for 9 GiB of its 16 GiB on all 2 hosts together; it would help to leave out odd, or to free reserved region 0x2_0000_0000-0xf_ffff_ffff of odd, or to ask for 7 GiB of memory ram, or to give the guest 37 bits of address
}
// --- plain.platform.jsonc ---
{ "platform": "plain", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- odd.platform.jsonc ---
{ "platform": "odd", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0x2_0000_0000-0xf_ffff_ffff", "type": "reserved" }] }] }`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 36,
  "hosts": ["plain.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "16G", "from": "0x4000_0000" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 36,
  "hosts": ["plain.platform.jsonc", "odd.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "from": "0x4000_0000" }],
}
// --- plain.platform.jsonc ---
{ "platform": "plain", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- odd.platform.jsonc ---
{ "platform": "odd", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0x2_0000_0000-0xf_ffff_ffff", "type": "direct-relaxable" }] }] }`,
  ],
  *check(plan) {
    if (plan.hosts.length < 2) return;
    const placement = placementOf(plan);
    const homeless = placement.conflicts.filter((one) => one.kind === "no-room");
    if (homeless.length === 0 || !fitsWithoutHosts(plan)) return;
    const relaxations = relaxationsFor(plan, placement);
    const related = culprits(plan, relaxations).map((host): Related => ({ at: host.namedAt, message: `without ${host.name} it fits` }));
    for (const conflict of homeless) yield { at: placeOf(plan, conflict), data: { conflict, relaxations, hosts: plan.hosts.length, isCertain: placement.isExact }, related };
  },
  message: ({ conflict, relaxations, hosts, isCertain }) => {
    const help = relaxations.filter((one) => one.kind !== "requests").map(describeRelaxation);
    return `${describeConflict(conflict)} on all ${hosts} hosts together${isCertain ? "" : " was found"}${help.length === 0 ? "" : `; it would help to ${help.join(", or to ")}`}`;
  },
  fix: ({ data }, plan) => [...leaveOut(plan, data.relaxations), ...data.relaxations.flatMap((one) => relaxationFixes(plan, one))],
});

function placeOf({ guest }: GuestPlan, { of }: Homeless["conflict"]): Anchor {
  if (of.kind !== "doorbell") return under(of.entry.anchor, "size");
  return guest.doorbell?.anchor ?? under(guest.anchor, "guest");
}

function culprits({ hosts }: GuestPlan, relaxations: readonly Relaxation[]): GuestPlan["hosts"][number][] {
  const names = relaxations.flatMap((one) => (one.kind === "hosts" ? one.hosts : []));
  return hosts.filter((host) => names.includes(host.name));
}

/** Only where each host has an entry of its own in the guest's file. */
function leaveOut(plan: GuestPlan, relaxations: readonly Relaxation[]): Fix[] {
  const hosts = culprits(plan, relaxations);
  const isOwn = hosts.every(({ namedAt }) => namedAt.file === plan.guest.anchor.file && typeof namedAt.path.at(-1) === "number");
  if (hosts.length === 0 || !isOwn || hosts.length === plan.hosts.length) return [];
  return [{ title: `Leave out ${listedLabels(hosts.map((host) => host.name))}`, edits: hosts.map(({ namedAt }): Edit => ({ op: "remove", at: namedAt })) }];
}
