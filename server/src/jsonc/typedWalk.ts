// A document along with the language: each key and each plain value in the order of the text, with what the language says of it. Works on broken text.
// Knows no single key, and reads no value.
import type { Field, RecordType, ScalarType, ValueType, WordType } from "../../../core/src/index";
import { shapesOf } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node, SyntaxTree } from "./tree";
import { NodeKind } from "./tree";

/** An object that the language has a record for. */
export interface TypedObject {
  readonly node: Node;
  readonly record: RecordType;
  /** The object that it stands in, over any lists between; undefined for the outermost. */
  readonly parent: TypedObject | undefined;
  /** The property of the outer object under which it stands; −1 for the outermost. */
  readonly property: Node;
}

/** A key with its value where that is plain, or one plain value of its list. */
export interface TypedValue {
  readonly object: TypedObject;
  readonly key: string;
  readonly property: Node;
  readonly field: Field;
  readonly node: Node;
  readonly type: ScalarType | WordType;
}

/** What to do at each thing that is met; whatever is left out is passed over. */
export interface TypedVisitor {
  object?(object: TypedObject): void;
  /** A key that the language has at this place. */
  key?(object: TypedObject, property: Node, field: Field): void;
  value?(value: TypedValue): void;
  /** False for a key whose value, with all that is in it, is passed over. */
  enters?(field: Field): boolean;
}

/** A stretch of the text. What ends where it begins, or begins where it ends, belongs to it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

const EVERYTHING: Stretch = { start: 0, end: Infinity };

/**
 * Walks the document as the language describes it from `record` on. What the language does not have is passed over.
 * @param within only what belongs to this stretch of the text, and the objects around it
 */
export function walkTyped(source: Source, record: RecordType, visitor: TypedVisitor, within = EVERYTHING): void {
  const { root } = source.tree;
  if (root >= 0) new Walk(source, visitor, within).object({ node: root, record, parent: undefined, property: -1 });
}

/** `"unknown"` and `"none"`, in place of whatever the key takes. */
const NOTHING: WordType = { kind: "word", words: [] };

class Walk {
  constructor(
    private readonly source: Source,
    private readonly visitor: TypedVisitor,
    private readonly within: Stretch,
  ) {}

  object(object: TypedObject): void {
    const { tree } = this.source;
    if (tree.kind(object.node) !== NodeKind.Object) return;
    this.visitor.object?.(object);
    const { fields } = object.record;
    for (const property of this.children(object.node)) {
      const key = tree.string(property);
      if (!Object.hasOwn(fields, key)) continue;
      const field = fields[key] as Field;
      this.visitor.key?.(object, property, field);
      const node = tree.firstChild(property);
      if (node >= 0 && this.visitor.enters?.(field) !== false) this.value({ object, key, property, field }, this.saysNothing(field, node) ? NOTHING : field.type, node);
    }
  }

  /** Those that belong to the stretch. */
  private *children(parent: Node): Generator<Node> {
    const { tree } = this.source;
    const { start, end } = this.within;
    for (let child = start > 0 ? this.firstFrom(parent, start) : tree.firstChild(parent); child >= 0 && tree.start(child) <= end; child = tree.nextChild(parent, child)) yield child;
  }

  /** The first child that does not end before the offset, or −1. Lists may be long. */
  private firstFrom(parent: Node, offset: number): Node {
    const { tree } = this.source;
    let child = tree.kind(parent) === NodeKind.Array ? (this.source.elementBeginningBy(parent, offset - 1)?.node ?? tree.firstChild(parent)) : tree.firstChild(parent);
    while (child >= 0 && endOfAll(tree, child) < offset) child = tree.nextChild(parent, child);
    return child;
  }

  private saysNothing(field: Field, node: Node): boolean {
    const { tree } = this.source;
    return tree.kind(node) === NodeKind.String && ((field.unknown && tree.isString(node, "unknown")) || (field.none && tree.isString(node, "none")));
  }

  private value(at: Omit<TypedValue, "node" | "type">, type: ValueType, node: Node): void {
    const shape = shapeOf(type, this.source.tree.kind(node));
    if (!shape) return;
    switch (shape.kind) {
      case "record":
        return this.object({ node, record: shape, parent: at.object, property: at.property });
      case "list":
        for (const child of this.children(node)) this.value(at, shape.of, child);
        return;
      case "map":
        for (const property of this.children(node)) {
          const child = this.source.tree.firstChild(property);
          if (child >= 0) this.value(at, shape.of, child);
        }
        return;
      case "either":
        return;
      default:
        return this.visitor.value?.({ ...at, node, type: shape });
    }
  }
}

/** A property's own end is that of its key. */
function endOfAll(tree: SyntaxTree, node: Node): number {
  const value = tree.kind(node) === NodeKind.Property ? tree.firstChild(node) : -1;
  return tree.end(value >= 0 ? value : node);
}

/** Of each type the shape of an object, of a list and of a plain value: asked for at every value of every document. */
const shapesByKind = new Map<ValueType, readonly [object: ValueType | undefined, list: ValueType | undefined, plain: ValueType | undefined]>();

/** The shape of a type that has the JSON type of the value. */
function shapeOf(type: ValueType, kind: NodeKind): ValueType | undefined {
  let shapes = shapesByKind.get(type);
  if (!shapes) {
    const all = shapesOf(type);
    const isObject = (shape: ValueType): boolean => shape.kind === "record" || shape.kind === "map";
    shapes = [all.find(isObject), all.find((shape) => shape.kind === "list"), all.find((shape) => !isObject(shape) && shape.kind !== "list")];
    shapesByKind.set(type, shapes);
  }
  return shapes[kind === NodeKind.Object ? 0 : kind === NodeKind.Array ? 1 : 2];
}

/** What stands between the quotes of a string, half-open; the whole of any other value. */
export function innerSpan(source: Source, node: Node): { start: number; end: number } {
  const { tree } = source;
  const [start, end] = [tree.start(node), tree.end(node)];
  if (tree.kind(node) !== NodeKind.String && tree.kind(node) !== NodeKind.Property) return { start, end };
  const isClosed = end > start + 1 && source.text.charCodeAt(end - 1) === 34;
  return { start: start + 1, end: isClosed ? end - 1 : end };
}
