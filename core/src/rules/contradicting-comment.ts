// A comment states another size than the value beside it.
import type { Problem } from "../problem";
import { printSize } from "../print";
import { defineTextRule } from "../rule";

export const contradictingComment = defineTextRule<Problem<"comment-disagrees">>({
  id: "contradicting-comment",
  catalogue: "MAP014",
  severity: "hint",
  since: "0.1.0",
  summary: "A comment states another size than the value beside it.",
  why: `Reviewers read the comment, machines read the value. One of the two was changed without the other, and the next person cannot tell which
is right. OP-TEE's K3 platform long had a secure memory size of 0x0040_0000, which is 4 MiB, with "20MB" beside it.`,
  sources: ["domain.md, section 7.7"],
  bad: [
    {
      text: `{
  "platform": "board",
  "reserved": [
    {
      "name": "tzdram", "base": "0x9e80_0000", "type": "secure", "noMap": true,
      "size": "0x0040_0000", // 20MB
      //      ~~~~~~~~~~~~~ 4 MiB
      //                     ^^^^^^^ hint: the comment says 20MB, the size beside it is 4 MiB
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "reserved": [
    {
      "name": "tzdram", "base": "0x9e80_0000", "type": "secure", "noMap": true,
      "size": "0x0040_0000", // 4MB
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    // 20MB of them lie elsewhere.
    { "name": "sram0", "base": "0x1000_0000", "size": "0x0040_0000" }, // 4 MiB
    { "name": "sram1", "base": "0x2000_0000", "size": "0x0040_0000" }, // 4MB
    { "name": "sram2", "base": "0x3000_0000", "size": "0x0040_0000" }, // bank 20
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("comment-disagrees")) {
      yield { at: problem.at, data: problem, related: [{ at: problem.valueAt, message: printSize(problem.value) }] };
    }
  },
  message: ({ said, value }) => `the comment says ${said}, the size beside it is ${printSize(value)}`,
  fix: ({ at, data }) => [{ title: `Rewrite the comment: ${data.mended}`, edits: [{ op: "text", at, text: data.mended }] }],
});
