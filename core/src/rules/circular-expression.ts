// Values that are worked out from each other, in a circle.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

/** Longer circles are told by their beginning. */
const NAMED = 12;

export const circularExpression = defineTextRule<Problem<"circular-expression">>({
  id: "circular-expression",
  severity: "error",
  since: "0.2.0",
  summary: "Values are worked out from each other in a circle.",
  why: `None of them comes to anything, so their entries have no place and nothing is checked against them. One of the values in the circle must be a
number. Each value counts for itself: a base may be made of another entry's size while that entry's base is made of this one's.`,
  sources: ["language.md, Values: Expression"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "uart2.next", "size": "64K" },
    //                          ^^^^^^^^^^ error: uart0.base is made of itself: uart0.base, uart2.base, uart1.base, uart0.base
    { "name": "uart1", "base": "uart0.next", "size": "64K" },
    //                          ~~~~~~~~~~ uart1.base is made of uart0.base
    { "name": "uart2", "base": "uart1.next", "size": "64K" },
    //                          ~~~~~~~~~~ uart2.base is made of uart1.base
    { "name": "uart3", "base": "uart2.next", "size": "uart3.size * 2" },
    //                                                ^^^^^^^^^^ error: uart3.size is made of itself
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "uart1.size" },
    { "name": "uart1", "base": "uart0.next", "size": "64K" },
    { "name": "uart2", "base": "uart1.next", "last": "uart2.base + 64K - 1" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("circular-expression")) {
      const { members, others } = problem;
      const related = others.map((at, index) => ({ at, message: `${members[index + 1] ?? ""} is made of ${members[(index + 2) % members.length] ?? ""}` }));
      yield { at: problem.at, data: problem, related };
    }
  },
  message({ members }) {
    const [first = ""] = members;
    if (members.length === 1) return `${first} is made of itself`;
    const shown = members.length > NAMED ? [...members.slice(0, NAMED), `${members.length - NAMED} more`] : members;
    return `${first} is made of itself: ${[...shown, first].join(", ")}`;
  },
});
