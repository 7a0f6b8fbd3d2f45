// Guest memory whose place is written down has addresses of something else of the guest.
import type { AddressRange } from "../address";
import { intersection, sameRange } from "../address";
import type { Related } from "../finding";
import { nameObstacleWithRange } from "../describe/guestPlacement";
import type { Obstacle } from "../guest/placement/placement";
import { placementOf } from "../guest/guestPlacement";
import { memoryFixes } from "../guest/memoryFixes";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { entryAnchor } from "../plan/occupants";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Shared {
  readonly bank: PinnedBank;
  readonly range: AddressRange<"ipa">;
  readonly obstacle: Obstacle;
}

export const overlappingGuestRanges = defineGuestRule<Shared>({
  id: "overlapping-guest-ranges",
  catalogue: "MAP001",
  severity: "error",
  since: "0.1.0",
  summary: "Guest memory has addresses of another part of the guest.",
  why: `Two things decode one address. Whose byte is read depends on the monitor, which may also refuse to start. What counts is memory with a base, or with banks that a
plan has written; other memory goes around everything by itself. Regions that the machine brings count too.`,
  sources: ["domain.md 5.1 to 5.3"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "1G", "base": "0x0" }],
  //                                                ^^^^^ error: memory ram 0x0-0x3fff_ffff meets device uart 0x0900_0000-0x0900_0fff in 0x0900_0000-0x0900_0fff of the guest's map
  "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K" }],
  //                    ~~~~~~ device uart
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "1G", "from": "0x0" }],
  "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K" }],
}`,
    },
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [
    { "name": "low", "size": "1G", "base": "0x4000_0000" },
    { "name": "high", "size": "1G", "banks": ["0x6000_0000-0x9fff_ffff"] },
    //                                        ^^^^^^^^^^^^^^^^^^^^^^^^^ error: memory high 0x6000_0000-0x9fff_ffff meets memory low 0x4000_0000-0x7fff_ffff in 0x6000_0000-0x7fff_ffff of the guest's map
  ],
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4000_0000" }],
  "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K" }],
}`,
  ],
  *check(plan) {
    const banks = pinnedMemory(plan);
    for (const conflict of placementOf(plan).conflicts) {
      if (conflict.kind !== "clash" || conflict.of.kind !== "memory" || conflict.obstacle.kind === "forbidden" || conflict.obstacle.kind === "top") continue;
      const { entry } = conflict.of;
      const bank = banks.find((one) => one.entry === entry && holds(one.range, conflict.range));
      if (bank) yield { at: bank.at, data: { bank, range: conflict.range, obstacle: conflict.obstacle }, related: relatedPlace(conflict.obstacle) };
    }
  },
  message: ({ bank, range, obstacle }) => `memory ${bank.name} ${printRange(bank.range)} meets ${nameObstacleWithRange(obstacle, range)} in ${printRange(range)} of the guest's map`,
  fix: ({ data }, plan) => memoryFixes(plan, data.bank.entry),
});

function holds(bank: AddressRange<"ipa">, range: AddressRange<"ipa">): boolean {
  const shared = intersection(bank, range);
  return shared !== undefined && sameRange(shared, range);
}

function relatedPlace(obstacle: Obstacle): Related[] {
  return obstacle.kind === "device" || obstacle.kind === "window" || obstacle.kind === "memory" ? [{ at: entryAnchor(obstacle.entry), message: `${obstacle.kind} ${obstacle.entry.name}` }] : [];
}
