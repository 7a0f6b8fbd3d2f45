// An address whose zeros must be counted, or whose letters are of both cases.
import { printAddress } from "../print";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const untidyAddress = defineTextRule<Problem<"untidy-address">>({
  id: "untidy-address",
  catalogue: "SYN004",
  severity: "hint",
  since: "0.1.0",
  summary: "An address is written so that it is easily misread.",
  why: `In \`0x8000000000\` a reviewer has to count zeros, and one more or less moves the entry by a factor of sixteen. Groups of four digits,
in letters of one case, make the mistake visible. Up to eight digits are read at a glance.`,
  sources: ["language.md, Values: Address"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000000000", "size": "1G" }],
  //                                   ^^^^^^^^^^^^^^ hint: 0x8000000000 is easily misread; the same address in groups is 0x80_0000_0000
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x80_0000_0000", "size": "1G" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "apic", "base": "0xFeC0_0000", "size": "4K" }],
  //                                    ^^^^^^^^^^^^^ hint: 0xFeC0_0000 mixes upper and lower case; in one case it is 0xfec0_0000
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "apic", "base": "0xfec0_0000", "size": "4K" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0xFEC0_0000", "size": "4K" },
    { "name": "uart1", "base": "0x10000", "size": "4K" },
    { "name": "rom", "base": "0x20000000", "size": "4K" },
    { "name": "uart2", "base": "0x8_0000_0000", "size": "4K" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("untidy-address")) yield { at: problem.at, data: problem };
  },
  message({ text, value }) {
    const tidy = printAddress(value);
    const mixesCases = /[a-f]/.test(text) && /[A-F]/.test(text);
    return mixesCases ? `${text} mixes upper and lower case; in one case it is ${tidy}` : `${text} is easily misread; the same address in groups is ${tidy}`;
  },
  fix({ data: { at, value } }) {
    if (isTextSpan(at)) return [];
    return [{ title: `Write ${printAddress(value)}`, edits: [{ op: "replace", at, value: { json: printAddress(value) } }] }];
  },
});
