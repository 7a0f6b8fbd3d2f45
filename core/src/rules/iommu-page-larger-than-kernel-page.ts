// The smallest page of an IOMMU is larger than a page of the host's kernel.
import { under } from "../anchor";
import type { Related } from "../finding";
import { granuleOf } from "../plan/mappingPage";
import type { Plan } from "../plan/plan";
import type { Iommu } from "../platform";
import { printSize } from "../print";
import { defineRule } from "../rule";

interface TooLarge {
  readonly iommu: Iommu;
  readonly smallest: bigint;
  readonly pageSize: bigint;
}

export const iommuPageLargerThanKernelPage = defineRule<TooLarge>({
  id: "iommu-page-larger-than-kernel-page",
  catalogue: "IOM007",
  severity: "error",
  since: "0.1.0",
  summary: "The smallest page of an IOMMU is larger than a page of the host's kernel.",
  why: `The kernel and a virtual machine monitor map memory page by page. An IOMMU whose smallest page is larger would have to map the neighbours as well, so
VFIO and iommufd refuse to attach a device behind it (\`-EINVAL\`), and the kernel's own drivers fall back to bounce buffers or give up.

Give the host a kernel with pages as large, or find out whether the IOMMU has smaller ones: \`pageSizes\` names all that it can map.`,
  sources: ["domain.md 1.7 and 4.2", "Linux, drivers/iommu/iommufd/io_pagetable.c", "Linux, drivers/vfio/vfio_iommu_type1.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "pageSize": "4K",
  //          ~~~~ pages of the kernel have 4 KiB
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x0905_0000", "size": "128K", "pageSizes": ["64K", "512M"] }],
  //                                                                                                  ^^^^^^^^^^^^^^^ error: the smallest page of smmu0 has 64 KiB, a page of the host's kernel 4 KiB: nothing behind it can be attached
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }] }],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "pageSize": "64K",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x0905_0000", "size": "128K", "pageSizes": ["64K", "512M"] }],
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }] }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "arch": "arm64",
  "pageSize": "64K",
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0x0905_0000", "size": "128K", "pageSizes": ["2M", "4K"] },
    { "name": "smmu1", "type": "smmuv3", "base": "0x0908_0000", "size": "128K", "pageSizes": ["64K"] },
    { "name": "smmu2", "type": "smmuv3", "base": "0x090a_0000", "size": "128K" },
  ],
}`,
  ],
  *check(plan) {
    const { pageSize, iommus } = plan.platform;
    if (pageSize === undefined) return;
    for (const iommu of iommus ?? []) {
      const smallest = granuleOf(iommu);
      if (iommu.disabled !== true && smallest !== undefined && smallest > pageSize) yield { at: under(iommu.anchor, "pageSizes"), data: { iommu, smallest, pageSize }, related: kernelPage(plan, pageSize) };
    }
  },
  message: ({ iommu, smallest, pageSize }) =>
    `the smallest page of ${iommu.name} has ${printSize(smallest)}, a page of the host's kernel ${printSize(pageSize)}: nothing behind it can be attached`,
  fix: ({ data: { smallest } }, plan) => [
    { title: `Run a kernel with pages of ${printSize(smallest)}`, edits: [{ op: "replace", at: under(plan.platform.anchor, "pageSize"), value: { size: smallest } }] },
  ],
});

function kernelPage(plan: Plan, pageSize: bigint): Related[] {
  return [{ at: under(plan.platform.anchor, "pageSize"), message: `pages of the kernel have ${printSize(pageSize)}` }];
}
