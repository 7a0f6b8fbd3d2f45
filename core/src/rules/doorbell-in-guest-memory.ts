// The doorbell that a guest's file gives lies in the guest's own memory.
import { under } from "../anchor";
import type { AddressRange } from "../address";
import { moveDoorbellFixes } from "../guest/doorbellFixes";
import { placementOf } from "../guest/guestPlacement";
import { pinnedMemory } from "../guest/pinnedMemory";
import type { GuestMemory } from "../guest";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface InMemory {
  readonly doorbell: AddressRange<"ipa">;
  readonly entry: GuestMemory;
  readonly bank: AddressRange<"ipa">;
}

export const doorbellInGuestMemory = defineGuestRule<InMemory>({
  id: "doorbell-in-guest-memory",
  catalogue: "MSI001",
  severity: "error",
  since: "0.1.0",
  summary: "The guest's doorbell lies in the guest's memory.",
  why: `A write to the doorbell raises an interrupt. Where memory has the same address, DMA that is meant for memory raises interrupts instead, or the mapping of the
memory is refused. A static 0xfee0_0000, as on x86, is in memory on QEMU's arm64 \`virt\` as soon as the guest has more than 3054 MiB, and on machines whose
memory begins at 2 GiB as soon as it has more than 2030 MiB.

Memory without a base goes around the doorbell by itself. A doorbell without a base goes around memory.`,
  sources: ["domain.md section 0, trap 9; 3.2 and 5.5"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ~~~~~~~~~~~~~ memory ram
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
  //                                         ^^^^^^^^^^^^^ error: the doorbell 0xfee0_0000-0xfeef_ffff lies in memory ram 0x4000_0000-0x1_3fff_ffff: DMA there raises interrupts
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "doorbell": { "strategy": "fixed", "base": "0xff_ffe0_0000" },
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
}`,
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G", "base": "0x4000_0000" }],
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
}`,
  ],
  *check(plan) {
    const { doorbell } = plan.guest;
    for (const conflict of placementOf(plan).conflicts) {
      if (!doorbell || conflict.kind !== "clash" || conflict.of.kind !== "doorbell" || conflict.obstacle.kind !== "memory") continue;
      const { entry } = conflict.obstacle;
      const bank = pinnedMemory(plan).find((one) => one.entry === entry && one.range.base < conflict.range.end && conflict.range.base < one.range.end);
      if (bank) yield { at: under(doorbell.anchor, "base"), data: { doorbell: conflict.range, entry, bank: bank.range }, related: [{ at: bank.at, message: `memory ${entry.name}` }] };
    }
  },
  message: ({ doorbell, entry, bank }) => `the doorbell ${printRange(doorbell)} lies in memory ${entry.name} ${printRange(bank)}: DMA there raises interrupts`,
  fix: (_, plan) => (plan.guest.doorbell ? moveDoorbellFixes(plan, plan.guest.doorbell) : []),
});
