// The text is not JSON with comments.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const syntaxError = defineTextRule<Problem<"syntax">>({
  id: "syntax-error",
  severity: "error",
  since: "0.1.0",
  summary: "The text is not JSON with comments.",
  why: `Reading goes on behind a fault as well as it can, so the rest of the file is still checked. What stands at the fault itself
may be lost, though: mend it first, then trust what the other rules say.

Comments (\`//\` and \`/* */\`) and a comma behind the last member are part of the language.`,
  sources: ["RFC 8259", "language.md, first paragraph"],
  bad: [
    {
      text: `{
  "platform": "board"
  //                ^ error: A comma is missing here
  "arch": "arm64",
}`,
    },
    {
      text: `{
  "platform": "board",
  arch: "arm64",
//^^^^ error: Expected a key in double quotes
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
  //         ^ error: This [ is never closed: a ] is missing
}`,
    },
  ],
  good: [
    `{
  // Comments and a last comma are fine.
  "platform": "board", /* so is this */
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("syntax")) yield { at: problem.at, data: problem };
  },
  message: ({ message }) => message,
});
