// A waiver of a rule that does not exist.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const waiverOfUnknownRule = defineTextRule<Problem<"unknown-waived-rule">>({
  id: "waiver-of-unknown-rule",
  severity: "error",
  since: "0.2.0",
  summary: "A waiver names a rule that does not exist, so it allows nothing.",
  why: `A waiver names the rule by its id, which every finding has beside its message. The rule was misspelt, or has another name now.`,
  sources: ["language.md, Waivers and configuration"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    // platmap allow overlaping-region: the second page of uart0 is not decoded
    //               ^^^^^^^^^^^^^^^^^ error: there is no rule "overlaping-region"; did you mean overlapping-regions?
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
    //                         ^^^^^^^^^^^^^ error(overlapping-regions): device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff
  ],
  // platmap allow
  // ^^^^^^^^^^^^^ error: a waiver names the rule and the reason: platmap allow <rule>: <reason>
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    // platmap allow overlapping-regions: the second page of uart0 is not decoded
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
  ],
  // platmap allow
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    // platmap allow overlapping-regions: the second page of uart0 is not decoded
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unknown-waived-rule")) yield { at: problem.at, data: problem };
  },
  message({ id, nearest }) {
    if (id === "") return "a waiver names the rule and the reason: platmap allow <rule>: <reason>";
    return `there is no rule ${JSON.stringify(id)}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`;
  },
  fix({ data: { at, id, nearest } }) {
    return nearest === undefined || id === "" ? [] : [{ title: `Write ${nearest}`, edits: [{ op: "text", at, text: nearest }] }];
  },
});
