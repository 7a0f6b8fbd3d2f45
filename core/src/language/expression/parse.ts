// The text of an expression to its terms, or to the first fault with its exact stretch. Knows nothing of entries.
import { hasAmbiguousUnit, parseSize } from "../literals";
import type { ExpressionFault, ExpressionFunction, FunctionName, Operator, Property, ReferenceTerm, Stretch, Term } from "./syntax";
import { FUNCTIONS, PROPERTIES } from "./syntax";

/** Longer texts are not read: nobody wrote one for people. */
export const EXPRESSION_LIMIT = 1000;
/** Parentheses and functions inside each other. */
export const EXPRESSION_DEPTH_LIMIT = 32;

export interface ParsedExpression {
  /** Undefined when there is a fault. */
  readonly root: Term | undefined;
  readonly fault: ExpressionFault | undefined;
  /** What it refers to, in the order of the text; also what stands in front of a fault. */
  readonly references: readonly ReferenceTerm[];
  /** Literals like `64KB`, which mean two things. */
  readonly ambiguous: readonly Stretch[];
}

/** Reads a text. `unit` says what the value is for, which decides what a bare name probably lacks. Never throws. */
export function parseExpression(text: string, unit: "address" | "size"): ParsedExpression {
  return new Parser(text, unit).whole();
}

type TokenKind = "word" | "number" | "operator" | "open" | "close" | "comma" | "other" | "end";
interface Token extends Stretch {
  readonly kind: TokenKind;
  readonly text: string;
}

const BLANKS = /\s*/y;
/** Names match longest first, so a name takes every character that a name can have. */
const WORD = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const NUMBER = /[0-9][A-Za-z0-9_.]*/y;
const PUNCTUATION: Readonly<Record<string, TokenKind>> = { "+": "operator", "-": "operator", "*": "operator", "(": "open", ")": "close", ",": "comma" };
const REFERENCE = new RegExp(`^(.+)\\.(${PROPERTIES.join("|")})$`);
/** A reference that swallowed the minus behind it. */
const SWALLOWED_MINUS = new RegExp(`^(.+\\.(?:${PROPERTIES.join("|")}))-+(.+)$`);
const HEX_DIGITS = /^[0-9a-fA-F_]*[0-9][0-9a-fA-F_]*$/;

class Fault extends Error {
  constructor(readonly fault: ExpressionFault) {
    super(fault.because);
  }
}

class Parser {
  private token: Token = { kind: "end", text: "", start: 0, end: 0 };
  private depth = 0;
  private readonly references: ReferenceTerm[] = [];
  private readonly ambiguous: Stretch[] = [];

  constructor(
    private readonly text: string,
    private readonly unit: "address" | "size",
  ) {}

  whole(): ParsedExpression {
    const { references, ambiguous } = this;
    try {
      return { root: this.root(), fault: undefined, references, ambiguous };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { root: undefined, fault: error.fault, references, ambiguous };
    }
  }

  private root(): Term {
    if (this.text.length > EXPRESSION_LIMIT) fail({ start: 0, end: this.text.length }, `it is longer than ${EXPRESSION_LIMIT} characters`);
    this.advance();
    const root = this.sum();
    if (this.token.kind !== "end") this.failBehind(root);
    return root;
  }

  private sum(): Term {
    let left = this.product();
    while (this.token.text === "+" || this.token.text === "-") left = this.operation(left, () => this.product());
    return left;
  }

  private product(): Term {
    let left = this.operand();
    while (this.token.text === "*") left = this.operation(left, () => this.operand());
    return left;
  }

  private operation(left: Term, readRight: () => Term): Term {
    const operator = this.token.text as Operator;
    if (operator === "-") this.checkBlanks();
    this.advance();
    const right = readRight();
    return { kind: "operation", operator, left, right, start: left.start, end: right.end };
  }

  private operand(): Term {
    const { token } = this;
    switch (token.kind) {
      case "number":
        return this.literal();
      case "word":
        return this.referenceOrCall();
      case "open":
        return this.inside(() => this.parenthesised());
      case "end":
        return fail(this.lastCharacter(), this.text.trim() === "" ? "there is nothing in it" : "a value is missing at its end");
      default:
        return fail(token, token.text === "-" ? "a value cannot begin with a minus" : `a value is missing in front of ${token.text}`);
    }
  }

  private literal(): Term {
    const { start, end, text } = this.token;
    const value = parseSize(text);
    if (typeof value !== "bigint") {
      const suggestion = value.suggestion;
      return fail({ start, end }, `${text} is not a number: ${value.because}`, suggestion === undefined ? {} : { suggestion });
    }
    if (hasAmbiguousUnit(text)) this.ambiguous.push({ start, end });
    this.advance();
    return { kind: "literal", value, start, end };
  }

