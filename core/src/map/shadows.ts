// What a host keeps from a guest, as a band from the host's box to the place that the guest leaves out for it.
// Knows nothing of why a range is kept, nor how a band looks.
import { overlaps } from "../address";
import type { LaneLayout, RowLayout, ShadowLayout } from "./mapLayout";

/** One band for each box of a narrow lane that takes part in a gap which is left out; none when the guest's own lane is not shown. */
export function layoutShadows(lanes: readonly LaneLayout[]): ShadowLayout[] {
  const guest = lanes.find(({ lane }) => lane.space === "ipa" && lane.isNarrow !== true);
  if (!guest) return [];
  const hosts = lanes.filter(({ lane, x }) => lane.isNarrow === true && x > guest.x);
  const from = guest.x + guest.width;
  return hosts.flatMap(({ rows }) => rows.filter((row) => keepsFrom(guest, row)).map(({ x, y, height }) => ({ x: from, y, width: x - from, height })));
}

/** A window for doorbells that software places keeps nothing from anyone, nor does a range that a guest may have by a setting. */
function keepsFrom({ gaps }: LaneLayout, { row }: RowLayout): boolean {
  if (row.kind === "run" || row.region.shape === "msi-window" || row.region.shape === "relaxable") return false;
  return gaps.some((gap) => gap.isLeftOut && overlaps(gap.range, row.region.range));
}
