// A doorbell does not fill its page, and the rest of the page holds other registers.
import type { AddressRange } from "../address";
import { contains, intersection, sameRange } from "../address";
import { describeOccupant, relatedOccupant } from "../describe/overlap";
import type { Occupant, Role } from "../plan/addressMap";
import { AddressMap } from "../plan/addressMap";
import { nameOfWritten, writtenBytes } from "../plan/doorbells";
import { mappingPage, pagesAround } from "../plan/mappingPage";
import { entryAnchor } from "../plan/occupants";
import { ownPageFixes } from "../plan/ownPage";
import type { Plan } from "../plan/plan";
import type { Doorbell } from "../platform";
import { printRange, printSize } from "../print";
import { defineRule } from "../rule";

interface Exposure {
  readonly doorbell: Doorbell;
  readonly written: AddressRange<"pa">;
  readonly page: bigint;
  readonly other: Occupant<"pa">;
}

export const doorbellSharingPageWithRegisters = defineRule<Exposure>({
  id: "doorbell-sharing-page-with-registers",
  catalogue: "MSI011",
  severity: "warning",
  since: "0.1.0",
  summary: "The page of a doorbell also holds other registers.",
  why: `An IOMMU maps whole pages. When the page of the doorbell is mapped for a device, the device can write to everything else in that page, and a guest
that owns the device can make it do so: a frame of 4 KiB behind an IOMMU with pages of 64 KiB opens the registers beside it.

The page is the smallest of the IOMMU's \`pageSizes\`, else the host kernel's \`pageSize\`. Doorbells that no IOMMU maps are not looked at.`,
  sources: ["domain.md 3.2 and 4.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "gpio0", "base": "0x3000_1000", "size": "4K" }],
  //                                     ~~~~~~~~~~~~~ device gpio0 0x3000_1000-0x3000_1fff (4 KiB)
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x3000_0000", "size": "4K" }],
  //                                                        ^^^^^^^^^^^^^ warning: doorbell v2m0 0x3000_0000-0x3000_0fff shares its page of 64 KiB with device gpio0 0x3000_1000-0x3000_1fff
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "pageSizes": ["64K"] }],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "v2m0" }],
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "gpio0", "base": "0x3000_1000", "size": "4K" }],
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2fff_0000", "size": "64K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "pageSizes": ["64K"] }],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "v2m0" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [{ "name": "gpio0", "base": "0x3000_1000", "size": "4K" }],
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x3000_0000", "size": "4K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "pageSizes": ["4K", "64K"] }],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "v2m0" }],
}`,
    // Only the translation page is mapped, and that is full.
    `{
  "platform": "board",
  "pageSize": "64K",
  "devices": [{ "name": "gicr", "base": "0x3002_0000", "size": "2M" }],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x3000_0000", "size": "128K" }],
}`,
  ],
  *check(plan) {
    for (const exposure of exposures(plan)) {
      yield { at: exposure.doorbell.extent?.at ?? exposure.doorbell.anchor, data: exposure, related: [relatedOccupant(exposure.other)] };
    }
  },
  message: ({ doorbell, written, page, other }) =>
    `${nameOfWritten(doorbell)} ${printRange(written)} shares its page of ${printSize(page)} with ${describeOccupant(other)}`,
  fix: ({ data: { doorbell, page } }, plan) => ownPageFixes(plan, doorbell, page),
});

const REGISTERS: ReadonlySet<Role> = new Set(["device", "doorbell", "iommu", "config", "window", "cxl-registers"]);

/** A doorbell with its pages as one occupant beside the registers, so that one sweep finds who is in them. */
function exposures(plan: Plan): Exposure[] {
  const pages = new Map<Occupant<"pa">, Omit<Exposure, "other">>();
  for (const doorbell of plan.platform.doorbells ?? []) {
    const page = doorbell.disabled === true ? undefined : mappingPage(plan, doorbell);
    for (const written of page === undefined ? [] : writtenBytes(doorbell)) {
      const whole = page === undefined ? written : pagesAround(written, page);
      if (page !== undefined && !sameRange(whole, written)) pages.set(pageOccupant(doorbell, whole), { doorbell, written, page });
    }
  }
  if (pages.size === 0) return [];
  const enabled = new Set((plan.platform.doorbells ?? []).filter((one) => one.disabled !== true).map((one) => entryAnchor(one).path.join("/")));
  const others = plan.physical.occupants.filter((one) => REGISTERS.has(one.role) && !enabled.has(one.entry.path.join("/")));
  const found: Exposure[] = [];
  for (const { lower, upper } of new AddressMap("pa", "pages of doorbells", [...others, ...pages.keys()]).pairs()) {
    const [exposed, other] = pages.has(lower) ? [pages.get(lower), upper] : [pages.get(upper), lower];
    if (exposed && !pages.has(other) && reachesOutOf(other, exposed)) found.push({ ...exposed, other });
  }
  return found;
}

/** True when the other has bytes in the page beside the doorbell: what overlaps the doorbell alone is not this rule's. */
function reachesOutOf(other: Occupant<"pa">, { written, page }: Omit<Exposure, "other">): boolean {
  const inPage = intersection(other.range, pagesAround(written, page));
  return inPage !== undefined && !contains(written, inPage);
}

function pageOccupant(doorbell: Doorbell, range: AddressRange<"pa">): Occupant<"pa"> {
  const at = doorbell.extent?.at ?? doorbell.anchor;
  return { range, role: "doorbell", name: doorbell.name, entry: entryAnchor(doorbell), at, extent: { ranges: [range], form: "range", at }, order: -1 };
}
