// A value of a document with its place in the text, to walk through without knowing the language: members by key, items, plain text.
// Knows nothing of what keys mean, and reads no numbers: digits stay as they are written.
import type { Path } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

export class View {
  private known: ReadonlyMap<string, View> | undefined;

  private constructor(
    readonly source: Source,
    readonly node: Node,
    readonly path: Path,
    private readonly stated: ReadonlyMap<Node, string>,
  ) {}

  /** The outermost value; undefined for a text without one. `stated` gives values another text than is written: what expressions come to. */
  static of(source: Source, stated: ReadonlyMap<Node, string> = new Map()): View | undefined {
    return source.tree.root < 0 ? undefined : new View(source, source.tree.root, [], stated);
  }

  get isObject(): boolean {
    return this.source.tree.kind(this.node) === NodeKind.Object;
  }

  get isList(): boolean {
    return this.source.tree.kind(this.node) === NodeKind.Array;
  }

  /** The text of a string, the digits of a number, a word; undefined for an object or a list. */
  get text(): string | undefined {
    const { tree } = this.source;
    if (this.isObject || this.isList) return undefined;
    return this.stated.get(this.node) ?? (tree.kind(this.node) === NodeKind.String ? tree.string(this.node) : tree.raw(this.node));
  }

  /** The members of an object in their order; of a key that is there twice the first, as the reader takes it. */
  get members(): ReadonlyMap<string, View> {
    return (this.known ??= this.readMembers());
  }

  /** The elements of a list. */
  get items(): readonly View[] {
    return this.isList ? [...this.source.tree.children(this.node)].map((node, index) => new View(this.source, node, [...this.path, index], this.stated)) : [];
  }

  /** The text of a member; undefined where it is absent or no plain value. */
  textOf(key: string): string | undefined {
    return this.members.get(key)?.text;
  }

  private readMembers(): ReadonlyMap<string, View> {
    const { tree } = this.source;
    const members = new Map<string, View>();
    for (const property of this.isObject ? tree.children(this.node) : []) {
      const [key, value] = [tree.string(property), tree.firstChild(property)];
      if (value >= 0 && !members.has(key)) members.set(key, new View(this.source, value, [...this.path, key], this.stated));
    }
    return members;
  }
}
