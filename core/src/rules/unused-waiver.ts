// A waiver that allows nothing: what it was for is gone.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const unusedWaiver = defineTextRule<Problem<"unused-waiver">>({
  id: "unused-waiver",
  severity: "warning",
  since: "0.2.0",
  summary: "A waiver allows nothing.",
  why: `\`// platmap allow <rule>: <reason>\` allows one finding of that rule, on its own line or on the line below it. When the finding is gone the waiver
stays behind, and would allow the next one that comes there, for a reason that was never meant for it.`,
  sources: ["language.md, Waivers and configuration"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    // platmap allow overlapping-regions: the two share a clock page
    // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: no finding of overlapping-regions is here to be allowed
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    // platmap allow overlapping-regions: the two share a clock page
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
    { "name": "uart2", "base": "0x1000_2000", "size": "8K" }, /* platmap allow overlapping-regions: so do these */
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unused-waiver")) yield { at: problem.at, data: problem };
  },
  message: ({ rule }) => `no finding of ${rule} is here to be allowed`,
  fix: ({ data: { whole } }) => [{ title: "Remove the waiver", edits: [{ op: "text", at: whole, text: "" }] }],
});
