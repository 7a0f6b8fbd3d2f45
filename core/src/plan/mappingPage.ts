// The page in which a doorbell is mapped for devices. Knows nothing of who else is in it.
import type { AddressRange } from "../address";
import { alignDown, alignUp } from "../address";
import type { Doorbell, Iommu } from "../platform";
import { msiRoutesTo } from "./msiRoutes";
import type { Plan } from "./plan";

/**
 * The page in which a doorbell is mapped for devices, in bytes: the granule of the IOMMU in front, of several the coarsest; where that is not given,
 * or nothing says which one it is, the page of the host's kernel. Undefined when nothing maps the doorbell, or when neither page is given.
 */
export function mappingPage(plan: Plan, doorbell: Doorbell): bigint | undefined {
  const routes = msiRoutesTo(plan, doorbell);
  const iommus = routes.map((route) => route.iommu).filter((iommu) => iommu !== undefined);
  if (routes.length > 0 && iommus.length === 0) return undefined;
  const granules = iommus.map((iommu) => granuleOf(iommu, plan.platform.pageSize) ?? plan.platform.pageSize);
  const page = granules.length === 0 ? plan.platform.pageSize : coarsest(granules);
  return page !== undefined && page > 0n ? page : undefined;
}

/**
 * The page with which a kernel of pages of `pageSize` uses an IOMMU: its own size if the IOMMU has that, else the largest below it, else the
 * smallest (Linux, drivers/iommu/io-pgtable-arm.c, arm_lpae_restrict_pgsizes). Without a `pageSize` the smallest.
 */
export function granuleOf(iommu: Iommu, pageSize?: bigint): bigint | undefined {
  const sizes = (iommu.pageSizes ?? []).filter((size) => size > 0n);
  const fitting = sizes.filter((size) => pageSize !== undefined && size <= pageSize);
  if (fitting.length > 0) return fitting.reduce((most, size) => (size > most ? size : most));
  return sizes.length === 0 ? undefined : sizes.reduce((least, size) => (size < least ? size : least));
}

/** The whole pages that hold a range. */
export function pagesAround(range: AddressRange<"pa">, page: bigint): AddressRange<"pa"> {
  return { base: alignDown(range.base, page), end: alignUp(range.end, page) };
}

function coarsest(granules: readonly (bigint | undefined)[]): bigint | undefined {
  return granules.reduce((most, one) => (most === undefined || (one !== undefined && one > most) ? one : most), undefined);
}