  private referenceOrCall(): Term {
    const { start, end, text } = this.token;
    const called = FUNCTIONS.find((one) => one.name === text);
    this.advance();
    if (this.token.kind === "open") {
      if (!called) return fail({ start, end }, `there is no function ${text}; there are ${FUNCTIONS.map((one) => one.name).join(", ")}`, { oneOf: FUNCTIONS.map((one) => one.name) });
      return this.inside(() => this.call(called, start));
    }
    const [, name, property] = REFERENCE.exec(text) ?? [];
    if (name === undefined || property === undefined) return this.failAtWord(text, { start, end });
    const reference: ReferenceTerm = { kind: "reference", name, property: property as Property, nameAt: { start, end: start + name.length }, start, end };
    this.references.push(reference);
    return reference;
  }

  private failAtWord(word: string, at: Stretch): never {
    const [, before, after] = SWALLOWED_MINUS.exec(word) ?? [];
    if (before !== undefined && after !== undefined) return fail(at, "a minus between two values has blanks around it", { suggestion: `${before} - ${after}` });
    const dot = word.lastIndexOf(".");
    if (dot > 0 && dot < word.length - 1) {
      const place = { start: at.start + dot + 1, end: at.end };
      return fail(place, `${word.slice(dot + 1)} is none of ${PROPERTIES.join(", ")}`, { oneOf: PROPERTIES });
    }
    if (HEX_DIGITS.test(word)) return fail(at, "hexadecimal digits need 0x in front", { suggestion: `0x${word}` });
    const name = dot < 0 ? word : word.slice(0, dot);
    const wanted = this.unit === "address" ? "base" : "size";
    return fail(at, `the name ${name} needs one of ${PROPERTIES.map((one) => `.${one}`).join(", ")} behind it`, { suggestion: `${name}.${wanted}` });
  }

  private call({ name, least, most, signature }: ExpressionFunction, start: number): Term {
    this.advance();
    const values: Term[] = [];
    if (this.token.kind !== "close") {
      values.push(this.sum());
      while (this.token.kind === "comma") {
        this.advance();
        values.push(this.sum());
      }
    }
    const end = this.close(values.at(-1));
    if (values.length < least || values.length > most) fail({ start, end }, `${name} has ${values.length} ${values.length === 1 ? "value" : "values"}; it is written ${signature}`);
    return { kind: "call", name: name as FunctionName, values, start, end };
  }

  private parenthesised(): Term {
    const { start } = this.token;
    this.advance();
    const inner = this.sum();
    return { ...inner, start, end: this.close(inner) };
  }

  /** Passes over the closing parenthesis; gives the offset behind it. */
  private close(last: Term | undefined): number {
    const { kind, end } = this.token;
    if (kind === "end") fail(this.lastCharacter(), "a closing parenthesis is missing");
    if (kind !== "close") this.failBehind(last);
    this.advance();
    return end;
  }

  /** What stands behind a whole term, and is neither an operator nor an end. */
  private failBehind(term: Term | undefined): never {
    const { token } = this;
    if (token.kind === "close") return fail(token, "this parenthesis closes nothing");
    if (token.text === "/") return fail(token, "there is no division; write what it comes to");
    if (token.kind === "other") return fail(token, `${token.text} is no operator; there are + - *`);
    if (token.kind === "comma") return fail(token, "a comma stands between the values of a function only");
    return fail({ start: term?.start ?? token.start, end: token.end }, "an operator is missing between two values");
  }

  private inside(read: () => Term): Term {
    if (++this.depth > EXPRESSION_DEPTH_LIMIT) fail(this.token, `it is nested more than ${EXPRESSION_DEPTH_LIMIT} deep`);
    const term = read();
    this.depth--;
    return term;
  }

  private checkBlanks(): void {
    const { start, end } = this.token;
    if (isBlank(this.text[start - 1]) && isBlank(this.text[end])) return;
    const from = start - (isBlank(this.text[start - 1]) ? 1 : 0);
    const to = end + (isBlank(this.text[end]) ? 1 : 0);
    fail({ start: from, end: to }, "a minus between two values has blanks around it", { suggestion: " - " });
  }

  private lastCharacter(): Stretch {
    const end = Math.max(this.text.trimEnd().length, Math.min(1, this.text.length));
    return { start: Math.max(0, end - 1), end };
  }

  private advance(): void {
    const start = this.token.end + matchAt(BLANKS, this.text, this.token.end);
    const word = matchAt(WORD, this.text, start);
    const number = matchAt(NUMBER, this.text, start);
    const character = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    const length = start >= this.text.length ? 0 : word || number || character.length;
    const kind = length === 0 ? "end" : word > 0 ? "word" : number > 0 ? "number" : (PUNCTUATION[character] ?? "other");
    this.token = { kind, text: this.text.slice(start, start + length), start, end: start + length };
  }
}

function fail(at: Stretch, because: string, more: { suggestion?: string; oneOf?: readonly string[] } = {}): never {
  throw new Fault({ start: at.start, end: at.end, because, ...more });
}

function matchAt(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.exec(text)?.[0].length ?? 0;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
