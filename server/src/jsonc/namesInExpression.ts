// The names inside an expression, with where they stand in the text. Knows nothing of what they name, nor of what the expression comes to.
import type { ScalarType, WordType } from "../../../core/src/index";
import { looksLikeExpression, parseExpression } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

export interface NameInExpression {
  readonly name: string;
  /** Half-open, in the document. */
  readonly start: number;
  readonly end: number;
}

/** None for a value that is no expression. Where the text has escapes, nobody can say where a name stands, and there are none. */
export function namesInExpression({ tree }: Source, node: Node, type: ScalarType | WordType): readonly NameInExpression[] {
  if ((type.kind !== "address" && type.kind !== "size") || tree.kind(node) !== NodeKind.String) return [];
  const text = tree.string(node);
  if (!looksLikeExpression(text) || tree.raw(node).includes("\\")) return [];
  const start = tree.start(node) + 1;
  return parseExpression(text, type.kind).references.map(({ name, nameAt }) => ({ name, start: start + nameAt.start, end: start + nameAt.end }));
}
