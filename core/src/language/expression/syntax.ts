// What an expression is made of: `align(bl31.next, 2M) + 64K`. Places are offsets into the expression's own text.
// Knows nothing of entries, nor of how an expression is read or what it comes to.

/** What an expression may ask of an entry. `last` is inclusive, `next` is the first byte after. */
export const PROPERTIES = ["base", "size", "last", "next"] as const;
export type Property = (typeof PROPERTIES)[number];

export interface ExpressionFunction {
  readonly name: string;
  /** How many arguments it takes at least. */
  readonly least: number;
  readonly most: number;
  /** Its arguments, as a person would write them. */
  readonly signature: string;
  readonly doc: string;
}

export const FUNCTIONS = [
  { name: "align", least: 2, most: 2, signature: "align(value, alignment)", doc: "The next multiple of the alignment at or above the value." },
  { name: "alignDown", least: 2, most: 2, signature: "alignDown(value, alignment)", doc: "The next multiple of the alignment at or below the value." },
  { name: "min", least: 1, most: 16, signature: "min(value, value)", doc: "The least of the values." },
  { name: "max", least: 1, most: 16, signature: "max(value, value)", doc: "The greatest of the values." },
] as const satisfies readonly ExpressionFunction[];
export type FunctionName = (typeof FUNCTIONS)[number]["name"];

export type Operator = "+" | "-" | "*";

/** A stretch of the expression's text, half-open, in UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface LiteralTerm extends Stretch {
  readonly kind: "literal";
  readonly value: bigint;
}

export interface ReferenceTerm extends Stretch {
  readonly kind: "reference";
  readonly name: string;
  readonly property: Property;
  /** The name without its property. */
  readonly nameAt: Stretch;
}

export interface OperationTerm extends Stretch {
  readonly kind: "operation";
  readonly operator: Operator;
  readonly left: Term;
  readonly right: Term;
}

export interface CallTerm extends Stretch {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly values: readonly Term[];
}

export type Term = LiteralTerm | ReferenceTerm | OperationTerm | CallTerm;

/** Why a part of an expression cannot stand as it is. */
export interface ExpressionFault extends Stretch {
  readonly because: string;
  /** What would stand there instead. */
  readonly suggestion?: string;
  /** The words of which one may have been meant. */
  readonly oneOf?: readonly string[];
}

/** An operator, a parenthesis, or a name with a dot: what no literal has. A name is looked at from its beginning alone, since a text can be long. */
const SHAPE = /[+*/%()]|\s-|-\s|(?<![A-Za-z0-9_.-])[0-9.-]*[A-Za-z_][A-Za-z0-9_.-]*\.[A-Za-z]/;

/** True for a text that its author meant as an expression, right or wrong. To be asked only of what is no literal. */
export function looksLikeExpression(text: string): boolean {
  return SHAPE.test(text);
}
