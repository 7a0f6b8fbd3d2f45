// The machine leaves out a region that does not fit the guest's address width.
import { under } from "../anchor";
import { machineOf } from "../guest/guestMachine";
import { bitsForAll, ownLayoutOf } from "../guest/ownLayout";
import { bitsFor } from "../guest/machines/machine";
import type { DroppedRegion } from "../guest/machines/machine";
import { printRange } from "../print";
import { defineGuestRule, notChecked } from "../rule";

interface Dropped {
  readonly region: DroppedRegion;
  readonly machine: string;
  readonly bits: number;
}

export const droppedMachineRegion = defineGuestRule<Dropped>({
  id: "dropped-machine-region",
  catalogue: "GST002",
  severity: "warning",
  since: "0.1.0",
  summary: "The machine leaves out a region that does not fit the guest's address width.",
  why: `QEMU's \`virt\` puts further redistributors, a larger ECAM and a PCI window of 512 GiB above the memory. One that does not end below the guest's address width is
left out without a word. Without the window no 64-bit BAR of a size worth the name has a place, and a guest with a GPU finds it without registers.`,
  sources: ["domain.md 5.1", "QEMU, hw/arm/virt.c (virt_set_high_memmap)"],
  bad: [
    {
      text: `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  //                     ^^ warning: QEMU virt 10.1 leaves out its high PCI memory window: 0x100_0000_0000-0x17f_ffff_ffff does not fit 40 bits of address
  "memory": [{ "name": "ram", "size": "600G" }],
}`,
      fixed: `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 41,
  "memory": [{ "name": "ram", "size": "600G" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "300G" }],
}`,
  ],
  *check(plan) {
    const own = ownLayoutOf(plan);
    const { physicalAddressBits: bits, anchor } = plan.guest;
    if (!own) return;
    if (bits === undefined) yield notChecked("the width of the guest's addresses is not given");
    else if (!own.layout.refusal) for (const region of own.layout.dropped) yield { at: under(anchor, "physicalAddressBits"), data: { region, machine: own.machine.title, bits } };
  },
  message: ({ region, machine, bits }) => `${machine} leaves out its ${region.name}: ${printRange(region.range)} does not fit ${bits} bits of address`,
  fix({ data: { region } }, plan) {
    const { guest } = plan;
    const machine = machineOf(plan);
    const bits = machine && bitsForAll(plan, machine, bitsFor(region.range.end));
    return bits === undefined ? [] : [{ title: `Give the guest ${bits} bits of address`, edits: [{ op: "replace", at: under(guest.anchor, "physicalAddressBits"), value: { json: bits } }] }];
  },
});
