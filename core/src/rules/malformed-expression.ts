// An expression that cannot be read.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const malformedExpression = defineTextRule<Problem<"malformed-expression">>({
  id: "malformed-expression",
  severity: "error",
  since: "0.2.0",
  summary: "An expression cannot be read.",
  why: `An address or a size may be worked out: \`"dram0.next - 32M"\`, \`"align(bl31.next, 2M)"\`. What cannot be read comes to nothing, so the entry
has no place and nothing is checked against it. There are \`+\`, \`-\` and \`*\`, parentheses, \`align\`, \`alignDown\`, \`min\` and \`max\`; an entry has
\`base\`, \`size\`, \`last\` (inclusive) and \`next\` (the first byte after it). Names may hold a minus, and match longest first: a minus between two
values has blanks around it.`,
  sources: ["language.md, Values: Expression"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram-low", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "bl31", "base": "dram-low.next-2M", "size": "2M", "type": "secure", "noMap": true }],
  //                                      ^^^^^^^^^^^^^^^^ error: a minus between two values has blanks around it
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram-low", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "bl31", "base": "dram-low.next - 2M", "size": "2M", "type": "secure", "noMap": true }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "64K" },
    { "name": "uart1", "base": "uart0.nxt", "size": "64K" },
    //                                ^^^ error: nxt is none of base, size, last, next
    { "name": "uart2", "base": "alignn(uart0.next, 64K)", "size": "64K" },
    //                          ^^^^^^ error: there is no function alignn; there are align, alignDown, min, max
    { "name": "uart3", "base": "0x2000_0000 + (uart0.size", "size": "uart0.size / 2" },
    //                                                  ^ error: a closing parenthesis is missing
    //                                                                          ^ error: there is no division; write what it comes to
    { "name": "uart4", "base": "uart0.base + 1c00_0000", "size": "align(64K)" },
    //                                       ^^^^^^^^^ error: 1c00_0000 is not a number: it is not written like 64K, 2M or 0x1000
    //                                                            ^^^^^^^^^^ error: align has 1 value; it is written align(value, alignment)
    { "name": "uart5", "base": "align(uart0.next, 0)", "size": "64K" },
    //                                            ^ error: an alignment is 1 or more, and this is 0
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "64K" },
    { "name": "uart1", "base": "uart0.next", "size": "64K" },
    { "name": "uart2", "base": "alignn(uart0.next, 64K)", "size": "64K" },
    { "name": "uart3", "base": "0x2000_0000 + (uart0.size", "size": "uart0.size / 2" },
    { "name": "uart4", "base": "uart0.base + 1c00_0000", "size": "align(64K)" },
    { "name": "uart5", "base": "align(uart0.next, 0)", "size": "64K" },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram-low", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "bl31", "base": "dram-low.next - 32M", "size": "2M", "type": "secure", "noMap": true },
    { "name": "optee", "base": "align(bl31.next, 4M)", "size": "2 * bl31.size", "type": "secure", "noMap": true },
    { "name": "log", "base": "max(bl31.next, optee.next)", "last": "dram-low.last", "type": "crash-log" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("malformed-expression")) yield { at: problem.at, data: problem };
  },
  message: ({ because }) => because,
  fix({ data: { at, suggestion } }) {
    if (suggestion === undefined) return [];
    return [{ title: `Write ${suggestion.trim() === "-" ? "blanks around the minus" : suggestion}`, edits: [{ op: "text", at, text: suggestion }] }];
  },
});
