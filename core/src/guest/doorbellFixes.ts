// Fixes for a doorbell that cannot stay where it is: the place that the strategies would choose instead. Knows nothing of the rule that asks.
import { nameChoice } from "../describe/guestPlacement";
import { under } from "../anchor";
import type { Edit, Fix } from "../finding";
import type { GuestDoorbell } from "../guest";
import { printAddress } from "../print";
import type { GuestPlan } from "./guestPlan";
import { placementInput } from "./guestPlacement";
import { place } from "./placement/place";
import type { PlacedDoorbell } from "./placement/placement";

/** Where the doorbell would go if the file gave no base. */
export function doorbellWithoutBase(plan: GuestPlan): PlacedDoorbell {
  const { anchor, strategy, size } = plan.guest.doorbell ?? { anchor: plan.guest.anchor };
  const doorbell: GuestDoorbell = { anchor, ...(strategy === undefined ? {} : { strategy }), ...(size === undefined ? {} : { size }) };
  return place({ ...placementInput(plan), guest: { ...plan.guest, doorbell } }).doorbell;
}

/** Moves a doorbell with a base to the place that would be chosen without one. */
export function moveDoorbellFixes(plan: GuestPlan, { anchor, base, size, strategy }: GuestDoorbell): Fix[] {
  const { range, choice } = doorbellWithoutBase(plan);
  if (!range || !choice || base === undefined || range.base === base) return [];
  const next = range.end - range.base;
  const edits: Edit[] = [{ op: "replace", at: under(anchor, "base"), value: { address: range.base } }];
  if (size !== undefined && size !== next) edits.push({ op: "replace", at: under(anchor, "size"), value: { size: next } });
  const follows = choice === "hole" ? "fixed" : choice;
  if (strategy !== undefined && strategy !== "fixed" && strategy !== "auto" && strategy !== follows) edits.push({ op: "replace", at: under(anchor, "strategy"), value: { json: follows } });
  return [{ title: `Move the doorbell to ${printAddress(range.base)}: ${nameChoice(choice)}`, edits }];
}
