// A region that VT-d firmware wants mapped one to one (RMRR) lies in memory that nothing keeps the operating system out of.
import type { AddressRange } from "../address";
import { address } from "../address";
import type { Related } from "../finding";
import type { Occupant } from "../plan/addressMap";
import { newReservationEdit } from "../plan/newReservation";
import { iovaMap } from "../plan/iovaMaps";
import type { Plan } from "../plan/plan";
import { perPlan } from "../plan/perPlan";
import { RangeSet } from "../plan/rangeSet";
import { systemMemoryIn } from "../plan/systemMemory";
import type { IommuReservedRegion } from "../platform";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

interface Unreserved {
  readonly name: string;
  /** The first part that nothing reserves. */
  readonly missing: AddressRange<"pa">;
  /** Whether the captured E820 map says so; else the description's own reservations. */
  readonly byE820: boolean;
}

export const rmrrNotReserved = defineRule<Unreserved>({
  id: "rmrr-not-reserved",
  catalogue: "MAP029",
  severity: "warning",
  since: "0.1.0",
  summary: "A region that firmware wants mapped one to one lies in memory that is not reserved.",
  why: `In an RMRR of the DMAR table firmware names memory that a device uses for firmware's own purpose: shared graphics memory, a USB keyboard, a management
controller. The operating system must map it one to one and keep out of it. When the memory map does not reserve it, the operating system hands the
same memory out, and the device writes over it.

Linux holds each RMRR against the E820 map and prints a firmware bug for one that is not wholly reserved. Where the E820 map was captured, Platmap
does the same; else it looks whether the region lies in described memory that no reservation covers.`,
  sources: ["Intel VT-d specification, reserved memory region reporting structure", "Linux, arch/x86/include/asm/iommu.h, arch_rmrr_sanity_check", "domain.md 4.2"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "memory": [{ "name": "low", "range": "0x0010_0000-0x7fff_ffff" }],
  //                                   ~~~~~~~~~~~~~~~~~~~~~~~~~ memory low
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    "reserved": [{ "name": "rmrr-usb", "range": "0x7ff0_0000-0x7ff0_ffff", "type": "direct-relaxable", "devices": ["00:14.0"] }],
    //                                          ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: firmware wants rmrr-usb mapped one to one, but no reservation covers 0x7ff0_0000-0x7ff0_ffff (64 KiB) of memory
  }],
}`,
      fixed: `{
  "platform": "pc",
  "memory": [{ "name": "low", "range": "0x0010_0000-0x7fff_ffff" }],
  "reserved": [{ "name": "firmware", "base": "0x7ff0_0000", "size": "64K", "type": "firmware" }],
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    "reserved": [{ "name": "rmrr-usb", "range": "0x7ff0_0000-0x7ff0_ffff", "type": "direct-relaxable", "devices": ["00:14.0"] }],
  }],
}`,
    },
    {
      text: `{
  "platform": "pc",
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    "reserved": [{ "base": "0x7ff0_0000", "size": "128K", "type": "direct" }],
    //                     ^^^^^^^^^^^^^ warning: firmware wants direct region 0 of dmar0 mapped one to one, but its E820 map does not reserve 0x7ff1_0000-0x7ff1_ffff (64 KiB)
  }],
  "captured": { "firmwareMap": [{ "range": "0x7ff0_0000-0x7ff0_ffff", "type": "reserved", "source": "e820" }] },
}`,
    },
  ],
  good: [
    `{
  "platform": "pc",
  "memory": [{ "name": "low", "range": "0x0010_0000-0x7fff_ffff" }],
  "reserved": [{ "name": "usb", "range": "0x7ff0_0000-0x7ff0_ffff", "type": "firmware" }],
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    "reserved": [{ "range": "0x7ff0_0000-0x7ff0_ffff", "type": "direct" }],
  }],
}`,
    `// Linux makes this one by itself, for the ISA bridge.
{
  "platform": "pc",
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    "reserved": [{ "range": "0x0-0xff_ffff", "type": "direct-relaxable" }],
  }],
  "captured": { "firmwareMap": [{ "range": "0x7ff0_0000-0x7ff0_ffff", "type": "reserved", "source": "e820" }] },
}`,
  ],
  *check(plan) {
    for (const iommu of plan.platform.iommus ?? []) {
      if (iommu.type !== "vt-d" || iommu.disabled === true || !iommu.reserved) continue;
      for (const one of iovaMap(iommu).occupants) {
        const region = iommu.reserved[one.order];
        if (!region || !isRmrr(region, one)) continue;
        const range = { base: address<"pa">(one.range.base), end: address<"pa">(one.range.end) };
        const byE820 = reservedByE820(plan);
        const [missing] = byE820 ? byE820.missingIn(range) : unreservedMemory(plan, range);
        if (missing) yield { at: one.at, data: { name: one.name, missing, byE820: byE820 !== undefined }, related: byE820 ? [] : relatedMemory(plan, missing) };
      }
    }
  },
  message: ({ name, missing, byE820 }) =>
    `firmware wants ${name} mapped one to one, but ${byE820 ? `its E820 map does not reserve ${printRangeAndSize(missing)}` : `no reservation covers ${printRangeAndSize(missing)} of memory`}`,
  fix: ({ data: { missing, byE820 } }, plan) =>
    byE820 ? [] : [{ title: `Reserve ${printRange(missing)} for firmware`, edits: [newReservationEdit(plan, "firmware", missing, "firmware")] }],
});

/** The first 16 MiB, relaxable, are Linux's own workaround for the ISA bridge, no RMRR. */
function isRmrr({ type }: IommuReservedRegion, { range }: Occupant<"iova">): boolean {
  return type === "direct" || (type === "direct-relaxable" && !(range.base === 0n && range.end === 1n << 24n));
}

/** What the captured E820 map calls reserved; undefined where none was captured. */
const reservedByE820 = perPlan((plan) => {
  const entries = (plan.platform.captured?.firmwareMap ?? []).filter((one) => one.source === "e820");
  return entries.length === 0 ? undefined : new RangeSet(entries.filter((one) => /^reserved$/i.test(one.type)).map((one) => one.range));
});

const describedReservations = perPlan(
  (plan) => new RangeSet(plan.physical.occupants.filter((one) => one.role === "reservation").map((one) => one.range)),
);

function unreservedMemory(plan: Plan, range: AddressRange<"pa">): AddressRange<"pa">[] {
  return systemMemoryIn(plan, range, 16).flatMap((piece) => describedReservations(plan).missingIn(piece.range));
}

function relatedMemory(plan: Plan, range: AddressRange<"pa">): Related[] {
  return systemMemoryIn(plan, range, 1).map((one) => ({ at: one.at, message: `memory ${one.name}` }));
}
