// The reserved regions of each IOMMU in I/O virtual addresses. Regions of different types may overlap (domain.md section 0, trap 5),
// and so may regions of one type that are for different devices. Knows nothing of what the kernel derives from them.
import { intersection, sameRange } from "../address";
import { under } from "../anchor";
import type { Iommu, IommuReservedRegion, Platform } from "../platform";
import { idRangesOverlap } from "../pciAddress";
import type { Occupant, OccupantPair } from "./addressMap";
import { AddressMap } from "./addressMap";
import { entryAnchor } from "./occupants";
import type { Overlap, OverlapKind } from "./overlaps";

/**
 * Adds the pairs of regions of one IOMMU, of one type, for a same device, that share addresses, until `limit` overlaps are there; then the
 * titles of the maps that were not looked through go to `truncated`.
 */
export function collectReservedRegionOverlaps(platform: Platform, limit: number, overlaps: Overlap[], truncated: string[]): void {
  for (const iommu of platform.iommus ?? []) {
    const map = iovaMap(iommu);
    const pairs = map.pairs();
    let next = pairs.next();
    for (; next.done !== true && overlaps.length < limit; next = pairs.next()) {
      const overlap = overlapOf(iommu, map, next.value);
      if (overlap) overlaps.push(overlap);
    }
    if (next.done !== true || next.value) truncated.push(map.title);
  }
}

/** The I/O virtual addresses that an IOMMU does not translate freely. */
export function iovaMap(iommu: Iommu): AddressMap<"iova"> {
  const occupants: Occupant<"iova">[] = [];
  iommu.reserved?.forEach((region, index) => {
    const { extent } = region;
    extent?.ranges.forEach((range, which) => {
      const name = region.name ?? `${region.type} region ${index} of ${iommu.name}`;
      const at = extent.form === "ranges" ? under(extent.at, which) : extent.at;
      occupants.push({ range, role: "reserved-region", name, entry: entryAnchor(region), at, extent, order: index });
    });
  });
  return new AddressMap("iova", `the I/O virtual addresses of ${iommu.name}`, occupants);
}

function overlapOf(iommu: Iommu, map: AddressMap<"iova">, { lower, upper }: OccupantPair<"iova">): Overlap | undefined {
  const [one, other] = [iommu.reserved?.[lower.order], iommu.reserved?.[upper.order]];
  const shared = intersection(lower.range, upper.range);
  const kind = one && other && kindOf(iommu, one, other, sameRange(lower.range, upper.range));
  if (!shared || !kind) return undefined;
  const [earlier, later] = lower.order < upper.order ? [lower, upper] : [upper, lower];
  return { kind, earlier, later, shared, map } as unknown as Overlap;
}

/** Arm's RMRs may not overlap whoever they are for; two devices may have the same one. */
function kindOf(iommu: Iommu, one: IommuReservedRegion, other: IommuReservedRegion, isSame: boolean): OverlapKind | undefined {
  if (one.type !== other.type) return undefined;
  const areRmrs = iommu.type.startsWith("smmu") && (one.type === "direct" || one.type === "direct-relaxable");
  if (!areForSameDevice(one, other) && !(areRmrs && !isSame)) return undefined;
  if (areRmrs) return "rmrs";
  return isSame ? "same-range" : "other";
}

/** A region without a scope is for every device. Scopes of different forms are not compared: then it is not sure, and nothing is said. */
function areForSameDevice(a: IommuReservedRegion, b: IommuReservedRegion): boolean {
  if (!hasScope(a) || !hasScope(b)) return true;
  if (a.ids && b.ids) return idRangesOverlap(a.ids, b.ids);
  if (a.streams && b.streams) return idRangesOverlap(a.streams, b.streams);
  const printed = new Set((a.devices ?? []).map((one) => JSON.stringify(one)));
  return (b.devices ?? []).some((one) => printed.has(JSON.stringify(one)));
}

function hasScope(region: IommuReservedRegion): boolean {
  return region.ids !== undefined || region.devices !== undefined || region.streams !== undefined;
}
