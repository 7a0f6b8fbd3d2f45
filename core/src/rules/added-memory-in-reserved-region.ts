// The room in which memory is added while the guest runs meets what its hosts keep from it, while a device is passed through.
import type { AddressRange } from "../address";
import { alignDown, overlaps, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Fix } from "../finding";
import { nameForbidden } from "../describe/guestPlacement";
import type { ForbiddenRange } from "../guest/forbidden";
import { ramSizeOf } from "../guest/guestMachine";
import type { GuestPlan } from "../guest/guestPlan";
import { forbiddenOf } from "../guest/guestPlacement";
import { ownLayoutOf } from "../guest/ownLayout";
import { pinnedMemory } from "../guest/pinnedMemory";
import { printRange, printSizeLiteral } from "../print";
import { defineGuestRule } from "../rule";

interface MayLand {
  readonly room: AddressRange<"ipa">;
  readonly name: string;
  readonly region: ForbiddenRange;
  /** The room is the machine's own, and begins where it wants. */
  readonly isMachines: boolean;
}

export const addedMemoryInReservedRegion = defineGuestRule<MayLand>({
  id: "added-memory-in-reserved-region",
  catalogue: "GST005",
  severity: "error",
  since: "0.1.0",
  summary: "Memory that is added to the guest can land on a region that its hosts keep, while a device is passed through.",
  why: `A memory module is mapped for the devices when it is plugged in. When it lands on a reserved region the mapping fails, and after the start QEMU does not report
an error but ends: "vfio: DMA mapping failed, unable to continue". The guest is gone.

The machine chooses where the room for added memory begins: behind the memory at boot. Less of it, by \`maxMemory\`, ends below the region.`,
  sources: ["domain.md 5.4", "QEMU, hw/vfio/listener.c"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["k1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G" }],
  "maxMemory": "4G",
  //           ^^^^ error: room for added memory 0x8000_0000-0x1_3fff_ffff meets reserved region 0xe000_0000-0xf7fe_ffff of k1: "vfio: DMA mapping failed, unable to continue"
  "passthrough": [{ "host": "k1", "device": "00:05.0" }],
}
// --- k1.platform.jsonc ---
{
  "platform": "k1", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xe000_0000-0xf7fe_ffff", "type": "reserved" }] }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["k1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G" }],
  "maxMemory": "2G",
  "passthrough": [{ "host": "k1", "device": "00:05.0" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["k1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G" }],
  "maxMemory": "2G",
  "passthrough": [{ "host": "k1", "device": "00:05.0" }],
}
// --- k1.platform.jsonc ---
{
  "platform": "k1", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xe000_0000-0xf7fe_ffff", "type": "reserved" }] }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
  ],
  *check(plan) {
    if ((plan.guest.passthrough ?? []).length === 0) return;
    const closed = forbiddenOf(plan).ranges.filter((one) => !one.isMovable);
    for (const { range, name, at, isMachines } of rooms(plan)) {
      const region = closed.find((one) => overlaps(one.range, range));
      if (region) yield { at, data: { room: range, name, region, isMachines } };
    }
  },
  message: ({ room, name, region }) => `${name} ${printRange(room)} meets ${nameForbidden(region)}: "vfio: DMA mapping failed, unable to continue"`,
  fix: ({ data }, plan) => (data.isMachines ? lessRoom(data, plan) : []),
});

interface Room {
  readonly range: AddressRange<"ipa">;
  readonly name: string;
  readonly at: Anchor;
  readonly isMachines: boolean;
}

function rooms(plan: GuestPlan): Room[] {
  const { anchor, maxMemory, memorySlots } = plan.guest;
  const own = ownLayoutOf(plan)?.layout.regions.filter((one) => one.role === "device-memory") ?? [];
  const key = maxMemory !== undefined ? "maxMemory" : memorySlots !== undefined ? "memorySlots" : undefined;
  return [
    ...(key === undefined ? [] : own.map(({ range }): Room => ({ range, name: "room for added memory", at: under(anchor, key), isMachines: true }))),
    ...pinnedMemory(plan).filter((one) => one.entry.type === "hotplug").map(({ range, name, at }): Room => ({ range, name: `memory ${name}`, at, isMachines: false })),
  ];
}

/** Down to the region; in whole GiB, as machines count. */
function lessRoom({ room, region }: MayLand, { guest }: GuestPlan): Fix[] {
  if (guest.maxMemory === undefined || (guest.memorySlots ?? 0) > 0) return [];
  const end = alignDown(region.range.base, 1n << 30n);
  const grows = end > room.base ? sizeOf({ base: room.base, end }) : 0n;
  const most = ramSizeOf(guest) + grows;
  return [{ title: `Let it grow to ${printSizeLiteral(most)} at most`, edits: [{ op: "replace", at: under(guest.anchor, "maxMemory"), value: { size: most } }] }];
}
