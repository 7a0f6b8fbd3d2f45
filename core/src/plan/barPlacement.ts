// Places for a BAR: in the windows above it, aligned to its size. Knows nothing of why the BAR should move.
import type { Address } from "../address";
import { contains } from "../address";
import type { Occupant } from "./addressMap";
import type { PciNode } from "./pciTree";
import type { WindowType } from "./pciWindows";
import { accessTo, busMapOf, isLegacyMemory, isPrefetchable, sayable } from "./pciWindows";
import type { Plan } from "./plan";

/** The least power of two that is not below `size`, and not below what a register of this type can decode. */
export function decodableSize(size: bigint, type: WindowType): bigint {
  let decoded = type === "io" ? 4n : 16n;
  while (decoded < size) decoded <<= 1n;
  return decoded;
}

/**
 * Free bases for a BAR of `size` bytes (a power of two), one in each window that fits, the nearest first; for what is prefetchable, those in
 * prefetchable windows come before. 32-bit BARs stay below 4 GiB, and none goes to the legacy range.
 */
export function barPlaces(plan: Plan, node: PciNode, bar: Occupant<"bus">, type: WindowType, size: bigint): Address<"bus">[] {
  const map = busMapOf(plan, node.hostBridge, type);
  const places: { readonly base: Address<"bus">; readonly rank: number }[] = [];
  for (const window of accessTo(plan, node).fitting(type)) {
    const within = sayable(type, window.range);
    if (!within || isLegacyMemory(plan.platform, within)) continue;
    const base = map.nearestFit(bar.range.base, size, size, within, (one) => one === bar || contains(one.range, within));
    if (base !== undefined) places.push({ base, rank: isPrefetchable(type) && isPrefetchable(window.window.type) ? 0 : 1 });
  }
  const distance = (base: bigint): bigint => (base > bar.range.base ? base - bar.range.base : bar.range.base - base);
  return places.sort((a, b) => a.rank - b.rank || (distance(a.base) < distance(b.base) ? -1 : 1)).map((one) => one.base);
}
