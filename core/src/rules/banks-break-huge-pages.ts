// A bank of guest memory does not begin and end on the huge pages that are behind it on the host.
import type { AddressRange } from "../address";
import { isPowerOfTwo } from "../address";
import { under } from "../anchor";
import type { Fix } from "../finding";
import type { GuestMemory } from "../guest";
import { placementOf } from "../guest/guestPlacement";
import { printRange, printSize, printSizeLiteral } from "../print";
import { defineGuestRule } from "../rule";

interface Broken {
  readonly entry: GuestMemory;
  readonly bank: AddressRange<"ipa">;
  readonly hugePage: bigint;
}

export const banksBreakHugePages = defineGuestRule<Broken>({
  id: "banks-break-huge-pages",
  catalogue: "GST007",
  severity: "warning",
  since: "0.1.0",
  summary: "A bank of guest memory does not begin and end on a huge page.",
  why: `Memory that huge pages of the host are behind is mapped in huge blocks, for the guest and for devices, only where guest address and host page agree in alignment.
A bank that begins or ends elsewhere is mapped in small pages at its edges: slower, and with as many mappings as there are pages.`,
  sources: ["domain.md 4.1 and 5.5"],
  bad: [
    {
      text: `{
  "guest": "db",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G" }],
  //                   ^^^^^ warning: memory ram has a bank 0x4000_0000-0xc5ff_ffff that is not made of whole huge pages of 1 GiB
  "hugePages": "1G",
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
      fixed: `{
  "guest": "db",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "align": "1G" }],
  "hugePages": "1G",
}`,
    },
  ],
  good: [
    `{
  "guest": "db",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "align": "1G" }],
  "hugePages": "1G",
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
  ],
  *check(plan) {
    const { hugePages } = plan.guest;
    if (hugePages === undefined || hugePages <= 4096n || !isPowerOfTwo(hugePages)) return;
    for (const { entry, banks } of placementOf(plan).memory) {
      const bank = banks.find((one) => one.base % hugePages !== 0n || one.end % hugePages !== 0n);
      if (bank) yield { at: entry.extent?.at ?? under(entry.anchor, "name"), data: { entry, bank, hugePage: hugePages } };
    }
  },
  message: ({ entry, bank, hugePage }) => `memory ${entry.name} has a bank ${printRange(bank)} that is not made of whole huge pages of ${printSize(hugePage)}`,
  fix: ({ data: { entry, hugePage } }) => alignFixes(entry, hugePage),
});

/** What a plan has written is placed anew with the alignment. */
function alignFixes(entry: GuestMemory, hugePage: bigint): Fix[] {
  if (entry.extent || entry.banks !== undefined) return [];
  const title = `Align the banks of ${entry.name} to ${printSizeLiteral(hugePage)}`;
  const value = { size: hugePage };
  if (entry.align !== undefined) return [{ title, edits: [{ op: "replace", at: under(entry.anchor, "align"), value }] }];
  return [{ title, edits: [{ op: "add", to: entry.anchor, key: "align", value: { json: printSizeLiteral(hugePage) }, after: "size" }] }];
}
