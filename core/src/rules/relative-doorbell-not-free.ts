// A doorbell at the top of the guest's addresses, or one that is written down, meets what a host or the machine has there.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { AddressRange } from "../address";
import type { Fix } from "../finding";
import { nameChoice, nameObstacle } from "../describe/guestPlacement";
import type { GuestDoorbell } from "../guest";
import { doorbellWithoutBase, moveDoorbellFixes } from "../guest/doorbellFixes";
import { placementInput, placementOf } from "../guest/guestPlacement";
import type { GuestPlan } from "../guest/guestPlan";
import { firstObstacle } from "../guest/placement/doorbellChoice";
import type { Obstacle } from "../guest/placement/placement";
import { occupiedBefore } from "../guest/placement/requests";
import { printAddress, printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Taken {
  readonly what: string;
  readonly range: AddressRange<"ipa">;
  readonly obstacle: Obstacle | undefined;
  readonly doorbell: GuestDoorbell;
}

export const relativeDoorbellNotFree = defineGuestRule<Taken>({
  id: "relative-doorbell-not-free",
  catalogue: "MSI004",
  severity: "warning",
  since: "0.1.0",
  summary: "The doorbell meets what a host or the machine has at the top of the guest's addresses.",
  why: `The last bytes of the address space look free, and on some machines they are not. With 40 bits AMD's HyperTransport range 0xfd_0000_0000-0xff_ffff_ffff is
there, QEMU's \`virt\` has its high PCI window of 512 GiB there, and a Raspberry Pi 5 takes its own interrupts in the last page. A doorbell at the top
then cannot be mapped, or takes a part of the window away.

The plan takes another place and goes on. Choose a strategy that is free, or give the guest more address bits. A doorbell with a base stays where it is.`,
  sources: ["domain.md section 0, traps 7 and 8"],
  bad: [
    {
      text: `{
  "guest": "web", "arch": "arm64",
  "physicalAddressBits": 40,
  "hosts": ["epyc.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "top" },
  //                        ^^^^^ warning: the top 0xff_ffe0_0000-0xff_ffff_ffff meets reserved region 0xfd_0000_0000-0xff_ffff_ffff of epyc
}
// --- epyc.platform.jsonc ---
{ "platform": "epyc", "arch": "x86_64", "iommus": [{ "name": "iommu0", "type": "amd-vi" }] }`,
      fixed: `{
  "guest": "web", "arch": "arm64",
  "physicalAddressBits": 40,
  "hosts": ["epyc.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "fixed", "base": "0xfff0_0000" },
}`,
    },
    {
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "sign-extended" },
  //                        ^^^^^^^^^^^^^^^ warning: 0xfee0_0000 sign-extended 0xff_fee0_0000-0xff_feef_ffff meets the machine's high PCI memory window 0x80_0000_0000-0xff_ffff_ffff
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "fixed" },
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "arch": "arm64",
  "physicalAddressBits": 44,
  "hosts": ["epyc.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "top" },
}
// --- epyc.platform.jsonc ---
{ "platform": "epyc", "arch": "x86_64", "iommus": [{ "name": "iommu0", "type": "amd-vi" }] }`,
  ],
  *check(plan) {
    const { doorbell } = plan.guest;
    if (!doorbell) return;
    const placed = placementOf(plan).doorbell;
    const { strategy } = placed;
    if (placed.isFixed) {
      const obstacle = placed.range && hostObstacle(plan, placed.range);
      if (placed.range && obstacle) yield { at: under(doorbell.anchor, "base"), data: { what: "the doorbell", range: placed.range, obstacle, doorbell } };
      return;
    }
    if (strategy !== "top" && strategy !== "sign-extended") return;
    const refused = placed.rejected.find((one) => one.choice === strategy);
    if (refused?.range) yield { at: strategyAt(doorbell), data: { what: nameChoice(strategy), range: refused.range, obstacle: refused.obstacle, doorbell } };
  },
  message: ({ what, range, obstacle }) =>
    obstacle?.kind === "top" ? `${what} ${printRange(range)} lies beyond ${nameObstacle(obstacle)}` : `${what} ${printRange(range)} meets ${obstacle ? nameObstacle(obstacle) : "something else"}`,
  fix: ({ data: { doorbell } }, plan) => (doorbell.base === undefined ? strategyFixes(plan, doorbell) : moveDoorbellFixes(plan, doorbell)),
});

/** What hosts have where the file puts the doorbell. Where the machine takes interrupts itself, theirs do not matter. */
function hostObstacle(plan: GuestPlan, range: AddressRange<"ipa">): Obstacle | undefined {
  const input = placementInput(plan);
  const occupied = occupiedBefore(input).filter(({ by }) => by.kind === "forbidden" || (by.kind === "machine" && by.region.role === "doorbell"));
  const choice = input.forbidden.commonWindow?.base === range.base ? "host-window" : "fixed";
  const obstacle = firstObstacle(input, choice, range, occupied);
  return obstacle?.kind === "forbidden" ? obstacle : undefined;
}

/** The last resort of all is no strategy: it is written down. */
function strategyFixes(plan: GuestPlan, doorbell: GuestDoorbell): Fix[] {
  const { choice, range } = doorbellWithoutBase(plan);
  if (!choice || !range) return [];
  const at = strategyAt(doorbell);
  if (choice !== "hole") return [{ title: `Choose the strategy ${choice}`, edits: [{ op: "replace", at, value: { json: choice } }] }];
  const base = { op: "add", to: doorbell.anchor, key: "base", value: { json: printAddress(range.base) }, after: "strategy" } as const;
  return [{ title: `Put it at ${printAddress(range.base)}, ${nameChoice(choice)}`, edits: [{ op: "replace", at, value: { json: "fixed" } }, base] }];
}

function strategyAt(doorbell: GuestDoorbell): Anchor {
  return under(doorbell.anchor, "strategy");
}
