// What an expression comes to and what it is made of, in words: for hovers, and in few words for inlay hints. Knows nothing of editors.
import type { Anchor } from "../anchor";
import type { ReadExpression, ReadTerm } from "../language/expression/readExpression";
import type { FilePlan } from "../plan/filePlan";
import { printAddress, printSizeLiteral } from "../print";
import { escapeMarkdown, inlineCode } from "./markdown";

/** What an expression comes to, to be shown behind it. */
export interface ExpressionValue {
  readonly at: Anchor;
  /** `= 0xfe20_0000`. */
  readonly label: string;
}

/** The values of all expressions that come to something, in the order of the text. */
export function expressionValues(plan: FilePlan): ExpressionValue[] {
  return plan.expressions.flatMap(({ at, unit, value }) => (value === undefined ? [] : [{ at, label: `= ${print(value, unit)}` }]));
}

/** "= 0xfe20_0000, from bl31.next = 0xfe20_0000", as Markdown; undefined where no expression stands. */
export function describeExpressionAt(plan: FilePlan, anchor: Anchor): string | undefined {
  const expression = plan.expressionAt(anchor.path);
  if (!expression) return undefined;
  const { value, unit } = expression;
  const result = value === undefined ? "comes to nothing: see the finding" : `= ${inlineCode(print(value, unit))}`;
  const terms = uniqueTerms(expression);
  return terms.length === 0 ? result : `${result}, from ${terms.map(describeTerm).join(", ")}`;
}

function uniqueTerms({ terms }: ReadExpression): ReadTerm[] {
  return terms.filter((one, index) => terms.findIndex((other) => other.name === one.name && other.property === one.property) === index);
}

function describeTerm({ name, property, value }: ReadTerm): string {
  const what = `${escapeMarkdown(name)}.${property}`;
  return value === undefined ? what : `${what} = ${inlineCode(print(value, property === "size" ? "size" : "address"))}`;
}

function print(value: bigint, unit: "address" | "size"): string {
  return unit === "address" ? printAddress(value) : printSizeLiteral(value);
}
