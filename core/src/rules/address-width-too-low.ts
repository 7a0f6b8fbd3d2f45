// An x86 machine uses addresses beyond the width of its processor's addresses, so that it does not start.
import { under } from "../anchor";
import type { Edit } from "../finding";
import { ownLayoutOf } from "../guest/ownLayout";
import type { Refusal } from "../guest/machines/machine";
import { defineGuestRule, notChecked } from "../rule";

interface TooLow {
  readonly refusal: Refusal;
  readonly machine: string;
}

export const addressWidthTooLow = defineGuestRule<TooLow>({
  id: "address-width-too-low",
  catalogue: "GST004",
  severity: "error",
  since: "0.1.0",
  summary: "The guest's address width is too low for what its x86 machine puts above 4 GiB.",
  why: `QEMU's x86 machines count the highest address that anything uses: memory, room for memory that is added, and the 64-bit PCI hole of 32 GiB above them. When the
processor's physical address width does not reach it, QEMU ends with "phys-bits too low".`,
  sources: ["domain.md 5.2", "QEMU, hw/i386/pc.c (pc_memory_init)"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 36,
  //                     ^^ error: QEMU q35 8.2 does not start: "Address space limit 0xfffffffff < 0x17ffffffff phys-bits too low (36)"
  "memory": [{ "name": "ram", "size": "62G" }],
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 37,
  "memory": [{ "name": "ram", "size": "62G" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "62G" }],
}`,
  ],
  *check(plan) {
    const own = ownLayoutOf(plan);
    if (!own || own.machine.arch !== "x86_64") return;
    const { refusal } = own.layout;
    if (plan.guest.physicalAddressBits === undefined) yield notChecked("the width of the guest's addresses is not given");
    else if (refusal) yield { at: under(plan.guest.anchor, "physicalAddressBits"), data: { refusal, machine: own.machine.title } };
  },
  message: ({ refusal, machine }) => `${machine} does not start: "${refusal.message}"`,
  fix({ data: { refusal } }, { guest }) {
    const bits = refusal.bitsNeeded;
    if (bits === undefined || bits > 52) return [];
    const edit: Edit = { op: "replace", at: under(guest.anchor, "physicalAddressBits"), value: { json: bits } };
    return [{ title: `Give the guest ${bits} bits of address`, edits: [edit] }];
  },
});
