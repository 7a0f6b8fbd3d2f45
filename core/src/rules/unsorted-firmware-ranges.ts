// The entries of the captured firmware map do not ascend. That two of them share addresses is for another rule.
import { compareRanges } from "../address";
import { under } from "../anchor";
import type { Edit } from "../finding";
import type { Captured } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";

type FirmwareEntry = NonNullable<Captured["firmwareMap"]>[number];

interface Unsorted {
  readonly entries: readonly FirmwareEntry[];
  readonly before: FirmwareEntry;
  readonly after: FirmwareEntry;
}

const MAP_NAMES = { e820: "E820", efi: "EFI" } as const;

export const unsortedFirmwareRanges = defineRule<Unsorted>({
  id: "unsorted-firmware-ranges",
  catalogue: "MAP024",
  severity: "error",
  since: "0.1.0",
  summary: "The entries of the firmware's memory map do not ascend.",
  why: `Linux sorts the map before it looks at it; boot loaders and hypervisors that walk it once, and take what lies between two entries for a gap, do not. A map
that is out of order was also often put together by hand, or from two machines.

It is said once for each map. E820 and EFI are two maps, and are not compared.`,
  sources: ["domain.md 7.1 and 7.2", "ACPI specification, 15.4: assumptions and limitations of the system address map"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "captured": {
    "firmwareMap": [
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      //         ~~~~~~~~~~~~~~~~~~~~~~~~~ 0x10_0000-0x7fff_ffff comes before it
      { "range": "0x0000_0000-0x0009_fbff", "type": "usable", "source": "e820" },
      //         ^^^^^^^^^^^^^^^^^^^^^^^^^ error: the E820 map is not sorted: 0x0-0x9_fbff comes after 0x10_0000-0x7fff_ffff
      { "range": "0x0009_fc00-0x0009_ffff", "type": "reserved", "source": "e820" },
    ],
  },
}`,
      fixed: `{
  "platform": "pc",
  "captured": {
    "firmwareMap": [
      { "range": "0x0-0x9_fbff", "type": "usable", "source": "e820" },
      { "range": "0x9_fc00-0x9_ffff", "type": "reserved", "source": "e820" },
      { "range": "0x10_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
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
      { "range": "0x0000_0000-0x0009_fbff", "type": "usable", "source": "e820" },
      { "range": "0x0010_0000-0x7fff_ffff", "type": "usable", "source": "e820" },
      { "range": "0x0000_0000-0x0009_ffff", "type": "Conventional", "source": "efi" },
    ],
  },
}`,
  ],
  *check(plan) {
    const all = plan.platform.captured?.firmwareMap ?? [];
    for (const source of ["e820", "efi"] as const) {
      const entries = all.filter((one) => one.source === source);
      const index = entries.findIndex((one, i) => i > 0 && one.range.base < (entries[i - 1] as FirmwareEntry).range.base);
      const [before, after] = [entries[index - 1], entries[index]];
      if (!before || !after) continue;
      const related = [{ at: under(before.anchor, "range"), message: `${printRange(before.range)} comes before it` }];
      yield { at: under(after.anchor, "range"), data: { entries, before, after }, related };
    }
  },
  message: ({ before, after }) => `the ${MAP_NAMES[after.source]} map is not sorted: ${printRange(after.range)} comes after ${printRange(before.range)}`,
  fix: ({ data: { entries, after } }) => [{ title: `Sort the ${MAP_NAMES[after.source]} map`, edits: sortingEdits(entries) }],
});

/** Each place takes what belongs there; comments stay where they are. */
function sortingEdits(entries: readonly FirmwareEntry[]): Edit[] {
  const sorted = [...entries].sort((a, b) => compareRanges(a.range, b.range));
  return entries.flatMap((old, index): Edit[] => {
    const next = sorted[index];
    if (!next || next === old) return [];
    return [
      { op: "replace", at: under(old.anchor, "range"), value: { json: printRange(next.range) } },
      ...(next.type === old.type ? [] : [{ op: "replace", at: under(old.anchor, "type"), value: { json: next.type } } as const]),
    ];
  });
}
