// Fixes for what would make a guest fit, where the guest's own file can say it. Knows nothing of the rule that asks.
import { under } from "../anchor";
import type { Edit, Fix } from "../finding";
import { printSizeLiteral } from "../print";
import type { GuestPlan } from "./guestPlan";
import type { Relaxation } from "./placement/relaxations";

/** Less memory, or more address bits. */
export function relaxationFixes({ guest }: GuestPlan, relaxation: Relaxation): Fix[] {
  if (relaxation.kind === "less-memory") {
    const edit: Edit = { op: "replace", at: under(relaxation.entry.anchor, "size"), value: { size: relaxation.size } };
    return [{ title: `Ask for ${printSizeLiteral(relaxation.size)} of ${relaxation.entry.name}`, edits: [edit] }];
  }
  if (relaxation.kind !== "wider-addresses" || guest.physicalAddressBits === undefined) return [];
  return [{ title: `Give the guest ${relaxation.bits} bits of address`, edits: [{ op: "replace", at: under(guest.anchor, "physicalAddressBits"), value: { json: relaxation.bits } }] }];
}
