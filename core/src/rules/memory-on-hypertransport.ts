// A guest with an AMD processor has memory in the HyperTransport range, because its machine is too old to leave it out.
import type { AddressRange } from "../address";
import { address, overlaps } from "../address";
import { under } from "../anchor";
import type { GuestPlan } from "../guest/guestPlan";
import { ownLayoutOf } from "../guest/ownLayout";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

const HYPERTRANSPORT = { base: address<"ipa">(0xfd_0000_0000n), end: address<"ipa">(0x100_0000_0000n) };

interface InHole {
  readonly bank: AddressRange<"ipa">;
  readonly what: string;
  readonly machine: string;
}

export const memoryOnHypertransport = defineGuestRule<InHole>({
  id: "memory-on-hypertransport",
  catalogue: "GST003",
  severity: "error",
  since: "0.1.0",
  summary: "The machine puts memory of an AMD guest into the HyperTransport range.",
  why: `AMD's IOMMU does not translate 0xfd_0000_0000-0xff_ffff_ffff. Machine types up to 7.0 lay memory over it all the same; later ones move what is above 4 GiB to
1 TiB when the processor is AMD's and something would reach the range. VFIO refuses the mapping on such a host.`,
  sources: ["domain.md 5.2", "QEMU, hw/i386/pc.c (enforce_amd_1tb_hole)"],
  bad: [
    {
      text: `{
  "guest": "db", "machine": "qemu-q35-7.0",
  //                        ^^^^^^^^^^^^^^ error: QEMU q35 7.0 puts memory at 0x1_0000_0000-0x100_7fff_ffff, over AMD's HyperTransport range 0xfd_0000_0000-0xff_ffff_ffff
  "physicalAddressBits": 48, "processor": "amd",
  "memory": [{ "name": "ram", "size": "1T" }],
}`,
      fixed: `{
  "guest": "db", "machine": "qemu-q35-7.1",
  "physicalAddressBits": 48, "processor": "amd",
  "memory": [{ "name": "ram", "size": "1T" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "db", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 48, "processor": "amd",
  "memory": [{ "name": "ram", "size": "1T" }],
}`,
    `{
  "guest": "db", "machine": "qemu-q35-7.0",
  "physicalAddressBits": 48, "processor": "intel",
  "memory": [{ "name": "ram", "size": "1T" }],
}`,
  ],
  *check(plan) {
    const own = ownLayoutOf(plan);
    if (!own || own.machine.ignoresHyperTransport !== true || !isAmd(plan)) return;
    const added = own.layout.regions.filter((one) => one.role === "device-memory").map((one) => ({ range: one.range, what: "room for added memory" }));
    const first = [...own.banks.map((range) => ({ range, what: "memory" })), ...added].find((one) => overlaps(one.range, HYPERTRANSPORT));
    if (first) yield { at: under(plan.guest.anchor, "machine"), data: { bank: first.range, what: first.what, machine: own.machine.title } };
  },
  message: ({ bank, what, machine }) => `${machine} puts ${what} at ${printRange(bank)}, over AMD's HyperTransport range ${printRange(HYPERTRANSPORT)}`,
  fix: (_, { guest }) => [{ title: "Take machine type 7.1, which leaves the range out", edits: [{ op: "replace", at: under(guest.anchor, "machine"), value: { json: newer(guest.machine ?? "") } }] }],
});

/** A guest whose file does not say has its hosts' processor. */
function isAmd({ guest, hosts }: GuestPlan): boolean {
  if (guest.processor !== undefined) return guest.processor === "amd";
  return hosts.some((host) => (host.plan.platform.iommus ?? []).some((iommu) => iommu.type === "amd-vi"));
}

/** The version stands behind a hyphen, the digits of q35 do not. */
function newer(machine: string): string {
  return machine.replace(/-\d+(\.\d+)*/, "-7.1");
}
