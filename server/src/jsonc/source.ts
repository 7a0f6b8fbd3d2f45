// One file's text with its tree: from anchors to stretches of the text and back, from offsets to lines and columns.
// Knows nothing of the language's keys, nor of editors' protocols.
import type { Anchor, FileId, Path, Place, TextSpan } from "../../../core/src/index";
import { isTextSpan } from "../../../core/src/index";
import { parseJsonc } from "./parse";
import type { Reparsed, TextChange } from "./reparse";
import type { Node, SyntaxTree } from "./tree";
import { NodeKind } from "./tree";

/** Zero-based; columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A text and what is derived from it alone. Immutable. */
export class Source {
  readonly tree: SyntaxTree;
  private lines: Int32Array | undefined;
  /** The children of lists, once somebody looked for one: else each finding and each hover would walk the list. */
  private readonly elements = new Map<Node, Int32Array>();
  /** The properties of long objects by key, in the same way. */
  private readonly longOnes = new Map<Node, ReadonlyMap<string, Node>>();

  constructor(
    readonly file: FileId,
    /** Without byte order mark. */
    readonly text: string,
    tree?: SyntaxTree,
  ) {
    this.tree = tree ?? parseJsonc(text);
  }

  /** The source of a text that differs from this one's inside one entry. */
  after({ tree, change }: Reparsed): Source {
    const next = new Source(this.file, tree.text, tree);
    if (this.lines) next.lines = lineStartsAfter(this.lines, tree.text, change);
    return next;
  }

  /** The stretch of a place; for an anchor whose value is gone, that of the nearest ancestor which is there. */
  span(place: Place): TextSpan {
    if (isTextSpan(place)) return place;
    const found = this.find(place.path);
    if (place.part === "key" && found.property >= 0) return this.spanOf(found.property);
    return found.value >= 0 ? this.spanOf(found.value) : { file: this.file, start: 0, end: Math.min(1, this.text.length) };
  }

  /** The node of a value, or −1 when there is none at exactly this path. */
  valueAt(path: Path): Node {
    const found = this.find(path);
    return found.exact ? found.value : -1;
  }

  /** The property whose value is at the path, or −1. */
  propertyAt(path: Path): Node {
    const found = this.find(path);
    return found.exact ? found.property : -1;
  }

  /** The property of an object with that key, or −1. */
  propertyOf(object: Node, key: string | undefined): Node {
    return key === undefined ? -1 : (this.child(object, key)?.property ?? -1);
  }

  /** The innermost value or key at the offset, if the text has any. The place after a token's last character still counts. */
  anchorAt(offset: number): Anchor | undefined {
    const tree = this.tree;
    if (tree.root < 0 || offset < tree.start(tree.root) || offset > tree.end(tree.root)) return undefined;
    const path: (string | number)[] = [];
    let node = tree.root;
    for (;;) {
      const step = this.stepTowards(node, offset);
      if (!step) return { file: this.file, path, part: "value" };
      path.push(step.key);
      if (step.onKey) return { file: this.file, path, part: "key" };
      node = step.value;
    }
  }

