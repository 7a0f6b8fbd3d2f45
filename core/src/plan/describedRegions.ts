// Where the description itself gives a reserved region of a group: for pointing at it. Knows nothing of how the kernel's list is derived.
import type { AddressRange } from "../address";
import type { Anchor } from "../anchor";
import type { Iommu, IommuReservedRegion } from "../platform";
import { iommuInFront } from "./iommuInFront";
import { entryAnchor } from "./occupants";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";

/** The IOMMUs in front of some functions, each once. */
export function iommusOf(plan: Plan, nodes: readonly PciNode[]): readonly Iommu[] {
  const fronts = nodes.map((node) => iommuInFront(plan, node));
  return [...new Set(fronts.flatMap((front) => (front.kind === "iommu" ? [front.iommu] : [])))];
}

/** The entries of `reserved` of these IOMMUs that are of one type and hold some of the range. */
export function regionEntries(iommus: readonly Iommu[], range: AddressRange<"iova">, type: IommuReservedRegion["type"]): readonly Anchor[] {
  return regionEntriesInAny(iommus, [range], type);
}

/** The same for several ranges, each entry once, in the order of the description. */
export function regionEntriesInAny(iommus: readonly Iommu[], ranges: readonly AddressRange<"iova">[], type: IommuReservedRegion["type"]): readonly Anchor[] {
  const wanted = new RangeSet(ranges);
  const entries = iommus.flatMap((iommu) => iommu.reserved ?? []);
  return entries.filter((one) => one.type === type && one.extent?.ranges.some((part) => wanted.meets(part))).map(entryAnchor);
}
