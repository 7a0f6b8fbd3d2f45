// A place in the physical map where a doorbell has its pages to itself. Knows nothing of why it needs one.
import { address, alignUp, sizeOf } from "../address";
import type { Fix } from "../finding";
import type { Doorbell } from "../platform";
import { printAddress } from "../print";
import { rangeEdits } from "./placement";
import type { Plan } from "./plan";

/** Moves a doorbell to the nearest free whole pages, and pads it to fill them. Nothing for a doorbell of several ranges, or when there is no room. */
export function ownPageFixes(plan: Plan, doorbell: Doorbell, page: bigint): Fix[] {
  const { extent } = doorbell;
  if (!extent || extent.ranges.length > 1) return [];
  const [range] = extent.ranges;
  const bits = plan.platform.physicalAddressBits;
  const end = 1n << BigInt(typeof bits === "number" ? bits : range.end <= 1n << 32n ? 32 : 64);
  const size = alignUp(address<"pa">(sizeOf(range)), page);
  const base = plan.physical.nearestFit(range.base, size, page, { base: address(0n), end: address(end) }, (one) => one.extent === extent);
  if (base === undefined) return [];
  const edits = rangeEdits({ range, extent, at: extent.at }, { base, end: address<"pa">(base + size) });
  return [{ title: `Move ${doorbell.name} to pages of its own at ${printAddress(base)}`, edits }];
}
