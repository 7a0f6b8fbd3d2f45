// A reservation that is placed at boot finds no place.
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import { under } from "../anchor";
import type { Edit, Fix, Related } from "../finding";
import type { BootPlacement } from "../plan/bootPlacement";
import { largestPlace, placeAtBoot, stretched } from "../plan/bootPlacement";
import type { Plan } from "../plan/plan";
import { printRange, printSize } from "../print";
import { defineRule, notChecked } from "../rule";

export const unplaceableReservation = defineRule<BootPlacement>({
  id: "unplaceable-reservation",
  catalogue: "MAP020",
  severity: "error",
  since: "0.1.0",
  summary: "A reservation that is placed at boot finds no place.",
  why: `The kernel looks for the place early in the boot, inside \`within\`, in memory, out of the way of every static
reservation and of those that were placed before. When there is none it prints one line and goes on; much later a driver fails
to allocate its buffers, and nothing leads back to the map. Where several wait for a place, they get one in the order of the
description, each the highest that is free.`,
  sources: [
    "domain.md 7.3", "Linux drivers/of/of_reserved_mem.c",
    "Devicetree specification, /reserved-memory: size, alignment, alloc-ranges",
  ],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "boot", "base": "0x8200_0000", "size": "16M", "type": "firmware" },
    //                        ~~~~~~~~~~~~~ boot is in the way
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0x84ff_ffff"], "type": "dma-pool", "reusable": true },
    //                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: there is no place for reservation cma: it needs 64 MiB, aligned to 4 MiB, within 0x8000_0000-0x84ff_ffff, and the largest place there has 32 MiB
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "boot", "base": "0x8200_0000", "size": "16M", "type": "firmware" },
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0x86ff_ffff"], "type": "dma-pool", "reusable": true },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "256M" }],
  "reserved": [
    { "name": "cma", "size": "192M", "type": "dma-pool", "reusable": true },
    //                       ~~~~~~ cma is placed before it
    { "name": "crash", "size": "128M", "type": "crash-log" }, // kdump
    //                         ^^^^^^ error: there is no place for reservation crash: it needs 128 MiB, aligned to 4 KiB, in memory, and the largest place there has 64 MiB
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "256M" }],
  "reserved": [
    { "name": "cma", "size": "192M", "type": "dma-pool", "reusable": true },
    { "name": "crash", "size": "64M", "type": "crash-log" }, // kdump
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram-low", "base": "0x8000_0000", "size": "1G" }, { "name": "dram-high", "base": "0x1_0000_0000", "size": "1G" }],
  "reserved": [
    { "name": "boot", "base": "0x8200_0000", "size": "16M", "type": "firmware" },
    { "name": "cma", "size": "256M", "align": "4M", "within": ["0x8000_0000-0x8fff_ffff", "0x1_0000_0000-0x1_3fff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "old", "size": "64G", "type": "dma-pool", "disabled": true },
  ],
}`,
    `// How much memory there is, is not described.
{
  "platform": "board",
  "reserved": [{ "name": "cma", "size": "64M", "type": "dma-pool", "reusable": true }],
}`,
  ],
  *check(plan) {
    const { placements, leftOut } = placeAtBoot(plan);
    if (placements.length === 0) return;
    if ((plan.platform.memory ?? []).length === 0) return void (yield notChecked("no memory is described"));
    for (const one of placements) {
      if (one.place) continue;
      const { anchor, within } = one.reservation;
      yield { at: under(anchor, within ? "within" : "size"), data: one, related: inTheWay(plan, placements, one) };
    }
    if (leftOut > 0) yield notChecked(`only the first ${placements.length} of those that are placed at boot were tried`);
  },
  message: ({ reservation: { name, within }, size, alignment, free }) => {
    const where = within && within.length > 0 ? `within ${within.map(printRange).join(" or ")}` : "in memory";
    const largest = largestPlace(free, within, alignment);
    const most = largest === 0n ? "nothing is free there" : `the largest place there has ${printSize(largest)}`;
    const need = `${printSize(size)}, aligned to ${printSize(alignment)}, ${where}`;
    return `there is no place for reservation ${name}: it needs ${need}, and ${most}`;
  },
  fix: ({ data }) => [...widened(data), ...shrunk(data)],
});

/** Up to eight of what lies in `within`: static reservations, and those that got their place before. */
function inTheWay(plan: Plan, placements: readonly BootPlacement[], one: BootPlacement): Related[] {
  const { within } = one.reservation;
  const isThere = (range: AddressRange<"pa">): boolean => within?.some((allowed) => overlaps(allowed, range)) ?? true;
  const fixed = plan.physical.occupants.filter((other) => other.role === "reservation" && isThere(other.range));
  const before = placements.slice(0, placements.indexOf(one)).filter(({ place }) => place && isThere(place));
  return [
    ...fixed.slice(0, 8).map(({ at, name }) => ({ at, message: `${name} is in the way` })),
    ...before.slice(0, 8).map(({ reservation: { anchor, name } }) => ({ at: under(anchor, "size"), message: `${name} is placed before it` })),
  ];
}

/** Stretches the allowed range that needs least for it, to reach a free place. */
function widened({ reservation, size, alignment, free }: BootPlacement): Fix[] {
  const { name, anchor, within } = reservation;
  const candidates = (within ?? []).flatMap((range, index) => {
    const next = stretched(range, free, size, alignment);
    return next ? [{ index, next, added: next.end - next.base - (range.end - range.base) }] : [];
  });
  const [first, ...others] = candidates;
  if (!first) return [];
  const { index, next } = others.reduce((best, one) => (one.added < best.added ? one : best), first);
  const title = `Allow ${name} in ${printRange(next)}`;
  return [{ title, edits: [{ op: "replace", at: under(anchor, "within", index), value: { json: printRange(next) } }] }];
}

function shrunk({ reservation, alignment, free }: BootPlacement): Fix[] {
  const largest = largestPlace(free, reservation.within, alignment);
  if (largest === 0n) return [];
  const edits: Edit[] = [{ op: "replace", at: under(reservation.anchor, "size"), value: { size: largest } }];
  return [{ title: `Shrink ${reservation.name} to ${printSize(largest)}`, edits }];
}
