// Two entries of the captured firmware map share addresses.
import type { AddressRange } from "../address";
import { compareRanges, intersection } from "../address";
import { under } from "../anchor";
import type { Captured } from "../platform";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

type FirmwareEntry = NonNullable<Captured["firmwareMap"]>[number];

interface Clash {
  readonly earlier: FirmwareEntry;
  readonly later: FirmwareEntry;
  readonly shared: AddressRange<"pa">;
}

const MAP_NAMES = { e820: "E820", efi: "EFI" } as const;

export const overlappingFirmwareRanges = defineRule<Clash>({
  id: "overlapping-firmware-ranges",
  catalogue: "MAP024",
  severity: "error",
  since: "0.1.0",
  summary: "Two entries of the firmware's memory map share addresses.",
  why: `The map by which firmware hands memory over says of each byte one thing. Where two entries disagree, every reader decides for itself: Linux takes the worse
type of an E820 map, a boot loader may take the first entry. So one of them uses memory that another one believes to be the firmware's.

The E820 map and the EFI map describe the same memory, and are not compared with each other. Their order is for another rule.`,
  sources: ["UEFI specification, EFI_BOOT_SERVICES.GetMemoryMap", "domain.md 7.1 and 7.2", "Linux, arch/x86/kernel/e820.c"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      //         ~~~~~~~~~~~~~~~~~~~~~~~~~ usable 0x10_0000-0x7fff_ffff
      { "range": "0x7ff0_0000-0x8fff_ffff", "type": "reserved", "source": "e820" },
      //         ^^^^^^^^^^^^^^^^^^^^^^^^^ error: the E820 map says of 0x7ff0_0000-0x7fff_ffff (1 MiB) that it is "reserved" and that it is "usable"
    ],
  },
}`,
    },
  ],
  good: [
    `{
  "platform": "pc",
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fef_ffff", "type": "usable", "source": "e820" },
      { "range": "0x7ff0_0000-0x7fff_ffff", "type": "reserved", "source": "e820" },
      { "range": "0x7ff0_0000-0x7fff_ffff", "type": "Runtime Data", "source": "efi" },
    ],
  },
}`,
  ],
  *check(plan) {
    const entries = plan.platform.captured?.firmwareMap ?? [];
    for (const source of ["e820", "efi"] as const) yield* clashesOf(entries.filter((one) => one.source === source));
  },
  message: ({ earlier, later, shared }) =>
    later.type === earlier.type
      ? `two entries of the ${MAP_NAMES[later.source]} map hold ${printRangeAndSize(shared)}`
      : `the ${MAP_NAMES[later.source]} map says of ${printRangeAndSize(shared)} that it is "${later.type}" and that it is "${earlier.type}"`,
});

/** Each entry against the one before it that reaches furthest: one finding an entry. */
function* clashesOf(entries: readonly FirmwareEntry[]) {
  const order = new Map(entries.map((one, index) => [one, index]));
  let furthest: FirmwareEntry | undefined;
  for (const one of [...entries].sort((a, b) => compareRanges(a.range, b.range))) {
    const shared = furthest && intersection(furthest.range, one.range);
    if (furthest && shared) {
      const [earlier, later] = (order.get(furthest) ?? 0) < (order.get(one) ?? 0) ? [furthest, one] : [one, furthest];
      const related = [{ at: under(earlier.anchor, "range"), message: `${earlier.type} ${printRange(earlier.range)}` }];
      yield { at: under(later.anchor, "range"), data: { earlier, later, shared }, related };
    }
    if (!furthest || one.range.end > furthest.range.end) furthest = one;
  }
}
