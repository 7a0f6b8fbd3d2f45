// What an expression comes to: exact, whatever happens on the way; only the end must fit. Knows nothing of entries.
import { ADDRESS_LIMIT } from "../../address";
import type { CallTerm, ExpressionFault, Operator, ReferenceTerm, Term } from "./syntax";

/** The value of each reference; undefined when it has none, for a reason that somebody else reports. */
export type ValueOf = (reference: ReferenceTerm) => bigint | undefined;

/** The exact value, which may be below 0 or beyond 64 bits; undefined when one of its references has none. */
export function evaluate(term: Term, valueOf: ValueOf): bigint | ExpressionFault | undefined {
  switch (term.kind) {
    case "literal":
      return term.value;
    case "reference":
      return valueOf(term);
    case "operation": {
      const left = evaluate(term.left, valueOf);
      if (typeof left !== "bigint") return left;
      const right = evaluate(term.right, valueOf);
      return typeof right === "bigint" ? operate(term.operator, left, right) : right;
    }
    case "call":
      return call(term, valueOf);
  }
}

/** True when a value can stand as an address (to 2^64 − 1) or as a size (to 2^64). */
export function fits(value: bigint, unit: "address" | "size"): boolean {
  return value >= 0n && (unit === "address" ? value < ADDRESS_LIMIT : value <= ADDRESS_LIMIT);
}

function operate(operator: Operator, left: bigint, right: bigint): bigint {
  return operator === "+" ? left + right : operator === "-" ? left - right : left * right;
}

function call(term: CallTerm, valueOf: ValueOf): bigint | ExpressionFault | undefined {
  const values: bigint[] = [];
  for (const one of term.values) {
    const value = evaluate(one, valueOf);
    if (typeof value !== "bigint") return value;
    values.push(value);
  }
  const [first = 0n, second = 0n] = values;
  switch (term.name) {
    case "min":
      return values.reduce((least, value) => (value < least ? value : least));
    case "max":
      return values.reduce((greatest, value) => (value > greatest ? value : greatest));
    case "align":
    case "alignDown": {
      const alignment = term.values[1] ?? term;
      if (second <= 0n) return { start: alignment.start, end: alignment.end, because: `an alignment is 1 or more, and this is ${second}` };
      const below = first - modulo(first, second);
      return term.name === "alignDown" || below === first ? below : below + second;
    }
  }
}

/** 0 or more, also of a value below 0. */
function modulo(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor;
  return rest < 0n ? rest + divisor : rest;
}
