// What stands under the cursor while somebody types: a key, a value, or the place for one. Works on broken text.
// Knows nothing of the language's keys.
import type { Path } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

export interface Cursor {
  /** A key of the object at `path`, or the value at `path`. */
  readonly what: "key" | "value";
  readonly path: Path;
  /** The half-open stretch that an insertion replaces. */
  readonly start: number;
  readonly end: number;
  /** Keys that the object has already, without the one under the cursor. */
  readonly present: ReadonlySet<string>;
  /** A key that is being written has its colon and value already. */
  readonly hasValue: boolean;
}

/** Undefined inside comments, and where nothing can be inserted. */
export function cursorAt(source: Source, offset: number): Cursor | undefined {
  if (isInComment(source, offset)) return undefined;
  const { tree } = source;
  const path: (string | number)[] = [];
  let node = tree.root;
  if (node < 0 || offset <= tree.start(node) || (offset >= tree.end(node) && isClosed(source, node))) return undefined;
  for (;;) {
    if (tree.kind(node) === NodeKind.Array) {
      const element = elementAt(source, node, offset);
      path.push(element.index);
      if (element.node < 0 || !isNested(source, element.node)) return valueCursor(source, element.node, offset, path);
      node = element.node;
    } else {
      const property = propertyAt(source, node, offset);
      if (property < 0) return keyCursor(source, node, -1, offset, path);
      if (offset <= tree.end(property)) return keyCursor(source, node, property, offset, path);
      const value = tree.firstChild(property);
      path.push(tree.string(property));
      if (value < 0 || !isNested(source, value) || offset <= tree.start(value)) return valueCursor(source, value, offset, path);
      node = value;
    }
  }
}

function keyCursor(source: Source, object: Node, property: Node, offset: number, path: Path): Cursor {
  const { tree } = source;
  const present = new Set([...tree.children(object)].filter((child) => child !== property).map((child) => tree.string(child)));
  const start = property < 0 ? offset : tree.start(property);
  const end = property < 0 ? offset : tree.end(property);
  const hasValue = property >= 0 && /^\s*:/.test(source.text.slice(end, end + 80));
  return { what: "key", path, start, end, present, hasValue };
}

function valueCursor(source: Source, value: Node, offset: number, path: Path): Cursor {
  const isUnder = value >= 0 && offset >= source.tree.start(value) && offset <= source.tree.end(value);
  const start = isUnder ? source.tree.start(value) : offset;
  const end = isUnder ? source.tree.end(value) : offset;
  return { what: "value", path, start, end, present: new Set(), hasValue: false };
}

/** The property whose key or value the cursor is in, or behind whose colon it is; −1 for a place between properties. */
function propertyAt(source: Source, object: Node, offset: number): Node {
  const { tree } = source;
  let last: Node = -1;
  for (const child of tree.children(object)) {
    if (tree.start(child) >= offset) break;
    last = child;
  }
  if (last < 0 || offset <= tree.end(last)) return last;
  const value = tree.firstChild(last);
  if (value < 0) return /^\s*:?\s*$/.test(source.text.slice(tree.end(last), offset)) ? last : -1;
  const isInside = offset <= tree.end(value) && (offset < tree.end(value) || !isNested(source, value) || !isClosed(source, value));
  return isInside ? last : -1;
}

function elementAt(source: Source, list: Node, offset: number): { node: Node; index: number } {
  const { tree } = source;
  let index = 0;
  for (const child of tree.children(list)) {
    if (offset < tree.start(child)) break;
    if (offset < tree.end(child) || (offset === tree.end(child) && !isNested(source, child))) return { node: child, index };
    index++;
  }
  return { node: -1, index };
}

function isNested(source: Source, node: Node): boolean {
  return source.tree.kind(node) === NodeKind.Object || source.tree.kind(node) === NodeKind.Array;
}

function isClosed(source: Source, node: Node): boolean {
  return /[}\]]/.test(source.text[source.tree.end(node) - 1] ?? "");
}

function isInComment(source: Source, offset: number): boolean {
  const { comments } = source.tree;
  for (let i = 0; i < comments.length; i += 2) {
    if (offset > (comments[i] as number) && offset <= (comments[i + 1] as number)) return true;
  }
  return false;
}
