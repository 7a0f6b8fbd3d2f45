// A region that Arm firmware wants mapped one to one (RMR) is not made of 64 KiB pages.
import { alignDown, alignUp } from "../address";
import type { Occupant } from "../plan/addressMap";
import { iovaMap } from "../plan/iovaMaps";
import { perPlan } from "../plan/perPlan";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import type { Iommu } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";

/** What the IORT specification asks of base and length, whatever page the kernel has. */
const GRANULE = 0x1_0000n;

const SMMUS: readonly Iommu["type"][] = ["smmuv1", "smmuv2", "smmuv3"];

export const rmrNot64kAligned = defineRule<Occupant<"iova">>({
  id: "rmr-not-64k-aligned",
  catalogue: "MAP030",
  severity: "warning",
  since: "0.1.0",
  summary: "A region that firmware wants mapped one to one behind an SMMU does not begin and end on a 64 KiB boundary.",
  why: `The IORT table names such regions in RMR nodes, and asks for base and length in multiples of 64 KiB, so that a kernel with any page size can map them.
Linux reports a firmware bug for one that is not, and rounds it to its own pages: what the device may reach then depends on the kernel.

A region that says the same as a reservation of the device tree (\`"origin": "reserved-memory"\`) comes from there, and is left alone.`,
  sources: ["Arm IORT specification, reserved memory range node", "Linux, drivers/acpi/arm64/iort.c", "domain.md 1.4 and 4.2"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [{ "name": "display", "base": "0x8000_1000", "size": "8M", "type": "direct", "streams": "0-8" }],
    //                                        ^^^^^^^^^^^^^ warning: display 0x8000_1000-0x8080_0fff of smmu0 is not made of whole 64 KiB pages
  }],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [{ "name": "display", "base": "0x8000_0000", "size": "8256K", "type": "direct", "streams": "0-8" }],
  }],
}`,
    },
  ],
  good: [
    `// The second one is the device tree's.
{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "splash", "range": "0x9000_1000-0x9000_1fff", "type": "framebuffer", "origin": "reserved-memory" }],
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
    "reserved": [
      { "base": "0x8000_0000", "size": "8M", "type": "direct" },
      { "range": "0x9000_1000-0x9000_1fff", "type": "direct", "streams": "0-8" },
      { "range": "0x1000-0x1fff", "type": "reserved" },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const iommu of plan.platform.iommus ?? []) {
      if (!SMMUS.includes(iommu.type) || iommu.disabled === true || !iommu.reserved) continue;
      for (const one of iovaMap(iommu).occupants) {
        const type = iommu.reserved[one.order]?.type;
        const { base, end } = one.range;
        if ((type !== "direct" && type !== "direct-relaxable") || (base % GRANULE === 0n && end % GRANULE === 0n)) continue;
        if (isOfDeviceTree(plan, one)) continue;
        yield { at: base % GRANULE === 0n ? endOf(one) : one.at, data: { ...one, name: nameIn(one, iommu) } };
      }
    }
  },
  message: (one) => `${one.name} is not made of whole 64 KiB pages`,
  fix: ({ data: one }) => [{ ...resizeFix(one, rounded(one)), title: `Round it outward to ${printRange(rounded(one))}` }],
});

function nameIn(one: Occupant<"iova">, iommu: Iommu): string {
  const name = one.name.endsWith(` of ${iommu.name}`) ? one.name.slice(0, -` of ${iommu.name}`.length) : one.name;
  return `${name} ${printRange(one.range)} of ${iommu.name}`;
}

function rounded({ range }: Occupant<"iova">): Occupant<"iova">["range"] {
  return { base: alignDown(range.base, GRANULE), end: alignUp(range.end, GRANULE) };
}

/** Its `iommu-addresses` repeat the reservation's own range: that is what makes the region direct. */
function isOfDeviceTree(plan: Plan, { range }: Occupant<"iova">): boolean {
  return endsByBase(plan).get(range.base)?.includes(range.end) === true;
}

/** Where the reservations of the device tree end, by where they begin. */
const endsByBase = perPlan((plan): ReadonlyMap<bigint, readonly bigint[]> => {
  const ends = new Map<bigint, bigint[]>();
  for (const one of plan.platform.reserved ?? []) {
    if (one.origin !== "reserved-memory") continue;
    for (const { base, end } of one.extent?.ranges ?? []) ends.set(base, [...(ends.get(base) ?? []), end]);
  }
  return ends;
});
