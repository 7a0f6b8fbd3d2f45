// An expression as it was found in a document, with what it came to. Knows nothing of how it was read.
import type { Anchor } from "../../anchor";
import type { TextSpan } from "../../problem";
import type { Property } from "./syntax";

export interface ReadExpression {
  /** The value that is written as an expression. */
  readonly at: Anchor;
  readonly text: string;
  readonly unit: "address" | "size";
  /** Undefined when it comes to nothing: then a problem says why. */
  readonly value: bigint | undefined;
  readonly terms: readonly ReadTerm[];
}

/** What an expression takes from an entry. */
export interface ReadTerm {
  readonly name: string;
  readonly property: Property;
  readonly value: bigint | undefined;
  /** Name and property in the text. */
  readonly at: TextSpan;
}
