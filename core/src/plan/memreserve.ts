// Which overlaps are between two entries of a device tree's memory reservation block. Knows nothing of other reservations.
import type { Reservation } from "../platform";
import type { Occupant } from "./addressMap";
import type { Overlap } from "./overlaps";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";

/** The overlaps whose two reservations both have the origin `memreserve`: the rule for those speaks, not the general one. */
export const memreserveOverlaps: (plan: Plan) => ReadonlySet<Overlap<"pa">> = perPlan((plan) => {
  const names = new Set(plan.entriesWhere("reserved", isMemreserve).map((one) => one.name));
  const isOne = (occupant: Occupant): boolean => occupant.role === "reservation" && names.has(occupant.name);
  if (names.size < 2) return new Set();
  return new Set(plan.overlaps.overlaps.filter((one): one is Overlap<"pa"> => one.kind === "reservations" && isOne(one.earlier) && isOne(one.later)));
});

function isMemreserve({ origin }: Reservation): boolean {
  return origin === "memreserve";
}
