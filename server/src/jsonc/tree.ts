// The syntax tree of a JSONC text in typed arrays: no object a node, positions of everything, children in the order of the text.
// Knows nothing of the language's keys, nor of how the text was scanned.

export const enum NodeKind {
  Object,
  Array,
  /** A property: the key's own text; its value, if there is one, is the node that follows. */
  Property,
  String,
  Number,
  True,
  False,
  Null,
}

/** A node is an index; −1 is no node. Nodes stand in the order of the text, a parent before its children. */
export type Node = number;

/** A stretch of the text that could not be read as it should, half-open. */
export interface SyntaxFault {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** What a tree is made of. Nearly all nodes are keys and plain values, so what only objects and lists need stands beside the nodes. */
export interface NodeTable {
  /** The kind of each node; a property without a value has `ALONE` added. */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  /** Where a key or a plain value ends. Of an object or a list: its number in the order of the text. */
  readonly ends: Int32Array;
  /** For each object and list two words: where it ends, and the first node after it and all that is below it. */
  readonly closings: Int32Array;
  /** Start and end of every comment, in pairs. */
  readonly comments: Int32Array;
}

/** Marks a property that has no value. */
export const ALONE = 8;

/** The tree of one text. Immutable once it is built. */
export class SyntaxTree {
  readonly size: number;
  readonly comments: Int32Array;
  private readonly kinds: Uint8Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly closings: Int32Array;

  constructor(
    readonly text: string,
    readonly table: NodeTable,
    readonly faults: readonly SyntaxFault[],
    /** Documents without a backslash, nearly all, need not look for one in every text. */
    readonly hasEscapes: boolean = text.includes("\\"),
  ) {
    this.size = table.kinds.length;
    this.comments = table.comments;
    this.kinds = table.kinds;
    this.starts = table.starts;
    this.ends = table.ends;
    this.closings = table.closings;
  }

  /** The outermost value, or −1 for a text without one. */
  get root(): Node {
    return this.size > 0 ? 0 : -1;
  }

  kind(node: Node): NodeKind {
    return ((this.kinds[node] as number) & ~ALONE) as NodeKind;
  }

  /** Offset of the node's first character, in UTF-16 units. A property begins with its key. */
  start(node: Node): number {
    return this.starts[node] as number;
  }

  /** Offset after the node's last character. A property's own text is its key alone. */
  end(node: Node): number {
    const end = this.ends[node] as number;
    return isContainer(this.kinds[node] as number) ? (this.closings[2 * end] as number) : end;
  }

  /** The first node after this one and all that is below it. */
  after(node: Node): Node {
    const kind = this.kinds[node] as number;
    if (isContainer(kind)) return this.closings[2 * (this.ends[node] as number) + 1] as number;
    return kind === (NodeKind.Property as number) ? this.after(node + 1) : node + 1;
  }

  /** The first child: an object's first property, an array's first element, a property's value; −1 when there is none. */
  firstChild(node: Node): Node {
    return this.after(node) > node + 1 ? node + 1 : -1;
  }

  /** The next child of `parent` after `child`, or −1. */
  nextChild(parent: Node, child: Node): Node {
    const next = this.after(child);
    return next < this.after(parent) ? next : -1;
  }

  /** The last node that begins before the offset, or −1. */
  lastStartingBefore(offset: number): Node {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.start(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  *children(node: Node): Generator<Node> {
    for (let child = this.firstChild(node); child >= 0; child = this.nextChild(node, child)) yield child;
  }

  /** The text between the quotes of a string or key, escapes resolved. */
  string(node: Node): string {
    const start = this.start(node) + 1;
    const end = this.end(node);
    const closed = end > start && this.text.charCodeAt(end - 1) === 34;
    const raw = this.text.slice(start, closed ? end - 1 : end);
    return this.hasEscapes && raw.includes("\\") ? unescape(raw) : raw;
  }

  /** Where the character at `offset` of a string's value stands in the text: an escape is longer than what it means. */
  offsetInString(node: Node, offset: number): number {
    const start = this.start(node) + 1;
    if (!this.hasEscapes) return start + offset;
    let at = start;
    for (let passed = 0; passed < offset && at < this.end(node); passed++) {
      at += this.text[at] !== "\\" ? 1 : this.text[at + 1] === "u" ? 6 : 2;
    }
    return at;
  }

  /** True when the string or key is exactly `text`, which has no character that JSON escapes. Makes no string. */
  isString(node: Node, text: string): boolean {
    const start = this.start(node) + 1;
    const { length } = text;
    if (this.end(node) - start !== length + 1) return false;
    for (let i = 0; i < length; i++) if (this.text.charCodeAt(start + i) !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The text of the node as it is written. */
  raw(node: Node): string {
    return this.text.slice(this.start(node), this.end(node));
  }
}

/** True for an object and a list. */
export function isContainer(kind: number): boolean {
  return kind <= (NodeKind.Array as number);
}

function unescape(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
