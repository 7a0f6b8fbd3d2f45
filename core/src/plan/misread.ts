// Which values of a description could not be read as they are written, so that what looks absent may only be misspelt.
// Rules that flag what is absent ask here, and leave such a value to the finding that it already has. Knows no single rule.
import type { Anchor } from "../anchor";
import type { ProblemKind } from "../problem";
import { isTextSpan } from "../problem";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";

/** True when the value at the anchor, or something inside it, was lost on the way into the model, or when its key is misspelt. */
export function isMisread(plan: Plan, at: Anchor): boolean {
  return misreadPaths(plan).has(at.path.join("/"));
}

/** The problems that cost a value. The others are remarks about one that was read. */
const LOSING: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  "unknown-key", "unknown-word", "unknown-reference", "wrong-type", "malformed-value", "missing-key", "unsafe-number", "unprefixed-address", "impossible-range",
]);

const misreadPaths = perPlan((plan) => {
  const paths = new Set<string>();
  for (const problem of plan.problems) {
    if (isTextSpan(problem.at) || !LOSING.has(problem.kind)) continue;
    const steps = problem.at.path.map(String);
    if (problem.kind === "unknown-key" && problem.nearest !== undefined) paths.add([...steps.slice(0, -1), problem.nearest].join("/"));
    for (let length = 1; length <= steps.length; length++) paths.add(steps.slice(0, length).join("/"));
  }
  return paths;
});
