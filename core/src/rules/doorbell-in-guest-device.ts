// The doorbell that a guest's file gives has addresses of the guest's devices, windows or machine.
import { under } from "../anchor";
import type { AddressRange } from "../address";
import type { Related } from "../finding";
import { nameObstacle, nameObstacleWithRange } from "../describe/guestPlacement";
import { moveDoorbellFixes } from "../guest/doorbellFixes";
import { placementOf } from "../guest/guestPlacement";
import type { Obstacle } from "../guest/placement/placement";
import { entryAnchor } from "../plan/occupants";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface InDevice {
  readonly doorbell: AddressRange<"ipa">;
  readonly obstacle: Obstacle;
}

export const doorbellInGuestDevice = defineGuestRule<InDevice>({
  id: "doorbell-in-guest-device",
  catalogue: "MSI002",
  severity: "error",
  since: "0.1.0",
  summary: "The guest's doorbell has addresses of one of the guest's devices or PCI windows.",
  why: `Two things decode one address: a write meant for the doorbell goes to a register, or the register cannot be reached. Where the machine itself takes
interrupts, in the frame of its GICv2m or ITS, or at the local APIC of x86, a doorbell is at home.`,
  sources: ["domain.md 3.2 and 5.1"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "1G" }],
  "doorbell": { "strategy": "fixed", "base": "0x1000_0000" },
  //                                         ^^^^^^^^^^^^^ error: the doorbell 0x1000_0000-0x100f_ffff meets the machine's PCI memory window 0x1000_0000-0x3efe_ffff
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "1G" }],
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
}`,
    },
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K" }],
  //                    ~~~~~~ device uart
  "doorbell": { "strategy": "fixed", "base": "0x0900_0000" },
  //                                         ^^^^^^^^^^^^^ error: the doorbell 0x0900_0000-0x090f_ffff meets device uart 0x0900_0000-0x0900_0fff
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "memory": [{ "name": "ram", "size": "1G" }],
  "doorbell": { "strategy": "fixed", "base": "0x0809_0000", "size": "64K" },
}`,
    `{
  "guest": "web", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
}`,
  ],
  *check(plan) {
    const { doorbell } = plan.guest;
    for (const conflict of placementOf(plan).conflicts) {
      if (!doorbell || conflict.kind !== "clash" || conflict.of.kind !== "doorbell" || conflict.obstacle.kind === "memory") continue;
      yield { at: under(doorbell.anchor, "base"), data: { doorbell: conflict.range, obstacle: conflict.obstacle }, related: relatedPlace(conflict.obstacle) };
    }
  },
  message: ({ doorbell, obstacle }) =>
    obstacle.kind === "top" ? `the doorbell ${printRange(doorbell)} lies beyond ${nameObstacle(obstacle)}` : `the doorbell ${printRange(doorbell)} meets ${nameObstacleWithRange(obstacle, doorbell)}`,
  fix: (_, plan) => (plan.guest.doorbell ? moveDoorbellFixes(plan, plan.guest.doorbell) : []),
});

function relatedPlace(obstacle: Obstacle): Related[] {
  return obstacle.kind === "device" || obstacle.kind === "window" ? [{ at: entryAnchor(obstacle.entry), message: `${obstacle.kind} ${obstacle.entry.name}` }] : [];
}
