// A region that an IOMMU does not translate freely does not begin and end on a page of that IOMMU.
import { alignDown, alignUp } from "../address";
import type { Occupant } from "../plan/addressMap";
import { iovaMap } from "../plan/iovaMaps";
import { granuleOf } from "../plan/mappingPage";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import type { Iommu, Platform } from "../platform";
import { printRange, printSize } from "../print";
import { defineRule, notChecked } from "../rule";

interface Unaligned {
  readonly one: Occupant<"iova">;
  readonly iommu: Iommu;
  readonly page: bigint;
}

export const unalignedReservedRegion = defineRule<Unaligned>({
  id: "unaligned-reserved-region",
  catalogue: "RSV005",
  severity: "warning",
  since: "0.1.0",
  summary: "A reserved region of an IOMMU does not begin and end on a page boundary.",
  why: `An IOMMU maps whole pages. Around a region that begins or ends inside one, the rest of that page is lost to guests too, and a guest's memory that is
planned to begin right behind the region cannot be mapped.

The page is the larger one of that with which the kernel uses the IOMMU (\`pageSizes\`; the IOMMUs of x86 have 4 KiB) and of its own (\`pageSize\`). Regions that Arm
firmware wants mapped one to one have a rule of their own, which asks for 64 KiB.`,
  sources: ["domain.md 4.2", "Linux, drivers/vfio/vfio_iommu_type1.c", "Linux, drivers/iommu/iommufd/io_pagetable.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["64K", "512M"],
    "reserved": [{ "name": "mailbox", "base": "0x8001_0000", "size": "4K", "type": "reserved" }],
    //                                                               ^^^^ warning: mailbox 0x8001_0000-0x8001_0fff of smmu0 is not made of whole pages of 64 KiB: it takes 0x8001_0000-0x8001_ffff
  }],
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["64K", "512M"],
    "reserved": [{ "name": "mailbox", "base": "0x8001_0000", "size": "64K", "type": "reserved" }],
  }],
}`,
    },
    {
      text: `// The kernel hands out no less than a page of its own.
{
  "platform": "board",
  "pageSize": "64K",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K", "2M"],
    "reserved": [{ "name": "mailbox", "base": "0x8001_0000", "size": "4K", "type": "reserved" }],
    //                                                               ^^^^ warning: mailbox 0x8001_0000-0x8001_0fff of smmu0 is not made of whole pages of 64 KiB: it takes 0x8001_0000-0x8001_ffff
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K", "2M"],
      "reserved": [{ "base": "0x8001_0000", "size": "4K", "type": "reserved" }],
    },
    // Nothing says how large its pages are.
    {
      "name": "smmu1", "type": "smmuv3", "base": "0x4010_0000", "size": "128K",
      "reserved": [{ "base": "0x8001_0200", "size": "4K", "type": "reserved" }],
    },
  ],
}`,
  ],
  *check({ platform }) {
    for (const iommu of platform.iommus ?? []) {
      if (iommu.disabled === true || (iommu.reserved?.length ?? 0) === 0) continue;
      const page = pageOf(iommu, platform);
      if (page === undefined) {
        yield notChecked(`the page size of ${iommu.name} is not given`);
        continue;
      }
      for (const one of iovaMap(iommu).occupants) {
        const { base, end } = one.range;
        if ((base % page === 0n && end % page === 0n) || isForRmrRule(iommu, one)) continue;
        yield { at: base % page === 0n ? endOf(one) : one.at, data: { one, iommu, page } };
      }
    }
  },
  message({ one, iommu, page }) {
    const name = one.name.endsWith(` of ${iommu.name}`) ? one.name.slice(0, -` of ${iommu.name}`.length) : one.name;
    return `${name} ${printRange(one.range)} of ${iommu.name} is not made of whole pages of ${printSize(page)}: it takes ${printRange(rounded(one, page))}`;
  },
  fix: ({ data: { one, page } }) => [{ ...resizeFix(one, rounded(one, page)), title: `Round it outward to ${printRange(rounded(one, page))}` }],
});

function pageOf(iommu: Iommu, { pageSize }: Platform): bigint | undefined {
  const granule = granuleOf(iommu, pageSize) ?? (iommu.type === "vt-d" || iommu.type === "amd-vi" ? 0x1000n : undefined);
  const page = granule === undefined || (pageSize !== undefined && pageSize > granule) ? pageSize : granule;
  return page !== undefined && page > 0n ? page : undefined;
}

/** rmr-not-64k-aligned looks at these. */
function isForRmrRule(iommu: Iommu, one: Occupant<"iova">): boolean {
  return iommu.type.startsWith("smmu") && iommu.reserved?.[one.order]?.type.startsWith("direct") === true;
}

function rounded({ range }: Occupant<"iova">, page: bigint): Occupant<"iova">["range"] {
  return { base: alignDown(range.base, page), end: alignUp(range.end, page) };
}
