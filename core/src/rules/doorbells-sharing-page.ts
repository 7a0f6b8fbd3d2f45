// Two doorbells lie in one page that an IOMMU maps.
import type { AddressRange } from "../address";
import { compareRanges, overlaps } from "../address";
import type { Anchor } from "../anchor";
import { nameOfWritten, writtenBytes } from "../plan/doorbells";
import { mappingPage, pagesAround } from "../plan/mappingPage";
import { ownPageFixes } from "../plan/ownPage";
import type { Plan } from "../plan/plan";
import type { Doorbell } from "../platform";
import { printRange, printSize } from "../print";
import { defineRule } from "../rule";

/** A doorbell, and the pages that it takes when it is mapped. */
interface Mapped {
  readonly doorbell: Doorbell;
  /** Of two, the one that comes later in the description is to blame. */
  readonly order: number;
  readonly written: AddressRange<"pa">;
  readonly page: bigint;
  readonly pages: AddressRange<"pa">;
}

interface Sharing {
  readonly later: Mapped;
  readonly earlier: Mapped;
}

export const doorbellsSharingPage = defineRule<Sharing>({
  id: "doorbells-sharing-page",
  catalogue: "MSI010",
  severity: "error",
  since: "0.1.0",
  summary: "Two doorbells share a page of the IOMMU.",
  why: `An IOMMU maps whole pages. Who is given the page of one doorbell reaches everything else in it, so a guest that owns a device of the first doorbell
can raise the interrupts of the second, which may be another guest's or the host's. Doorbells therefore need pages of their own, of the size that
the IOMMU in front of their devices maps with.

The page is the smallest of the IOMMU's \`pageSizes\`, else the host kernel's \`pageSize\`. Doorbells that no IOMMU maps are not looked at.`,
  sources: ["domain.md 3.2 and 4.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pageSize": "64K",
  "doorbells": [
    { "name": "v2m0", "type": "gicv2m", "base": "0x0028_0000", "size": "64K" },
    { "name": "v2m1", "type": "gicv2m", "base": "0x0030_0000", "size": "4K" },
    //                                          ~~~~~~~~~~~~~ doorbell v2m1 0x30_0000-0x30_0fff
    { "name": "v2m2", "type": "gicv2m", "base": "0x0031_0000", "size": "64K" },
    { "name": "v2m3", "type": "gicv2m", "base": "0x0030_1000", "size": "4K" },
    //                                          ^^^^^^^^^^^^^ error: doorbell v2m3 0x30_1000-0x30_1fff and doorbell v2m1 0x30_0000-0x30_0fff lie in one page of 64 KiB, so who is given one reaches the other
  ],
}`,
      fixed: `{
  "platform": "board",
  "pageSize": "64K",
  "doorbells": [
    { "name": "v2m0", "type": "gicv2m", "base": "0x0028_0000", "size": "64K" },
    { "name": "v2m1", "type": "gicv2m", "base": "0x0030_0000", "size": "4K" },
    { "name": "v2m2", "type": "gicv2m", "base": "0x0031_0000", "size": "64K" },
    { "name": "v2m3", "type": "gicv2m", "base": "0x002f_0000", "size": "64K" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pageSize": "4K",
  "doorbells": [
    { "name": "v2m0", "type": "gicv2m", "base": "0x0028_0000", "size": "4K" },
    { "name": "v2m1", "type": "gicv2m", "base": "0x0029_0000", "size": "4K" },
  ],
}`,
    // The kernel's pages are larger, but no IOMMU maps these.
    `{
  "platform": "board",
  "pageSize": "16K",
  "doorbells": [
    { "name": "mip0", "type": "mip", "base": "0x10_0013_0000", "size": "4K" },
    { "name": "mip1", "type": "mip", "base": "0x10_0013_1000", "size": "4K" },
  ],
  "pci": [{ "name": "pcie0", "msi": "mip0" }, { "name": "pcie1", "segment": 1, "msi": "mip1" }],
}`,
  ],
  *check(plan) {
    let widest: Mapped | undefined;
    for (const one of mappedDoorbells(plan)) {
      if (widest && widest.doorbell !== one.doorbell && overlaps(widest.pages, one.pages) && !overlaps(widest.written, one.written)) {
        const [earlier, later] = widest.order < one.order ? [widest, one] : [one, widest];
        yield { at: placeOf(later), data: { earlier, later }, related: [{ at: placeOf(earlier), message: describe(earlier) }] };
      }
      if (!widest || one.pages.end > widest.pages.end) widest = one;
    }
  },
  message: ({ earlier, later }) =>
    `${describe(later)} and ${describe(earlier)} lie in one page of ${printSize(later.page > earlier.page ? later.page : earlier.page)}, so who is given one reaches the other`,
  fix: ({ data: { earlier, later } }, plan) => [...ownPageFixes(plan, later.doorbell, later.page), ...ownPageFixes(plan, earlier.doorbell, earlier.page)],
});

/** Sorted by address, so that of many in one page each is compared with one other. */
function mappedDoorbells(plan: Plan): Mapped[] {
  const mapped: Mapped[] = [];
  for (const [order, doorbell] of (plan.platform.doorbells ?? []).entries()) {
    const page = doorbell.disabled === true ? undefined : mappingPage(plan, doorbell);
    if (page === undefined) continue;
    for (const written of writtenBytes(doorbell)) mapped.push({ doorbell, order, written, page, pages: pagesAround(written, page) });
  }
  return mapped.sort((a, b) => compareRanges(a.pages, b.pages) || compareRanges(a.written, b.written));
}

function placeOf({ doorbell }: Mapped): Anchor {
  return doorbell.extent?.at ?? doorbell.anchor;
}

function describe({ doorbell, written }: Mapped): string {
  return `${nameOfWritten(doorbell)} ${printRange(written)}`;
}
