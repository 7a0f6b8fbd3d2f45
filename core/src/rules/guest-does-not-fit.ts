// Something that a guest asks for fits nowhere on its host.
import { under } from "../anchor";
import type { Anchor } from "../anchor";
import type { Related } from "../finding";
import { describeConflict, describeRelaxation } from "../describe/guestPlacement";
import type { GuestPlan } from "../guest/guestPlan";
import { placementOf } from "../guest/guestPlacement";
import { fitsWithoutHosts } from "../guest/ownRoom";
import type { Conflict } from "../guest/placement/placement";
import type { Relaxation } from "../guest/placement/relaxations";
import { relaxationsFor } from "../guest/placement/relaxations";
import { relaxationFixes } from "../guest/relaxationFixes";
import { defineGuestRule } from "../rule";

interface Homeless {
  readonly conflict: Extract<Conflict, { kind: "no-room" }>;
  readonly relaxations: readonly Relaxation[];
  readonly host: string;
  /** Every combination of places was tried. */
  readonly isCertain: boolean;
}

export const guestDoesNotFit = defineGuestRule<Homeless>({
  id: "guest-does-not-fit",
  catalogue: "RSV006",
  severity: "error",
  since: "0.1.0",
  summary: "Something that a guest asks for fits nowhere on its host.",
  why: `Memory without a base is placed upward around what the host keeps from it, windows downward from the top, the doorbell by its strategy. Here that leaves
something without a place, and the monitor would not start the guest, or start it with less than it asks for.

The finding names what would help: less memory, more address bits, or what of the host is in the way. Where several hosts leave no room together, another
rule says which one to leave out.`,
  sources: ["domain.md 5.5"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["narrow.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "8G" }],
  //                                  ^^^^ error: memory ram: no place for 5 GiB of its 8 GiB on narrow; it would help to ask for 3 GiB of memory ram
}
// --- narrow.platform.jsonc ---
{ "platform": "narrow", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "inputBits": 32 }] }`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["narrow.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "3G" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["wide.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "8G" }],
}
// --- wide.platform.jsonc ---
{ "platform": "wide", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "inputBits": 48 }] }`,
  ],
  *check(plan) {
    const [host] = plan.hosts;
    if (plan.hosts.length !== 1 || !host) return;
    const placement = placementOf(plan);
    const homeless = placement.conflicts.filter((one) => one.kind === "no-room");
    if (homeless.length === 0 || !fitsWithoutHosts(plan)) return;
    const relaxations = relaxationsFor(plan, placement);
    for (const conflict of homeless) {
      const related: Related[] = [{ at: host.namedAt, message: `on ${host.name}` }];
      yield { at: placeOf(plan, conflict), data: { conflict, relaxations, host: host.name, isCertain: placement.isExact }, related };
    }
  },
  message: ({ conflict, relaxations, host, isCertain }) => {
    const help = relaxations.filter((one) => one.kind !== "hosts" && one.kind !== "requests").map(describeRelaxation);
    return `${describeConflict(conflict)} on ${host}${isCertain ? "" : " was found"}${help.length === 0 ? "" : `; it would help to ${help.join(", or to ")}`}`;
  },
  fix: ({ data }, plan) => data.relaxations.flatMap((one) => relaxationFixes(plan, one)),
});

function placeOf({ guest }: GuestPlan, { of }: Homeless["conflict"]): Anchor {
  if (of.kind !== "doorbell") return under(of.entry.anchor, "size");
  return guest.doorbell?.anchor ?? under(guest.anchor, "guest");
}