  position(offset: number): Position {
    const lines = this.lineStarts();
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - (lines[low] as number) };
  }

  /** The offset of a position; beyond a line's end it is the line's end. */
  offset(position: Position): number {
    const lines = this.lineStarts();
    if (position.line >= lines.length) return this.text.length;
    const start = lines[position.line] as number;
    return Math.min(start + position.character, this.lineEnd(position.line));
  }

  /** The line without its line end. */
  line(index: number): string {
    const lines = this.lineStarts();
    return index < lines.length ? this.text.slice(lines[index], this.lineEnd(index)) : "";
  }

  get lineCount(): number {
    return this.lineStarts().length;
  }

  spanOf(node: Node): TextSpan {
    return { file: this.file, start: this.tree.start(node), end: this.tree.end(node) };
  }

  private lineEnd(index: number): number {
    const lines = this.lineStarts();
    let end = index + 1 < lines.length ? (lines[index + 1] as number) : this.text.length;
    while (end > (lines[index] as number) && isLineBreak(this.text.charCodeAt(end - 1))) end--;
    return end;
  }

  private lineStarts(): Int32Array {
    return (this.lines ??= lineStartsOf(this.text));
  }

  private find(path: Path): { value: Node; property: Node; exact: boolean } {
    const tree = this.tree;
    let value = tree.root;
    let property: Node = -1;
    for (const step of path) {
      const next = value < 0 ? undefined : this.child(value, step);
      if (!next) return { value, property, exact: false };
      property = next.property;
      if (next.value < 0) return { value: property, property, exact: false };
      value = next.value;
    }
    return { value, property, exact: value >= 0 };
  }

  /** The first property of that name, as the reader takes it, or the element of that index. */
  private child(parent: Node, step: string | number): { value: Node; property: Node } | undefined {
    const tree = this.tree;
    const child = this.childNode(parent, step);
    if (child === undefined) return undefined;
    return tree.kind(child) === NodeKind.Property ? { value: tree.firstChild(child), property: child } : { value: child, property: -1 };
  }

  private childNode(parent: Node, step: string | number): Node | undefined {
    if (this.tree.kind(parent) === NodeKind.Array) return typeof step === "number" ? this.elementsOf(parent)[step] : undefined;
    let passed = 0;
    for (const child of this.longOnes.has(parent) ? [] : this.tree.children(parent)) {
      if (this.tree.string(child) === step) return child;
      if (++passed === LONG) break;
    }
    return passed > 0 && passed < LONG ? undefined : this.propertiesOf(parent).get(String(step));
  }

  private propertiesOf(parent: Node): ReadonlyMap<string, Node> {
    const known = this.longOnes.get(parent);
    if (known) return known;
    const properties = new Map<string, Node>();
    for (const child of this.tree.children(parent)) {
      const key = this.tree.string(child);
      if (!properties.has(key)) properties.set(key, child);
    }
    this.longOnes.set(parent, properties);
    return properties;
  }

  private elementsOf(array: Node): Int32Array {
    const known = this.elements.get(array) ?? Int32Array.from(this.tree.children(array));
    this.elements.set(array, known);
    return known;
  }

  /** The last element of a list that begins at an offset or before it, with its index; none when all begin behind. */
  elementBeginningBy(array: Node, offset: number): { readonly node: Node; readonly index: number } | undefined {
    const elements = this.elementsOf(array);
    let [low, high] = [0, elements.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tree.start(elements[middle] as Node) <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : { node: elements[low - 1] as Node, index: low - 1 };
  }

  private stepTowards(node: Node, offset: number): { key: string | number; value: Node; onKey: boolean } | undefined {
    const tree = this.tree;
    if (tree.kind(node) === NodeKind.Array) {
      // A cursor between two that touch is in the first.
      const found = this.elementBeginningBy(node, offset - 1) ?? this.elementBeginningBy(node, offset);
      const next = found && offset > tree.end(found.node) ? this.elementBeginningBy(node, offset) : found;
      return next && offset <= tree.end(next.node) ? { key: next.index, value: next.node, onKey: false } : undefined;
    }
    for (const child of tree.children(node)) {
      if (tree.start(child) > offset) return undefined;
      if (tree.kind(child) !== NodeKind.Property) return undefined;
      const key = tree.string(child);
      if (offset <= tree.end(child)) return { key, value: child, onKey: true };
      const value = tree.firstChild(child);
      if (value >= 0 && offset >= tree.start(value) && offset <= tree.end(value)) return { key, value, onKey: false };
    }
    return undefined;
  }
}

/** Children that are looked through one by one before a list or an object counts as long. */
const LONG = 64;

function lineStartsOf(text: string): Int32Array {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return Int32Array.from(starts);
}

/** Line starts of a text that differs from an earlier one in one stretch. A line break of two characters may begin or end beside it. */
function lineStartsAfter(old: Int32Array, text: string, { start, oldEnd, newEnd }: TextChange): Int32Array {
  const shift = newEnd - oldEnd;
  const before = old.subarray(0, firstFrom(old, start));
  const behind = old.subarray(firstFrom(old, oldEnd + 2));
  const end = behind.length > 0 ? (behind[0] as number) + shift : text.length;
  const from = before.at(-1) ?? 0;
  const inner = lineStartsOf(text.slice(from, end)).subarray(1).map((offset) => offset + from).filter((offset) => offset < end || behind.length === 0);
  const lines = new Int32Array(before.length + inner.length + behind.length);
  lines.set(before);
  lines.set(inner, before.length);
  for (let i = 0; i < behind.length; i++) lines[before.length + inner.length + i] = (behind[i] as number) + shift;
  return lines;
}

/** The index of the first number that is at least `least`. */
function firstFrom(sorted: Int32Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isLineBreak(code: number): boolean {
  return code === 10 || code === 13;
}
