// What a platform describes and the ranges of its physical map do not show: reservations that have no place yet, those that are switched off, and which of
// the ranges are of something that is switched off. Knows nothing of formats.
import type { AddressRange } from "../address";
import { jsonPointer } from "../anchor";
import type { Occupant } from "../plan/addressMap";
import { factSourceAt } from "../plan/factSources";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import type { Reservation } from "../platform";
import { printRange, printRangeAndSize, printSize } from "../print";
import { commentText } from "./identifiers";

/** Why a reservation has no range in the map. */
export type Beside = "placed at boot" | "without a place" | "disabled";

export interface BesideEntry {
  readonly entry: Reservation;
  readonly state: Beside;
}

/** In the order of the description. A disabled reservation does not hold, with a place or without. */
export function besideTheMap({ platform }: Plan): readonly BesideEntry[] {
  return (platform.reserved ?? []).flatMap((entry): BesideEntry[] => {
    if (entry.disabled === true) return [{ entry, state: "disabled" }];
    if (entry.extent) return [];
    return [{ entry, state: entry.size === undefined || entry.size === 0n ? "without a place" : "placed at boot" }];
  });
}

/** Whether an occupant is of an entry that is switched off: a disabled device still decodes its addresses. */
export function isDisabled(plan: Plan, occupant: Occupant): boolean {
  const disabled = disabledIn(plan);
  return disabled.size > 0 && disabled.has(jsonPointer(occupant.entry.path.slice(0, 2)));
}

/** "64 KiB, a multiple of 4 KiB, in 0x8000_0000-0xbfff_ffff", or the ranges that it has. */
export function describeRoom({ extent, size, align, within }: Reservation): string {
  if (extent) return extent.ranges.map(printRangeAndSize).join(", ");
  const parts = [
    size === undefined ? "no size" : printSize(size),
    ...(align === undefined ? [] : [`a multiple of ${printSize(align)}`]),
    ...(within === undefined || within.length === 0 ? [] : [`in ${within.map((range: AddressRange<"pa">) => printRange(range)).join(" or ")}`]),
  ];
  return parts.join(", ");
}

/** "reservation cma, placed at boot: 64 MiB; source: …", for a comment of any form. */
export function besideComment(plan: Plan, { entry, state }: BesideEntry): string {
  return `reservation ${commentText(entry.name)}, ${state}: ${describeRoom(entry)}${sourceComment(plan, entry.anchor)}`;
}

/** "; source: TRM, page 214" where the entry says one; no comment can end in it. */
export function sourceComment(plan: Plan, { path }: Pick<Reservation["anchor"], "path">): string {
  const source = factSourceAt(plan, path);
  return source === undefined ? "" : `; source: ${commentText(source)}`;
}

/** Entries of the file's lists, by their JSON pointers. */
const disabledIn = perPlan(({ platform }): ReadonlySet<string> => {
  const { memory, devices, doorbells, iommus, pci } = platform;
  const entries = [memory, devices, doorbells, iommus, pci].flatMap((list) => [...(list ?? [])]);
  return new Set(entries.filter(({ disabled }) => disabled === true).map(({ anchor }) => jsonPointer(anchor.path)));
});
