// The reserved regions of each IOMMU in I/O virtual addresses. Regions of different types may overlap (domain.md section 0, trap 5),
// and so may regions of one type that are for different devices. Knows nothing of what the kernel derives from them.
import { intersection, sameRange } from "../address";
import type { Iommu, IommuReservedRegion, Platform } from "../platform";
import { idRangesOverlap } from "../pciAddress";
import type { Occupant } from "./addressMap";
import { AddressMap } from "./addressMap";
import { entryAnchor } from "./occupants";
import type { Overlap } from "./overlaps";

/** Pairs of regions of one IOMMU, of one type, for a same device, that share addresses. */
export function overlapsOfReservedRegions(platform: Platform): Overlap[] {
  return (platform.iommus ?? []).flatMap((iommu) => overlapsOf(iommu));
}

/** The I/O virtual addresses that an IOMMU does not translate freely. */
export function iovaMap(iommu: Iommu): AddressMap<"iova"> {
  const occupants: Occupant<"iova">[] = [];
  iommu.reserved?.forEach((region, index) => {
    region.extent?.ranges.forEach((range) => {
      const name = region.name ?? `${region.type} region ${index} of ${iommu.name}`;
      occupants.push({ range, role: "reserved-region", name, entry: entryAnchor(region), at: region.extent?.at ?? region.anchor, extent: region.extent as never, order: index });
    });
  });
  return new AddressMap("iova", `the I/O virtual addresses of ${iommu.name}`, occupants);
}

function overlapsOf(iommu: Iommu): Overlap[] {
  const map = iovaMap(iommu);
  const overlaps: Overlap[] = [];
  for (const { lower, upper } of map.pairs()) {
    const [one, other] = [iommu.reserved?.[lower.order], iommu.reserved?.[upper.order]];
    const shared = intersection(lower.range, upper.range);
    if (!one || !other || !shared || one.type !== other.type || !areForSameDevice(one, other)) continue;
    const [earlier, later] = lower.order < upper.order ? [lower, upper] : [upper, lower];
    overlaps.push({ kind: sameRange(lower.range, upper.range) ? "same-range" : "other", earlier, later, shared, map } as unknown as Overlap);
  }
  return overlaps;
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
