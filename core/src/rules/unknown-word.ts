// A word that the key does not take.
import { keyAt } from "../describe/keyAt";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const unknownWord = defineTextRule<Problem<"unknown-word">>({
  id: "unknown-word",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "A word is not one that the key takes.",
  why: `The word decides what the entry is: a reservation of an unknown type is treated as one without a type, and an entry that cannot
do without its type is left out of the map. Either way rules that look for that type find nothing and stay silent.`,
  sources: ["language.md, The platform file"],
  bad: [
    {
      text: `{
  "platform": "board",
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secur" }],
  //                                                                          ^^^^^^^ error: type cannot be "secur"; did you mean "secure"?
}`,
      fixed: `{
  "platform": "board",
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secure" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "arch": "mips",
  //      ^^^^^^ error: arch cannot be "mips"; it is one of arm64, x86_64, riscv64, loongarch64
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "arch": "arm64",
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secure" }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unknown-word")) yield { at: problem.at, data: problem };
  },
  message({ at, word, words, nearest }) {
    const instead = nearest === undefined ? `it is one of ${words.join(", ")}` : `did you mean "${nearest}"?`;
    return `${keyAt(at)} cannot be "${word}"; ${instead}`;
  },
  fix({ data: { at, nearest } }) {
    if (nearest === undefined || isTextSpan(at)) return [];
    return [{ title: `Write "${nearest}"`, edits: [{ op: "replace", at, value: { json: nearest } }] }];
  },
});
