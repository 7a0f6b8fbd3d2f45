// What "expand selection" selects next: the text of a value, the value, its key with it, the entry, the list, and so on outward. Knows no single key.
import type { Position, SelectionRange } from "vscode-languageserver";
import type { Source } from "../jsonc/source";
import { innerSpan } from "../jsonc/typedWalk";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";

type Span = readonly [start: number, end: number];

export function selectionRangesAt({ checked: { source } }: Snapshot, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => nested(source, spansAt(source, source.offset(position)), position));
}

/** From the whole text inward, each inside the one before. */
function spansAt(source: Source, offset: number): Span[] {
  const { tree } = source;
  const spans: Span[] = [[0, source.text.length]];
  for (let node: Node = tree.root; node >= 0; node = childAt(source, node, offset)) {
    const property = tree.kind(node) === NodeKind.Property;
    const value = property ? tree.firstChild(node) : -1;
    const [start, end] = [tree.start(node), value < 0 ? tree.end(node) : tree.end(value)];
    if (offset < start || offset > end) break;
    spans.push([start, end]);
    if (property && offset <= tree.end(node)) spans.push([start, tree.end(node)], inner(source, node));
    if (tree.kind(node) === NodeKind.String) spans.push(inner(source, node));
    if ((tree.kind(node) === NodeKind.Object || tree.kind(node) === NodeKind.Array) && offset > start && offset < end) spans.push([start + 1, end - 1]);
  }
  return spans;
}

function childAt({ tree }: Source, node: Node, offset: number): Node {
  if (tree.kind(node) === NodeKind.Property && offset <= tree.end(node)) return -1;
  for (const child of tree.children(node)) {
    const value = tree.kind(child) === NodeKind.Property ? tree.firstChild(child) : child;
    if (offset >= tree.start(child) && offset <= (value < 0 ? tree.end(child) : tree.end(value))) return child;
  }
  return -1;
}

function inner(source: Source, node: Node): Span {
  const { start, end } = innerSpan(source, node);
  return [start, end];
}

function nested(source: Source, spans: readonly Span[], position: Position): SelectionRange {
  const offset = source.offset(position);
  let result: SelectionRange | undefined;
  let last: Span = [-1, Infinity];
  for (const span of spans) {
    const isInside = span[0] <= offset && offset <= span[1] && span[0] >= last[0] && span[1] <= last[1];
    if (!isInside || (span[0] === last[0] && span[1] === last[1])) continue;
    result = { range: rangeBetween(source, span[0], span[1]), ...(result && { parent: result }) };
    last = span;
  }
  return result ?? { range: { start: position, end: position } };
}
