// Whether a guest would fit if no host kept anything from it: then its own addresses are enough. Knows nothing of hosts.
import { perPlan } from "../plan/perPlan";
import { joinContributions } from "./forbidden";
import type { GuestPlan } from "./guestPlan";
import { placementInput } from "./guestPlacement";
import { place } from "./placement/place";
import type { Placement } from "./placement/placement";

/** Where everything would lie on hosts that keep nothing. What is written down is placed anew. */
export const placementWithoutHosts: (plan: GuestPlan) => Placement = perPlan((plan: GuestPlan) =>
  place({ ...placementInput(plan), forbidden: joinContributions(plan.guest, []), ignoresBanks: true }),
);

/** False where something has no place even then. */
export function fitsWithoutHosts(plan: GuestPlan): boolean {
  return placementWithoutHosts(plan).conflicts.every((one) => one.kind !== "no-room");
}
