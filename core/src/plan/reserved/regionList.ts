// The list of reserved regions as the kernel keeps it: sorted by start, then by kind; those of one kind merged where they overlap or adjoin.
// Source: Linux, drivers/iommu/iommu.c, iommu_insert_resv_region (domain.md 1.3). Knows nothing of where regions come from.
import type { AddressRange } from "../../address";

/** The kernel's kinds, in its order. `software-msi` is printed as `msi`, as the kernel does, but it is another kind: it does not merge with hardware's. */
export const REGION_KINDS = ["direct", "direct-relaxable", "reserved", "msi", "software-msi"] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

/** I/O virtual addresses, half-open, that are not free to map, with why. */
export interface ReservedRegion {
  readonly range: AddressRange<"iova">;
  readonly kind: RegionKind;
  /** A clause each; merged regions have several. */
  readonly because: readonly string[];
}

/** The word in `reserved_regions`. */
export function regionWord(kind: RegionKind): string {
  return kind === "software-msi" ? "msi" : kind;
}

/** The kernel's list of some regions, in whatever order they come. */
export function kernelList(regions: readonly ReservedRegion[]): readonly ReservedRegion[] {
  const merged: ReservedRegion[] = [];
  for (const kind of REGION_KINDS) {
    const same = regions.filter((one) => one.kind === kind).sort((a, b) => compare(a.range.base, b.range.base) || compare(a.range.end, b.range.end));
    for (const one of same) {
      const last = merged.at(-1);
      if (last?.kind === kind && one.range.base <= last.range.end) merged[merged.length - 1] = join(last, one);
      else merged.push(one);
    }
  }
  return merged.sort((a, b) => compare(a.range.base, b.range.base) || REGION_KINDS.indexOf(a.kind) - REGION_KINDS.indexOf(b.kind));
}

function join(a: ReservedRegion, b: ReservedRegion): ReservedRegion {
  const end = a.range.end > b.range.end ? a.range.end : b.range.end;
  return { range: { base: a.range.base, end }, kind: a.kind, because: [...new Set([...a.because, ...b.because])] };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
