// What was wrong with a text on its way into the model, as data. Rules put it into words.
// Knows nothing of how the text was read, nor of how serious a problem is.
import type { Anchor, FileId } from "./anchor";

/** A stretch of a file's text, half-open, in UTF-16 units. For what has no anchor: syntax errors, second keys, comments. */
export interface TextSpan {
  readonly file: FileId;
  readonly start: number;
  readonly end: number;
  /** The value of which it is a part, or which it is about, where there is one. */
  readonly in?: Anchor;
}

/** Where something is: in the description's words, or in the text. */
export type Place = Anchor | TextSpan;

export function isTextSpan(place: Place): place is TextSpan {
  return "start" in place;
}

/** How the two ends of a range are wrong. */
export type RangeFault = "zero-size" | "end-before-base" | "beyond-64-bits";

interface ProblemKinds {
  /** The text is not JSON with comments. */
  syntax: { readonly message: string };
  "duplicate-key": { readonly key: string; readonly first: TextSpan };
  "unknown-key": { readonly key: string; readonly record: string; readonly nearest: string | undefined };
  "unknown-word": { readonly word: string; readonly words: readonly string[]; readonly nearest: string | undefined };
  "unknown-reference": { readonly name: string; readonly nouns: readonly string[]; readonly nearest: string | undefined; readonly otherKind: string | undefined };
  "duplicate-name": { readonly name: string; readonly first: Anchor };
  /** `alternatives`: what else the key takes, of other JSON types. */
  "wrong-type": { readonly expected: string; readonly found: string; readonly example: string; readonly alternatives?: readonly string[] };
  "malformed-value": { readonly noun: string; readonly text: string; readonly because: string; readonly suggestion: string | undefined };
  /** `keys`: any one of them would do. */
  "missing-key": { readonly record: string; readonly keys: readonly string[] };
  "unsafe-number": { readonly text: string };
  "number-for-address": { readonly value: bigint };
  "ambiguous-unit": { readonly text: string };
  "unprefixed-address": { readonly text: string };
  "untidy-address": { readonly text: string; readonly value: bigint };
  "impossible-range": { readonly fault: RangeFault; readonly base: bigint | undefined; readonly size: bigint | undefined; readonly last: bigint | undefined };
  "several-range-forms": { readonly keys: readonly string[] };
  /** `text`: the whole expression. `suggestion` stands in place of the stretch that is wrong. */
  "malformed-expression": { readonly text: string; readonly because: string; readonly suggestion: string | undefined };
  "expression-out-of-range": { readonly text: string; readonly value: bigint; readonly unit: "address" | "size" };
  /** `members`: values of which each is made of the next and the last of the first. `others`: where the others than the first say so. */
  "circular-expression": { readonly members: readonly string[]; readonly others: readonly TextSpan[] };
  /** An expression asks an entry for what it does not have. */
  "unplaced-reference": { readonly name: string; readonly property: string; readonly because: string };
  /** A number in a comment that disagrees with the value beside it (MAP014). */
  "comment-disagrees": { readonly comment: string; readonly said: string; readonly value: bigint; readonly valueAt: Anchor; readonly mended: string };
  /** A path that leads to no file of the kind that is needed. */
  "unreadable-file": { readonly path: string; readonly because: string };
  "waiver-without-reason": { readonly rule: string };
  "unknown-waived-rule": { readonly id: string; readonly nearest: string | undefined };
  /** `whole`: what goes when the waiver goes. */
  "unused-waiver": { readonly rule: string; readonly whole: TextSpan };
  /** A limit of Platmap was reached, so something was not looked at. */
  limit: { readonly message: string };
}

export type ProblemKind = keyof ProblemKinds;
export type Problem<K extends ProblemKind = ProblemKind> = { [P in K]: { readonly kind: P; readonly at: Place } & ProblemKinds[P] }[K];
