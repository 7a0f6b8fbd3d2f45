// Memory of the guest, or its doorbell, lies beyond what a host that it may come to can address.
import type { AddressRange } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeBits } from "../guest/addressLimits";
import type { AddressLimit } from "../guest/addressLimits";
import { addressLimitsOf } from "../guest/addressLimits";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { GuestMemory } from "../guest";
import { memoryFixes } from "../guest/memoryFixes";
import { passedThrough } from "../guest/passedThrough";
import { fixedDoorbell } from "../guest/placement/doorbellChoice";
import { placementInput } from "../guest/guestPlacement";
import { pinnedMemory } from "../guest/pinnedMemory";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Beyond {
  readonly what: string;
  readonly range: AddressRange<"ipa">;
  readonly entry: GuestMemory | undefined;
  readonly host: GuestHost;
  readonly limit: AddressLimit;
  readonly others: number;
}

export const memoryBeyondHostAperture = defineGuestRule<Beyond>({
  id: "memory-beyond-host-aperture",
  catalogue: "MIG007",
  severity: "error",
  since: "0.1.0",
  summary: "Memory of the guest, or its doorbell, lies beyond what a host that it may come to can address.",
  why: `An IOMMU takes addresses of a certain width, and so does the second stage of a host's processors. What lies beyond the narrowest of the hosts cannot be mapped
after a migration there: a device is refused, or the guest does not start at all.

Lower the top: memory without a base is placed below the least width of all hosts.`,
  sources: ["domain.md 4.1 and section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 48,
  "hosts": ["wide.platform.jsonc", "narrow.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x80_0000_0000" }],
  //                                                ^^^^^^^^^^^^^^^^ error: memory ram 0x80_0000_0000-0x80_ffff_ffff lies beyond narrow, where dmar0 takes 39 bits of address
}
// --- wide.platform.jsonc ---
{ "platform": "wide", "arch": "x86_64", "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 48 }] }
// --- narrow.platform.jsonc ---
{ "platform": "narrow", "arch": "x86_64", "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 39 }] }`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 48,
  "hosts": ["wide.platform.jsonc", "narrow.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x7f_0000_0000" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 48,
  "hosts": ["wide.platform.jsonc", "narrow.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "from": "0x40_0000_0000" }],
}
// --- wide.platform.jsonc ---
{ "platform": "wide", "arch": "x86_64", "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 48 }] }
// --- narrow.platform.jsonc ---
{ "platform": "narrow", "arch": "x86_64", "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 39 }] }`,
  ],
  *check(plan) {
    const named = new Set(passedThrough(plan).flatMap((one) => one.host ?? []));
    for (const { at, what, range, entry } of fixedPlaces(plan)) {
      const beyond = plan.hosts.flatMap((host) =>
        addressLimitsOf(host.plan)
          .filter((limit) => range.end > 1n << BigInt(limit.bits) && !(limit.iommu !== undefined && named.has(host)))
          .slice(0, 1)
          .map((limit) => ({ host, limit })),
      );
      const narrowest = beyond.reduce<(typeof beyond)[number] | undefined>((least, one) => (least === undefined || one.limit.bits < least.limit.bits ? one : least), undefined);
      if (narrowest) yield { at, data: { what, range, entry, ...narrowest, others: beyond.length - 1 }, related: beyond.slice(0, 4).map(({ host, limit }) => ({ at: limit.at, message: `${host.name}: ${describeBits(limit)}` })) };
    }
  },
  message: ({ what, range, host, limit, others }) =>
    `${what} ${printRange(range)} lies beyond ${host.name}, where ${describeBits(limit)}${others > 0 ? `, and beyond ${others} more ${others === 1 ? "host" : "hosts"}` : ""}`,
  fix: ({ data: { entry } }, plan) => (entry ? memoryFixes(plan, entry) : []),
});

interface FixedPlace {
  readonly at: Anchor;
  readonly what: string;
  readonly range: AddressRange<"ipa">;
  readonly entry: GuestMemory | undefined;
}

function fixedPlaces(plan: GuestPlan): FixedPlace[] {
  const doorbell = fixedDoorbell(placementInput(plan));
  return [
    ...pinnedMemory(plan).map(({ at, name, range, entry }): FixedPlace => ({ at, what: `memory ${name}`, range, entry })),
    ...(doorbell && plan.guest.doorbell ? [{ at: under(plan.guest.doorbell.anchor, "base"), what: "the doorbell", range: doorbell, entry: undefined }] : []),
  ];
}
