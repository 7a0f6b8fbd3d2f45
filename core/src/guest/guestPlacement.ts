// Where everything of a guest lies, for all its hosts, worked out once. Knows nothing of words.
import { perPlan } from "../plan/perPlan";
import type { Contribution } from "./contributions";
import { contributionsOf } from "./contributions";
import type { Forbidden } from "./forbidden";
import { joinContributions } from "./forbidden";
import { architectureOf, machineOf } from "./guestMachine";
import type { GuestPlan } from "./guestPlan";
import { place } from "./placement/place";
import type { Placement, PlacementInput } from "./placement/placement";

/** What is closed to the guest's memory on any of its hosts, by its own policy. */
export const forbiddenOf: (plan: GuestPlan) => Forbidden = perPlan((plan: GuestPlan) => joinContributions(plan.guest, contributionsOf(plan)));

/** Where everything lies. What a plan has written is kept, and checked. */
export const placementOf: (plan: GuestPlan) => Placement = perPlan((plan: GuestPlan) => place(placementInput(plan)));

/** Where everything would lie if nothing had been written by a plan before. */
export const freshPlacementOf: (plan: GuestPlan) => Placement = perPlan((plan: GuestPlan) => place({ ...placementInput(plan), ignoresBanks: true }));

/** Where everything would lie with other hosts, or other regions of them. */
export function placementWith(plan: GuestPlan, contributions: readonly Contribution[]): Placement {
  return place({ ...placementInput(plan), forbidden: joinContributions(plan.guest, contributions) });
}

/** What a placement starts from. */
export function placementInput(plan: GuestPlan): PlacementInput {
  return { guest: plan.guest, forbidden: forbiddenOf(plan), machine: machineOf(plan), arch: architectureOf(plan) };
}
