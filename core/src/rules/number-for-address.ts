// An address written as a JSON number.
import { keyAt } from "../describe/keyAt";
import { printAddress } from "../print";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const numberForAddress = defineTextRule<Problem<"number-for-address">>({
  id: "number-for-address",
  severity: "info",
  since: "0.1.0",
  summary: "An address is written as a number.",
  why: `JSON has decimal numbers only, and nobody recognises an address in one: 2147483648 is \`0x8000_0000\`. Beyond 2^53 a number would not even
be exact. The number is taken as it is; as a text it is readable too.`,
  sources: ["language.md, Values: Address"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": 2147483648, "size": "1G" }],
  //                                   ^^^^^^^^^^ info: base is written as a number; as an address it is "0x8000_0000"
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pageSize": 65536,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": 1073741824 }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("number-for-address")) yield { at: problem.at, data: problem };
  },
  message: ({ at, value }) => `${keyAt(at)} is written as a number; as an address it is "${printAddress(value)}"`,
  fix({ data: { at, value } }) {
    if (isTextSpan(at)) return [];
    return [{ title: `Write "${printAddress(value)}"`, edits: [{ op: "replace", at, value: { address: value } }] }];
  },
});
