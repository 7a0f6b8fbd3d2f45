// How much memory a guest could have more, behind what it has and in one piece, before something is in the way. Knows nothing of what adds it.
import { bootMemoryOf } from "./bootMemory";
import type { GuestPlan } from "./guestPlan";
import { forbiddenOf, placementInput, placementOf } from "./guestPlacement";
import type { Obstacle } from "./placement/placement";
import { occupiedBefore } from "./placement/requests";
import { perPlan } from "../plan/perPlan";

export interface Headroom {
  readonly bytes: bigint;
  /** What comes first above the memory: for nothing else, the end of usable addresses. */
  readonly until: Obstacle;
}

/** Undefined for a guest without memory. */
export const headroomOf: (plan: GuestPlan) => Headroom | undefined = perPlan((plan: GuestPlan) => {
  const end = bootMemoryOf(plan).memory.at(-1)?.range.end;
  if (end === undefined) return undefined;
  const { top } = forbiddenOf(plan);
  let first: Headroom = { bytes: top.end > end ? top.end - end : 0n, until: { kind: "top", top } };
  for (const { range, by } of above(plan)) {
    if (range.end <= end) continue;
    const bytes = range.base > end ? range.base - end : 0n;
    if (bytes < first.bytes) first = { bytes, until: by };
  }
  return first;
});

function above(plan: GuestPlan): ReturnType<typeof occupiedBefore> {
  const { layout, windows, doorbell } = placementOf(plan);
  return [
    ...occupiedBefore(placementInput(plan)),
    ...(layout?.regions ?? []).filter((region) => region.role !== "device-memory").map((region) => ({ range: region.range, by: { kind: "machine" as const, region } })),
    ...windows.flatMap(({ entry, range }) => (range ? [{ range, by: { kind: "window" as const, entry } }] : [])),
    ...(doorbell.range ? [{ range: doorbell.range, by: { kind: "doorbell" as const } }] : []),
  ];
}
