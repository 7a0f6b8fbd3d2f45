// Guest memory lies where DMA of a device that is passed through cannot reach: beyond the addresses that its IOMMU takes, or outside the inbound windows.
import type { AddressRange } from "../address";
import { address, overlaps } from "../address";
import { under } from "../anchor";
import type { Related } from "../finding";
import type { GuestPlan } from "../guest/guestPlan";
import { regionsFor } from "../guest/hostRegions";
import { memoryFixes } from "../guest/memoryFixes";
import type { PassedThrough } from "../guest/passedThrough";
import { passedThrough } from "../guest/passedThrough";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { iommuInFront } from "../plan/iommuInFront";
import type { PciNode } from "../plan/pciTree";
import type { Iommu } from "../platform";
import { printAddress, printRange } from "../print";
import { defineGuestRule } from "../rule";

interface OutOfReach {
  readonly bank: PinnedBank;
  readonly host: string;
  readonly device: string;
  /** A clause. */
  readonly because: string;
}

export const guestMemoryBeyondAperture = defineGuestRule<OutOfReach>({
  id: "guest-memory-beyond-aperture",
  catalogue: "RSV012",
  severity: "error",
  since: "0.1.0",
  summary: "Guest memory lies where DMA of a device that is passed through cannot reach.",
  why: `An IOMMU takes addresses of a certain width, 39 bits for many of Intel's, and a host bridge forwards DMA only inside its inbound windows. VFIO cannot map guest
memory beyond the IOMMU's aperture (\`-EINVAL\`); what lies outside the inbound windows aborts in the root complex.

This looks at the IOMMUs in front of devices that the guest gets. Hosts that the guest may move to have a rule of their own.`,
  sources: ["domain.md 1.5, 1.6 and 4.1"],
  bad: [
    {
      text: `{
  "guest": "db",
  "physicalAddressBits": 46,
  "hosts": ["desk.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "64G", "base": "0x7c_0000_0000" }],
  //                                                 ^^^^^^^^^^^^^^^^ error: memory ram 0x7c_0000_0000-0x8b_ffff_ffff is out of reach of gpu (0000:00:02.0) on desk: dmar0 takes addresses up to 0x7f_ffff_ffff
  "passthrough": [{ "host": "desk", "device": "00:02.0" }],
}
// --- desk.platform.jsonc ---
{
  "platform": "desk", "arch": "x86_64",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 39, "interruptRemapping": true }],
  //                                                         ~~ dmar0 takes 39 bits
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }], "devices": [{ "at": "00:02.0", "name": "gpu", "type": "integrated-endpoint" }] }],
}`,
      fixed: `{
  "guest": "db",
  "physicalAddressBits": 46,
  "hosts": ["desk.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "64G", "base": "0x70_0000_0000" }],
  "passthrough": [{ "host": "desk", "device": "00:02.0" }],
}`,
    },
    {
      text: `{
  "guest": "db",
  "hosts": ["board.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x7fff_ffff is out of reach of nic (0000:00:01.0) on board: no inbound window of pcie0 holds it
  "passthrough": [{ "host": "board", "device": "00:01.0" }],
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "inbound": [{ "bus": "0x8000_0000", "size": "2G" }, { "bus": "0x0", "size": "1G" }],
    "devices": [{ "at": "00:01.0", "name": "nic", "type": "endpoint" }],
  }],
}`,
    },
  ],
  good: [
    `{
  "guest": "db",
  "physicalAddressBits": 46,
  "hosts": ["desk.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "64G", "base": "0x1_0000_0000" }],
  "passthrough": [{ "host": "desk", "device": "00:02.0" }],
}
// --- desk.platform.jsonc ---
{
  "platform": "desk", "arch": "x86_64",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "inputBits": 39, "interruptRemapping": true }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }], "devices": [{ "at": "00:02.0", "name": "gpu", "type": "integrated-endpoint" }] }],
}`,
  ],
  *check(plan) {
    const banks = pinnedMemory(plan);
    if (banks.length === 0) return;
    for (const { host, node } of passedThrough(plan)) {
      if (!host || !node) continue;
      for (const { range, because, related } of outOfReach(host, node)) {
        for (const bank of banks) if (overlaps(bank.range, range)) yield { at: bank.at, data: { bank, host: host.name, device: node.label, because }, related };
      }
    }
  },
  message: ({ bank, host, device, because }) => `memory ${bank.name} ${printRange(bank.range)} is out of reach of ${device} on ${host}: ${because}`,
  fix: ({ data }, plan: GuestPlan) => memoryFixes(plan, data.bank.entry),
});

interface Beyond {
  readonly range: AddressRange<"ipa">;
  readonly because: string;
  readonly related: readonly Related[];
}

function outOfReach(host: NonNullable<PassedThrough["host"]>, node: PciNode): Beyond[] {
  const front = iommuInFront(host.plan, node);
  const outside = regionsFor(host.plan, [node]).regions.filter((one) => one.kind === "inbound").map((one): Beyond => ({ range: one.range, because: one.because.join("; "), related: [] }));
  return [...(front.kind === "iommu" ? beyondInput(front.iommu) : []), ...outside];
}

function beyondInput({ name, inputBits, anchor }: Iommu): Beyond[] {
  if (inputBits === undefined || inputBits >= 64) return [];
  const range = { base: address<"ipa">(1n << BigInt(inputBits)), end: address<"ipa">(1n << 64n) };
  const related = [{ at: under(anchor, "inputBits"), message: `${name} takes ${inputBits} bits` }];
  return [{ range, because: `${name} takes addresses up to ${printAddress(range.base - 1n)}`, related }];
}
