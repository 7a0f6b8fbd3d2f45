// A value whose JSON type the key does not take.
import { keyAt } from "../describe/keyAt";
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const wrongType = defineTextRule<Problem<"wrong-type">>({
  id: "wrong-type",
  severity: "error",
  since: "0.1.0",
  summary: "A value is of a type that the key does not take.",
  why: `A value of the wrong type cannot be read, so the file is checked without it: a list in place of one entry loses the whole list.`,
  sources: ["language.md, Values"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": ["0x1000_0000"], "size": "4K" }],
  //                                     ^^^^^^^^^^^^^^^ error: base must be an address such as "0x8000_0000", not a list
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": { "name": "dram", "base": "0x8000_0000", "size": "1G" },
  //        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: memory must be a list, not an object
  "devices": ["uart0"],
  //          ^^^^^^^ error: an element of devices must be an object, not a text
  "arch": true,
  //      ^^^^ error: arch must be one of arm64, x86_64, riscv64, loongarch64, not true
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K", "source": 7 }],
  //                                                                            ^ error: source must be a text such as "any text" or an object, not a number
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("wrong-type")) yield { at: problem.at, data: problem };
  },
  message: ({ at, expected, found, example, alternatives = [] }) => `${keyAt(at)} must be ${[shape(expected, example), ...alternatives].join(" or ")}, not ${found}`,
});

/** An example helps where the expectation is a noun; a list of words, an object or true and false speak for themselves. */
function shape(expected: string, example: string): string {
  if (expected.startsWith("an object")) return "an object";
  return example.includes("…") || /^(one of|true or)/.test(expected) ? expected : `${expected} such as ${example}`;
}
