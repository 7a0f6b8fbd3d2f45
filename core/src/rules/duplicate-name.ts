// Two entries have one name.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const duplicateName = defineTextRule<Problem<"duplicate-name">>({
  id: "duplicate-name",
  severity: "error",
  since: "0.1.0",
  summary: "Two entries have the same name.",
  why: `A name is how other entries refer to this one (\`to\`, \`in\`, \`sharedWith\`), and how findings speak of it. With two of one name a reference
leads to the first, whatever was meant. Names are unique in a file, over all lists.`,
  sources: ["language.md, Values: Name"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    //        ~~~~~~~ the first entry called "uart0"
    { "name": "uart0", "base": "0x1000_1000", "size": "4K" },
    //        ^^^^^^^ error: two entries are called "uart0"; a name is unique in its file
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "uart0",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    { "name": "UART0", "base": "0x1000_1000", "size": "4K" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("duplicate-name")) {
      yield { at: problem.at, data: problem, related: [{ at: problem.first, message: `the first entry called "${problem.name}"` }] };
    }
  },
  message: ({ name }) => `two entries are called "${name}"; a name is unique in its file`,
});
