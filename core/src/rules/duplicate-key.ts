// A key is written twice in one entry.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const duplicateKey = defineTextRule<Problem<"duplicate-key">>({
  id: "duplicate-key",
  severity: "error",
  since: "0.1.0",
  summary: "A key is written twice in one entry.",
  why: `Only one of the two values can hold. Platmap takes the first and other readers of JSON take the last, so the same file means two
machines. Often the second one was meant to be another key, or another entry whose braces were forgotten.`,
  sources: ["RFC 8259, section 4: behaviour with names that are not unique is unpredictable"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    {
      "name": "uart0",
      "base": "0x1000_0000",
    //~~~~~~ the first "base", which is the one that is read
      "size": "4K",
      "base": "0x1000_1000",
    //^^^^^^ error: "base" is written twice in one entry; only the first one is read
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "4K" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("duplicate-key")) {
      const related = [{ at: problem.first, message: `the first "${problem.key}", which is the one that is read` }];
      yield { at: problem.at, data: problem, related };
    }
  },
  message: ({ key }) => `"${key}" is written twice in one entry; only the first one is read`,
});
