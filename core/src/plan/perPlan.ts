// A fact that follows from a plan, worked out once, when somebody first asks for it. Knows no single fact.
import type { FilePlan } from "./filePlan";
import type { Plan } from "./plan";

/** Makes a function that remembers its answer for as long as the plan lives. */
export function perPlan<T, P extends FilePlan = Plan>(make: (plan: P) => T): (plan: P) => T {
  const made = new WeakMap<P, { readonly fact: T }>();
  return (plan) => {
    const known = made.get(plan) ?? { fact: make(plan) };
    made.set(plan, known);
    return known.fact;
  };
}
