// A JSON number that is too large to be exact.
import { keyAt } from "../describe/keyAt";
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const unsafeNumber = defineTextRule<Problem<"unsafe-number">>({
  id: "unsafe-number",
  severity: "error",
  since: "0.1.0",
  summary: "A number is too large for JSON to hold exactly.",
  why: `Most programs read a JSON number as a 64-bit floating point value, which is exact to 2^53 only. A larger one has lost its low digits as
soon as any such program has written the file, so what stands here may not be what was meant. It is not read at all. Write addresses
and sizes as text: \`"0x20_0000_0000_0001"\` is exact to 2^64.`,
  sources: ["RFC 8259, section 6", "language.md, Values: Address"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": 18446744073709486080, "size": "64K" }],
  //                                    ^^^^^^^^^^^^^^^^^^^^ error: base is a number beyond 2^53, where digits are lost: write it as a text, such as "0x8000_0000"
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0xffff_ffff_ffff_0000", "size": 65536 }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unsafe-number")) yield { at: problem.at, data: problem };
  },
  message: ({ at }) => `${keyAt(at)} is a number beyond 2^53, where digits are lost: write it as a text, such as "0x8000_0000"`,
});
