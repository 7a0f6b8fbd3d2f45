// Where each name of a document is declared, found in the tree before anything is read. Made only for documents that hold expressions.
// Knows nothing of values.
import type { RecordType, ValueType } from "../../../core/src/index";
import { layoutOf } from "./recordLayout";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** An object of the tree, and the record that the language has it for. */
export interface IndexedEntry {
  readonly node: Node;
  readonly type: RecordType;
}

/** Entries by name; of two with one name the first, as the reader takes it. */
export function entriesByName(source: Source, file: RecordType): ReadonlyMap<string, IndexedEntry> {
  const entries = new Map<string, IndexedEntry>();
  if (source.tree.root >= 0) collect(source, file, source.tree.root, entries);
  return entries;
}

/** The shape whose JSON type is that of the value; when none is, the first, which then says what it expected. */
export function chosenShape(types: readonly ValueType[], kind: NodeKind): ValueType {
  return types.find((type) => jsonKindOf(type) === kind) ?? (types[0] as ValueType);
}

function collect(source: Source, type: ValueType, node: Node, entries: Map<string, IndexedEntry>): void {
  const { tree } = source;
  const kind = tree.kind(node);
  switch (type.kind) {
    case "either":
      return collect(source, chosenShape(type.of, kind), node, entries);
    case "list":
      if (kind === NodeKind.Array) for (const child of tree.children(node)) collect(source, type.of, child, entries);
      return;
    case "record":
      if (kind === NodeKind.Object) collectRecord(source, type, node, entries);
      return;
    default:
      return;
  }
}

/** What is inside an entry is read before its own name is declared. */
function collectRecord(source: Source, type: RecordType, node: Node, entries: Map<string, IndexedEntry>): void {
  const { tree } = source;
  const { slots } = layoutOf(type);
  let name: string | undefined;
  let seen = 0;
  for (const property of tree.children(node)) {
    const slot = slots.get(tree.string(property));
    const value = tree.firstChild(property);
    if (!slot || seen & slot.bit || value < 0) continue;
    seen |= slot.bit;
    if (slot.key === "name" && tree.kind(value) === NodeKind.String) name = tree.string(value);
    else if (tree.after(value) > value + 1) collect(source, slot.field.type, value, entries);
  }
  if (name !== undefined && !entries.has(name)) entries.set(name, { node, type });
}

/** The JSON type that values of a type are written in. */
export function jsonKindOf(type: ValueType): NodeKind {
  switch (type.kind) {
    case "record":
    case "map":
      return NodeKind.Object;
    case "list":
      return NodeKind.Array;
    case "integer":
      return NodeKind.Number;
    default:
      return NodeKind.String;
  }
}
