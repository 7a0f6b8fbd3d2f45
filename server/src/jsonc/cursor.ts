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
  if (node < 0 || offset <= tree.start(node) || !reaches(source, node, offset)) return undefined;
  for (;;) {
    if (tree.kind(node) === NodeKind.Array) {
      const element = elementAt(source, node, offset);
      path.push(element.index);
      if (element.node < 0 || !isNested(source, element.node) || offset <= tree.start(element.node)) return valueCursor(source, element.node, offset, path);
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

/** In front of an object or a list there is no place: it would be replaced as a whole, or get a neighbour without a comma. */
function valueCursor(source: Source, value: Node, offset: number, path: Path): Cursor | undefined {
  if (value >= 0 && isNested(source, value)) return undefined;
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
  return reaches(source, value, offset) ? last : -1;
}

function elementAt(source: Source, list: Node, offset: number): { node: Node; index: number } {
  const last = source.elementBeginningBy(list, offset);
  if (!last) return { node: -1, index: 0 };
  return reaches(source, last.node, offset) ? last : { node: -1, index: last.index + 1 };
}

/** True when an offset behind a node's beginning, with no other node between, is still in it. What is not closed goes on to the next node. */
function reaches(source: Source, node: Node, offset: number): boolean {
  const end = source.tree.end(node);
  return isNested(source, node) ? offset < end || !isClosed(source, node) : offset <= end;
}

function isNested(source: Source, node: Node): boolean {
  return source.tree.kind(node) === NodeKind.Object || source.tree.kind(node) === NodeKind.Array;
}

/** Its own bracket is there, and not only that of the last thing in it. */
function isClosed(source: Source, node: Node): boolean {
  const { tree } = source;
  if (source.text[tree.end(node) - 1] !== (tree.kind(node) === NodeKind.Object ? "}" : "]")) return false;
  const last = [...tree.children(node)].at(-1) ?? -1;
  const inner = last >= 0 && tree.kind(last) === NodeKind.Property ? tree.firstChild(last) : last;
  return inner < 0 || tree.end(inner) < tree.end(node);
}

function isInComment(source: Source, offset: number): boolean {
  const { comments } = source.tree;
  for (let i = 0; i < comments.length; i += 2) {
    if (offset > (comments[i] as number) && offset <= (comments[i + 1] as number)) return true;
  }
  return false;
}
