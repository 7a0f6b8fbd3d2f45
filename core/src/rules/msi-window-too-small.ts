// More doorbells than the MSI window of an IOMMU has pages for.
import { alignDown, sizeOf } from "../address";
import { assignedFunctions } from "../plan/assignment";
import { writtenBytes } from "../plan/doorbells";
import { granuleOf, pagesAround } from "../plan/mappingPage";
import { msiRouteOf, msiRouting } from "../plan/msiRoutes";
import { endAnchor } from "../plan/places";
import { RangeSet } from "../plan/rangeSet";
import { entryAnchor } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import type { Doorbell, Iommu } from "../platform";
import { printSize } from "../print";
import { defineRule, notChecked } from "../rule";

interface TooSmall {
  readonly iommu: Iommu;
  readonly doorbells: readonly Doorbell[];
  readonly pages: bigint;
  readonly room: bigint;
  readonly page: bigint;
}

/** Doorbells that are one register: a device writes to one page of theirs. The others have one for each processor or each interrupt. */
const ONE_REGISTER: ReadonlySet<Doorbell["type"]> = new Set(["gicv2m", "its", "mbi", "pch-msi", "mip"]);

export const msiWindowTooSmall = defineRule<TooSmall>({
  id: "msi-window-too-small",
  catalogue: "MSI018",
  severity: "warning",
  since: "0.1.0",
  summary: "Assigned functions use more doorbell pages than the MSI window of their IOMMU holds.",
  why: `The kernel maps each doorbell that an assigned function uses at the next free page of the MSI window. When the window is full, the function that comes next
gets no interrupts by message and its assignment fails. The usual window of 1 MiB has 256 pages of 4 KiB, but only 16 of 64 KiB.`,
  sources: ["Linux, drivers/iommu/dma-iommu.c, iommu_dma_get_msi_page", "domain.md 1.5 and 1.7"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x0810_0000", "size": "128K" },
    //        ~~~~~~ doorbell its0
    { "name": "its1", "type": "its", "base": "0x0820_0000", "size": "128K" },
  ],
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["64K"],
    "msiWindow": { "base": "0x0800_0000", "size": "64K", "programmable": true },
    //                                            ^^^^^ warning: the MSI window of smmu0 has room for 1 page of 64 KiB, but assigned functions use 2 pages of doorbells
  }],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": [{ "ids": "0000-001f", "to": "its0" }, { "ids": "0020-ffff", "to": "its1" }],
      "devices": [
        { "at": "00:03.0", "type": "integrated-endpoint", "assign": true },
        { "at": "00:04.0", "type": "integrated-endpoint", "assign": true },
      ],
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x0810_0000", "size": "128K" },
    { "name": "its1", "type": "its", "base": "0x0820_0000", "size": "128K" },
  ],
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["64K"],
    "msiWindow": { "base": "0x0800_0000", "size": "128K", "programmable": true },
  }],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": [{ "ids": "0000-001f", "to": "its0" }, { "ids": "0020-ffff", "to": "its1" }],
      "devices": [
        { "at": "00:03.0", "type": "integrated-endpoint", "assign": true },
        { "at": "00:04.0", "type": "integrated-endpoint", "assign": true },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0810_0000", "size": "128K" }, { "name": "its1", "type": "its", "base": "0x0820_0000", "size": "128K" }],
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "pageSizes": ["4K", "64K"],
    "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
  }],
  "pci": [
    {
      "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": [{ "ids": "0000-001f", "to": "its0" }, { "ids": "0020-ffff", "to": "its1" }],
      "devices": [{ "at": "00:03.0", "type": "integrated-endpoint", "assign": true }, { "at": "00:04.0", "type": "integrated-endpoint", "assign": true }],
    },
  ],
}`,
    // Hardware takes these writes; nothing is mapped.
    `{
  "platform": "pc",
  "doorbells": [{ "name": "lapic", "type": "local-apic", "base": "0xfee0_0000", "size": "1M" }],
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "pageSizes": ["4K"], "interruptRemapping": true,
    "msiWindow": { "base": "0xfee0_0000", "size": "1M" },
  }],
  "pci": [{
    "name": "pci0", "msi": "lapic", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [{ "at": "00:03.0", "type": "integrated-endpoint", "assign": true }],
  }],
}`,
  ],
  *check(plan) {
    for (const bridge of new Set(assignedFunctions(plan).map((node) => node.hostBridge))) {
      for (const because of msiRouting(plan, bridge).unknown) yield notChecked(because);
    }
    for (const [iommu, doorbells] of doorbellsByIommu(plan)) {
      const window = iommu.msiWindow;
      const [range] = window?.extent?.ranges ?? [];
      if (!window?.extent || !range || window.programmable !== true) continue;
      const page = granuleOf(iommu, plan.platform.pageSize) ?? plan.platform.pageSize;
      if (page === undefined || page === 0n) {
        yield notChecked(`the page size of ${iommu.name} is not given`);
        continue;
      }
      const [pages, room] = [pagesOf(doorbells, page), sizeOf(range) / page];
      const related = doorbells.slice(0, 8).map((one) => ({ at: entryAnchor(one), message: `doorbell ${one.name}` }));
      if (pages > room) yield { at: endAnchor(window.extent), data: { iommu, doorbells, pages, room, page }, related };
    }
  },
  message: ({ iommu, pages, room, page }) =>
    `the MSI window of ${iommu.name} has room for ${count(room)} of ${printSize(page)}, but assigned functions use ${count(pages)} of doorbells`,
  fix({ at, data: { iommu, pages, page } }) {
    const { extent } = iommu.msiWindow ?? {};
    if (extent?.form !== "base-size" || "start" in at) return [];
    return [{ title: `Grow the MSI window of ${iommu.name} to ${printSize(pages * page)}`, edits: [{ op: "replace", at, value: { size: pages * page } }] }];
  },
});

function count(pages: bigint): string {
  return pages === 1n ? "1 page" : `${pages} pages`;
}

function doorbellsByIommu(plan: Plan): ReadonlyMap<Iommu, readonly Doorbell[]> {
  const found = new Map<Iommu, Set<Doorbell>>();
  for (const node of assignedFunctions(plan)) {
    const route = msiRouteOf(plan, node);
    if (!route?.iommu || !route.doorbell) continue;
    const doorbells = found.get(route.iommu) ?? new Set();
    found.set(route.iommu, doorbells.add(route.doorbell));
  }
  return new Map([...found].map(([iommu, doorbells]) => [iommu, [...doorbells]]));
}

/** Whole pages, each once. */
function pagesOf(doorbells: readonly Doorbell[], page: bigint): bigint {
  const pages = doorbells.flatMap((doorbell) => {
    const written = writtenBytes(doorbell);
    if (!ONE_REGISTER.has(doorbell.type)) return written.map((range) => pagesAround(range, page));
    return written.slice(0, 1).map(({ base }) => ({ base: alignDown(base, page), end: (alignDown(base, page) + page) as typeof base }));
  });
  return new RangeSet(pages).ranges.reduce((sum, range) => sum + sizeOf(range) / page, 0n);
}
