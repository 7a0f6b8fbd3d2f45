// An entry says where it lies more than once.
import { under } from "../anchor";
import { quotedList } from "../describe/keyAt";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const severalRangeForms = defineTextRule<Problem<"several-range-forms">>({
  id: "several-range-forms",
  severity: "error",
  since: "0.1.0",
  summary: "An entry says in several forms where it lies.",
  why: `Two forms can disagree, and then nobody knows which one the machine has; they begin to disagree with the first edit that forgets one.
One form an entry: \`base\` with \`size\`, \`base\` with \`last\`, \`range\`, or \`ranges\`.`,
  sources: ["language.md, Values: Range"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K", "last": "0x1000_1fff" },
    //                         ~~~~~~~~~~~~~ "base" says it too
    //                                                              ^^^^^^^^^^^^^ error: "base", "size" and "last" say twice where this lies; one form is enough
    { "name": "uart1", "base": "0x1000_2000", "size": "4K", "range": "0x1000_2000-0x1000_2fff" },
    //                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^ error: "base", "size" and "range" say twice where this lies; one form is enough
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    { "name": "uart1", "base": "0x1000_1000", "last": "0x1000_1fff" },
    { "name": "uart2", "range": "0x1000_2000-0x1000_2fff" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("several-range-forms")) {
      const { at, keys } = problem;
      if (isTextSpan(at)) continue;
      const related = keys.slice(0, -1).map((key) => ({ at: under(at, key), message: `"${key}" says it too` }));
      yield { at: under(at, keys.at(-1) ?? ""), data: problem, related };
    }
  },
  message: ({ keys }) => `${quotedList(keys, "and")} say twice where this lies; one form is enough`,
});
