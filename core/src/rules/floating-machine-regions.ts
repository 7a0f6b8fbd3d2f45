// Room for added memory moves the machine's regions onto what the guest's file puts at a place.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import type { GuestPlan } from "../guest/guestPlan";
import { machineOf } from "../guest/guestMachine";
import { layoutWith, ownLayoutOf } from "../guest/ownLayout";
import { fixedDoorbell } from "../guest/placement/doorbellChoice";
import { fixedWindows } from "../guest/placement/requests";
import { placementInput } from "../guest/guestPlacement";
import type { MachineRegion } from "../guest/machines/machine";
import { pinnedMemory } from "../guest/pinnedMemory";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Moved {
  readonly what: string;
  readonly range: AddressRange<"ipa">;
  readonly region: MachineRegion;
  readonly keys: readonly string[];
}

export const floatingMachineRegions = defineGuestRule<Moved>({
  id: "floating-machine-regions",
  catalogue: "GST009",
  severity: "warning",
  since: "0.1.0",
  summary: "Room for added memory moves the machine's regions onto something that the guest's file puts at a place.",
  why: `\`maxMemory\` and \`memorySlots\` make room above the memory, 1 GiB for each slot, and what the machine has above floats higher: device memory, ECAM, the high PCI
window. A place that was chosen without them, such as a window or a doorbell that is written down, is then taken. Choose both numbers before anything is
placed and keep them: they must be equal on both ends of a migration too.`,
  sources: ["domain.md 5.1 and 6"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "maxMemory": "16G", "memorySlots": 4,
  //           ~~~~~ it makes the room
  "windows": [{ "name": "shared", "type": "mem64", "base": "0x2_0000_0000", "size": "1G" }],
  //                                                       ^^^^^^^^^^^^^^^ warning: window shared 0x2_0000_0000-0x2_3fff_ffff meets the machine's device memory 0x1_4000_0000-0x5_3fff_ffff, which maxMemory and memorySlots put there
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "maxMemory": "16G", "memorySlots": 4,
  "windows": [{ "name": "shared", "type": "mem64", "base": "0x8_0000_0000", "size": "1G" }],
}`,
  ],
  *check(plan) {
    const { guest } = plan;
    const machine = machineOf(plan);
    const keys = (["maxMemory", "memorySlots"] as const).filter((key) => guest[key] !== undefined);
    if (!machine || keys.length === 0) return;
    const without = layoutWith(plan, machine, { maxMemory: 0n, slots: 0 }).layout.regions;
    const moved = (ownLayoutOf(plan)?.layout.regions ?? []).filter((one) => !without.some((other) => other.name === one.name && other.range.base === one.range.base));
    const related = keys.slice(0, 1).map((key) => ({ at: under(guest.anchor, key), message: "it makes the room" }));
    for (const { what, range, at } of writtenPlaces(plan)) {
      const region = moved.find((one) => overlaps(one.range, range));
      if (region && !without.some((one) => overlaps(one.range, range))) yield { at, data: { what, range, region, keys }, related };
    }
  },
  message: ({ what, range, region, keys }) => `${what} ${printRange(range)} meets the machine's ${region.name} ${printRange(region.range)}, which ${keys.join(" and ")} ${keys.length === 1 ? "puts" : "put"} there`,
});

interface WrittenPlace {
  readonly what: string;
  readonly range: AddressRange<"ipa">;
  readonly at: Anchor;
}

function writtenPlaces(plan: GuestPlan): WrittenPlace[] {
  const { guest } = plan;
  const doorbell = fixedDoorbell(placementInput(plan));
  return [
    ...pinnedMemory(plan).filter((one) => one.entry.type !== "hotplug").map(({ name, range, at }) => ({ what: `memory ${name}`, range, at })),
    ...fixedWindows(guest).flatMap((one) => (one.extent?.ranges ?? []).map((range) => ({ what: `window ${one.name}`, range, at: under(one.anchor, "base") }))),
    ...(guest.devices ?? []).flatMap((one) => (one.extent?.ranges ?? []).map((range) => ({ what: `device ${one.name}`, range, at: one.extent?.at ?? one.anchor }))),
    ...(doorbell && guest.doorbell ? [{ what: "the doorbell", range: doorbell, at: under(guest.doorbell.anchor, "base") }] : []),
  ];
}
