// A fact that follows from a plan, worked out once, when somebody first asks for it. Knows no single fact.
import type { Plan } from "./plan";

/** Makes a function that remembers its answer for as long as the plan lives. */
export function perPlan<T>(make: (plan: Plan) => T): (plan: Plan) => T {
  const made = new WeakMap<Plan, { readonly fact: T }>();
  return (plan) => {
    const known = made.get(plan) ?? { fact: make(plan) };
    made.set(plan, known);
    return known.fact;
  };
}
