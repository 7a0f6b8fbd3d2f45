// A waiver that does not say why.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const waiverWithoutReason = defineTextRule<Problem<"waiver-without-reason">>({
  id: "waiver-without-reason",
  severity: "error",
  since: "0.2.0",
  summary: "A waiver gives no reason, so it allows nothing.",
  why: `Whoever reads the file next must be able to tell whether the finding may still be allowed. So the reason is a part of the waiver, behind a colon:
\`// platmap allow missing-acs: nothing behind this port is ever assigned\`. Without one the finding stays.`,
  sources: ["language.md, Waivers and configuration"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" }, // platmap allow overlapping-regions
    //                                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the reason is missing: platmap allow overlapping-regions: …
    //                         ^^^^^^^^^^^^^ error(overlapping-regions): device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" }, // platmap allow overlapping-regions: the second page of uart0 is not decoded
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("waiver-without-reason")) yield { at: problem.at, data: problem };
  },
  message: ({ rule }) => `the reason is missing: platmap allow ${rule}: …`,
});
