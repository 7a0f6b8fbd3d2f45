// An entry lacks a key that it cannot do without.
import type { Path } from "../anchor";
import { under } from "../anchor";
import { quotedList } from "../describe/keyAt";
import type { Place, Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const missingKey = defineTextRule<Problem<"missing-key">>({
  id: "missing-key",
  severity: "error",
  since: "0.1.0",
  summary: "An entry lacks a key that it needs.",
  why: `An entry that does not say where it lies occupies nothing, so no overlap with it can be found; one without its type or name is left
out of the map altogether.`,
  sources: ["language.md, The platform file"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000" },
    //        ^^^^^^^ error: device needs "size" or "last"
    { "name": "uart1", "size": "4K" },
    //        ^^^^^^^ error: device needs "base" or "range"
    { "base": "0x1000_2000", "size": "4K" },
  //^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: device needs "name"
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "last": "0x1000_0fff" },
    { "name": "uart1", "range": "0x1000_1000-0x1000_1fff" },
    { "name": "uart2", "ranges": ["0x1000_2000-0x1000_2fff"] },
  ],
  "reserved": [{ "name": "cma", "size": "64M", "type": "dma-pool" }],
}`,
  ],
  *check(plan) {
    const problems = plan.problemsOf("missing-key");
    const missing = new Set(problems.flatMap(({ at, keys }) => (isTextSpan(at) ? [] : keys.map((key) => placeKey([...at.path, key])))));
    for (const problem of problems) yield { at: placeOf(problem, missing), data: problem };
  },
  message: ({ record, keys }) => `${record} needs ${quotedList(keys, "or")}`,
});

/** What names an entry of the record to people. */
const NAMING_KEYS: Readonly<Record<string, string>> = {
  memory: "name",
  device: "name",
  reservation: "name",
  doorbell: "name",
  IOMMU: "name",
  "PCI host bridge": "name",
  "PCI function": "at",
};

/** The entry's name rather than the many lines of an entry; the first character rather than the whole file. */
function placeOf({ at, record }: Problem<"missing-key">, missing: ReadonlySet<string>): Place {
  if (isTextSpan(at)) return at;
  if (at.path.length === 0) return { file: at.file, start: 0, end: 1 };
  const key = NAMING_KEYS[record];
  return key === undefined || missing.has(placeKey([...at.path, key])) ? at : under(at, key);
}

function placeKey(path: Path): string {
  return path.join("\n");
}
