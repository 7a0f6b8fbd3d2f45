// Nothing keeps the operating system from using the addresses of a host bridge's configuration space, so it refuses to use that.
// Knows of a motherboard resource only what the description says.
import type { AddressRange } from "../address";
import { address } from "../address";
import { configSpaces } from "../plan/configSpaces";
import type { ConfigSpace } from "../plan/configSpaces";
import { newReservationEdit } from "../plan/newReservation";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

interface NotReserved {
  readonly space: ConfigSpace;
  readonly missing: AddressRange<"pa">;
}

export const configSpaceNotReserved = defineRule<NotReserved>({
  id: "config-space-not-reserved",
  catalogue: "MAP028",
  severity: "error",
  since: "0.1.0",
  summary: "The firmware's memory map does not reserve the configuration space, and nothing else does.",
  why: `Linux on x86 uses memory mapped configuration space only where firmware keeps its addresses free: as a motherboard resource (\`_CRS\` of a PNP0C02 device), as
a reserved range of the E820 map, or as memory mapped I/O of the EFI map. Else it falls back to I/O ports, which reach only the first 256 bytes: ACS and SR-IOV,
which lie behind them, become invisible, and IOMMU groups grow.

A motherboard resource is described as a reservation with \`in\`, as the fix writes it. Where no E820 map was captured, nobody can tell.`,
  sources: ["PCI Firmware specification 3.3, 4.1.2", "Linux, arch/x86/pci/mmconfig-shared.c", "domain.md 7.4"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "arch": "x86_64",
  "memory": [{ "name": "ram", "range": "0x0010_0000-0x7fff_ffff" }],
  "pci": [{ "name": "pci0", "buses": "00-ff", "msi": "none", "config": { "base": "0xe000_0000", "size": "256M" } }],
  //                                                                             ^^^^^^^^^^^^^ error: no firmware map and no reservation covers 0xe000_0000-0xefff_ffff (256 MiB) of the configuration space of pci0: Linux does not use it, and sees no ACS
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      { "range": "0xfed0_0000-0xfedf_ffff", "type": "reserved", "source": "e820" },
    ],
  },
}`,
      fixed: `{
  "platform": "pc",
  "arch": "x86_64",
  "memory": [{ "name": "ram", "range": "0x0010_0000-0x7fff_ffff" }],
  "reserved": [{ "name": "motherboard", "base": "0xe000_0000", "size": "256M", "type": "firmware", "in": "pci0", "origin": "board" }],
  "pci": [{ "name": "pci0", "buses": "00-ff", "msi": "none", "config": { "base": "0xe000_0000", "size": "256M" } }],
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      { "range": "0xfed0_0000-0xfedf_ffff", "type": "reserved", "source": "e820" },
    ],
  },
}`,
    },
  ],
  good: [
    `{
  "platform": "pc",
  "arch": "x86_64",
  "reserved": [{ "name": "pnp-00-01", "range": "0xd800_0000-0xdfff_ffff", "type": "firmware", "in": "pci1", "origin": "board" }],
  "pci": [
    { "name": "pci0", "buses": "00-7f", "msi": "none", "config": { "base": "0xe000_0000", "size": "128M" } },
    { "name": "pci1", "buses": "80-ff", "msi": "none", "config": { "base": "0xd800_0000", "size": "128M" } },
  ],
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      { "range": "0xe000_0000-0xe3ff_ffff", "type": "reserved", "source": "e820" },
      { "range": "0xe400_0000-0xefff_ffff", "type": "MMIO", "source": "efi" },
    ],
  },
}`,
    `// No E820 map was captured.
{
  "platform": "board",
  "pci": [{ "name": "pcie0", "buses": "00-ff", "msi": "none", "config": { "base": "0xe000_0000", "size": "256M" } }],
  "captured": { "firmwareMap": [{ "range": "0x8000_0000-0xbfff_ffff", "type": "Conventional", "source": "efi" }] },
}`,
  ],
  *check(plan) {
    const kept = keptByFirmware(plan);
    if (!kept) return;
    for (const space of configSpaces(plan)) {
      if ("notChecked" in space || space.bridge.disabled === true) continue;
      const [missing] = kept.missingIn(usedPart(space));
      if (missing) yield { at: space.occupant.at, data: { space, missing } };
    }
  },
  message: ({ space: { bridge }, missing }) =>
    `no firmware map and no reservation covers ${printRangeAndSize(missing)} of the configuration space of ${bridge.name}: Linux does not use it, and sees no ACS`,
  fix: ({ data: { space } }, plan) => {
    const range = usedPart(space);
    const edit = newReservationEdit(plan, "motherboard", range, "firmware", { in: space.bridge.name, origin: "board" });
    return [{ title: `Reserve ${printRange(range)} as a motherboard resource`, edits: [edit] }];
  },
});

/** What lies beyond the last bus nobody looks at. */
function usedPart({ occupant: { range }, needed }: ConfigSpace): AddressRange<"pa"> {
  const end = range.base + (needed << 20n);
  return end < range.end ? { base: range.base, end: address(end) } : range;
}

/** Undefined where no E820 map was captured: then the machine is no x86, or nobody can tell. */
const keptByFirmware = perPlan((plan: Plan) => {
  const entries = plan.platform.captured?.firmwareMap ?? [];
  if (!entries.some((one) => one.source === "e820")) return undefined;
  const reserved = entries.filter(({ source, type }) => (source === "e820" ? /^reserved$/i.test(type) : /^(reserved|mmio|memory.?mapped.?i\/?o$)/i.test(type)));
  const described = (plan.platform.reserved ?? []).filter((one) => one.disabled !== true).flatMap((one) => one.extent?.ranges ?? []);
  return new RangeSet([...reserved.map((one) => one.range), ...described]);
});
