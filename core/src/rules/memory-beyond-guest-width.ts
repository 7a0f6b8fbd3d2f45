// Guest memory, or room for memory that is added, reaches beyond the guest's own address width.
import { address, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Fix } from "../finding";
import { nameRequested } from "../describe/guestPlacement";
import { machineOf } from "../guest/guestMachine";
import { bitsForAll, ownLayoutOf } from "../guest/ownLayout";
import { fitsWithoutHosts, placementWithoutHosts } from "../guest/ownRoom";
import type { GuestPlan } from "../guest/guestPlan";
import { bitsFor } from "../guest/machines/machine";
import { pinnedMemory } from "../guest/pinnedMemory";
import { printAddress, printRange, printSize } from "../print";
import { defineGuestRule, notChecked } from "../rule";

interface Beyond {
  readonly what: string;
  readonly bits: number;
  /** What the machine prints. */
  readonly message: string | undefined;
  readonly bitsNeeded: number | undefined;
}

export const memoryBeyondGuestWidth = defineGuestRule<Beyond>({
  id: "memory-beyond-guest-width",
  catalogue: "GST001",
  severity: "error",
  since: "0.1.0",
  summary: "Guest memory reaches beyond the guest's own address width.",
  why: `A guest has as many bits of physical address as its monitor gives it: 40 on arm64 unless more are asked for. Memory, and the room that is kept for memory that
is added (\`maxMemory\`, and 1 GiB for each of \`memorySlots\`), must end below. QEMU's \`virt\` refuses to start: "Addressing limited to 40 bits, but memory
exceeds it by … bytes".

On x86 the rule is another one, since there the 64-bit PCI window counts too.`,
  sources: ["domain.md 5.1", "QEMU, hw/arm/virt.c (virt_set_memmap)"],
  bad: [
    {
      text: `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 36,
  "memory": [{ "name": "ram", "size": "32G" }],
  //                                  ~~~~~ memory ram: 32 GiB
  "maxMemory": "64G",
  //           ^^^^^ error: memory with room for 32 GiB more ends at 0x10_3fff_ffff, and the guest has 36 bits of address: "Addressing limited to 36 bits, but memory exceeds it by 1073741824 bytes"
}`,
      fixed: `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "32G" }],
  "maxMemory": "64G",
}`,
    },
    {
      text: `{
  "guest": "db",
  "physicalAddressBits": 40,
  "memory": [
    { "name": "low", "size": "1G", "base": "0x4000_0000" },
    { "name": "high", "size": "8G", "base": "0xff_0000_0000" },
    //                                      ^^^^^^^^^^^^^^^^ error: memory high 0xff_0000_0000-0x100_ffff_ffff reaches 0x100_ffff_ffff, and the guest has 40 bits of address
    { "name": "huge", "size": "2T" },
    //                        ^^^^ error: about 1 TiB of memory huge have no place, and the guest has 40 bits of address
  ],
  "windows": [{ "name": "bars", "type": "mem64", "size": "1T" }],
  //                                                     ^^^^ error: 1 TiB of window bars have no place, and the guest has 40 bits of address
}`,
    },
  ],
  good: [
    `{
  "guest": "db", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "32G" }],
  "maxMemory": "64G", "memorySlots": 4,
}`,
  ],
  *check(plan) {
    const { physicalAddressBits: bits } = plan.guest;
    if ((plan.guest.memory ?? []).length + (plan.guest.windows ?? []).length === 0) return;
    if (bits === undefined) {
      yield notChecked("the width of the guest's addresses is not given");
      return;
    }
    yield* beyondWithBase(plan, bits);
    yield* refusedByMachine(plan, bits);
  },
  message: ({ what, bits, message }) => `${what}, and the guest has ${bits} bits of address${message === undefined ? "" : `: "${message}"`}`,
  fix({ data: { bitsNeeded } }, plan) {
    const machine = machineOf(plan);
    const bits = bitsNeeded !== undefined && machine ? bitsForAll(plan, machine, bitsNeeded) : bitsNeeded;
    return bits === undefined ? [] : widthFixes(under(plan.guest.anchor, "physicalAddressBits"), bits);
  },
});

function* beyondWithBase(plan: GuestPlan, bits: number): Generator<{ at: Anchor; data: Beyond }> {
  const limit = address<"ipa">(1n << BigInt(bits));
  for (const { name, range, at } of pinnedMemory(plan)) {
    if (range.end > limit) yield { at, data: { what: `memory ${name} ${printRange(range)} reaches ${printAddress(range.end - 1n)}`, bits, message: undefined, bitsNeeded: bitsFor(range.end) } };
  }
  if (fitsWithoutHosts(plan) || ownLayoutOf(plan)?.layout.refusal) return;
  for (const conflict of placementWithoutHosts(plan).conflicts) {
    if (conflict.kind !== "no-room") continue;
    const { of } = conflict;
    const at = of.kind === "doorbell" ? (plan.guest.doorbell?.anchor ?? plan.guest.anchor) : under(of.entry.anchor, "size");
    yield { at, data: { what: `${printSize(conflict.missing)} of ${nameRequested(of)} have no place`, bits, message: undefined, bitsNeeded: undefined } };
  }
}

function* refusedByMachine(plan: GuestPlan, bits: number): Generator<{ at: Anchor; data: Beyond; related: { at: Anchor; message: string }[] }> {
  const own = ownLayoutOf(plan);
  const { refusal } = own?.layout ?? {};
  if (!own || own.machine.arch === "x86_64" || refusal?.kind !== "beyond-address-width") return;
  const { guest } = plan;
  const [first] = guest.memory ?? [];
  const room = own.layout.regions.find((one) => one.role === "device-memory");
  const what = room ? `memory with room for ${printSize(sizeOf(room.range))} more ends at ${printAddress(room.range.end - 1n)}` : `memory ends at ${printAddress((own.banks.at(-1)?.end ?? 1n) - 1n)}`;
  const at = growthAnchor(plan) ?? under(first?.anchor ?? guest.anchor, "size");
  const related = room && first ? [{ at: under(first.anchor, "size"), message: `memory ${first.name}: ${printSize(first.size)}` }] : [];
  yield { at, data: { what, bits, message: refusal.message, bitsNeeded: refusal.bitsNeeded }, related };
}

/** The key that makes room for added memory. */
function growthAnchor({ guest }: GuestPlan): Anchor | undefined {
  if (guest.maxMemory !== undefined) return under(guest.anchor, "maxMemory");
  return guest.memorySlots === undefined ? undefined : under(guest.anchor, "memorySlots");
}

function widthFixes(at: Anchor, bits: number): Fix[] {
  return bits > 52 ? [] : [{ title: `Give the guest ${bits} bits of address`, edits: [{ op: "replace", at, value: { json: bits } }] }];
}
