// A value that is not written as its kind of value is.
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const malformedValue = defineTextRule<Problem<"malformed-value">>({
  id: "malformed-value",
  severity: "error",
  since: "0.1.0",
  summary: "A value is not written as such a value is.",
  why: `A value that cannot be read is left out, and where an entry cannot do without it the entry is too: overlaps with it go unseen. Nothing is
guessed, since a wrong guess at an address is worse than none.`,
  sources: ["language.md, Values"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "1c02_0000", "size": "4K" }],
  //                                     ^^^^^^^^^^^ error: "1c02_0000" is not an address: hexadecimal digits need 0x in front
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x1c02_0000", "size": "4K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "sram", "base": "0x1000_0000", "size": "1.5M" },
    //                                               ^^^^^^ error: "1.5M" is not a size: a size has no fraction
    { "name": "uart 1", "base": "0x2000_0000", "size": "4K" },
    //        ^^^^^^^^ error: "uart 1" is not a name: a name has letters, digits, _ . and -, and begins with a letter or _
    { "name": "uart2", "base": "0x1_0000_0000_0000_0000", "size": "4K" },
    //                         ^^^^^^^^^^^^^^^^^^^^^^^^^ error: "0x1_0000_0000_0000_0000" is not an address: it needs more than 64 bits
    { "name": "uart3", "range": "1c02_0000-1c02_0fff" },
    //                          ^^^^^^^^^^^^^^^^^^^^^ error: "1c02_0000-1c02_0fff" is not a range: hexadecimal digits need 0x in front
    { "name": "uart4", "base": -4096, "size": "4K", "node": 4096 },
    //                         ^^^^^ error: -4096 is not an address: it is not a whole number of zero or more
    //                                                      ^^^^ error: 4096 is not a whole number from 0 to 4095
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "sram", "base": "0x1000_0000", "size": "1536K" },
    { "name": "uart 1", "base": "0x2000_0000", "size": "4K" },
    { "name": "uart2", "base": "0x1_0000_0000_0000_0000", "size": "4K" },
    { "name": "uart3", "range": "1c02_0000-1c02_0fff" },
    { "name": "uart4", "base": -4096, "size": "4K", "node": 4096 },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "bridge", "range": "fd000000-fdffffff" }],
  //                                       ^^^^^^^^^^^^^^^^^^^ error: "fd000000-fdffffff" is not a range: hexadecimal digits need 0x in front
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "bridge", "range": "0xfd00_0000-0xfdff_ffff" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart-0", "base": "0xffff_ffff_ffff_f000", "size": "4K" },
    { "name": "_uart.1", "range": "0x1c02_0000-0x1c02_0fff" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("malformed-value")) yield { at: problem.at, data: problem };
  },
  message({ noun, text, because }) {
    if (because === `it is not ${noun}`) return `${text} is not ${noun}`;
    const isNumber = because.startsWith("it is not a whole number");
    return `${isNumber ? text : JSON.stringify(text)} is not ${noun}: ${because}`;
  },
  fix({ data: { at, suggestion } }) {
    if (suggestion === undefined || isTextSpan(at)) return [];
    return [{ title: `Write "${suggestion}"`, edits: [{ op: "replace", at, value: { json: suggestion } }] }];
  },
});
