// The outline of a file: its lists, and in each the entries with where they lie. Knows nothing of any single key.
import type { DocumentSymbol } from "vscode-languageserver";
import { SymbolKind } from "vscode-languageserver";
import { shownText } from "../../../core/src/index";
import type { Source } from "../jsonc/source";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import { rangeBetween } from "./convert";

const KINDS: Readonly<Record<string, SymbolKind>> = {
  memory: SymbolKind.Array,
  devices: SymbolKind.Interface,
  reserved: SymbolKind.Constant,
  doorbells: SymbolKind.Event,
  iommus: SymbolKind.Operator,
  pci: SymbolKind.Module,
  windows: SymbolKind.Field,
  bars: SymbolKind.Property,
};
const NAMING_KEYS = ["name", "at", "type", "range", "id"];
const DETAIL_KEYS = ["base", "cpu", "bus", "range", "size", "last", "type"];

/** Lists of objects, and the objects in them, nested as they are written. */
export function symbolsOf(source: Source): DocumentSymbol[] {
  return source.tree.root < 0 ? [] : membersOf(source, source.tree.root);
}

function membersOf(source: Source, object: Node): DocumentSymbol[] {
  const { tree } = source;
  if (tree.kind(object) !== NodeKind.Object) return [];
  return [...tree.children(object)].flatMap((property) => {
    const value = tree.firstChild(property);
    if (value < 0 || !isNested(source, value)) return [];
    const key = tree.string(property);
    const children = tree.kind(value) === NodeKind.Array ? entriesOf(source, value, key) : membersOf(source, value);
    if (children.length === 0 && tree.kind(value) === NodeKind.Array) return [];
    const kind = tree.kind(value) === NodeKind.Array ? SymbolKind.Array : SymbolKind.Object;
    return [symbol(source, key === "" ? "(empty)" : key, "", kind, property, tree.start(property), tree.end(value), children)];
  });
}

function entriesOf(source: Source, list: Node, key: string): DocumentSymbol[] {
  return [...source.tree.children(list)].flatMap((entry, index) => {
    if (source.tree.kind(entry) !== NodeKind.Object) return [];
    const texts = textsOf(source, entry);
    const named = NAMING_KEYS.find((one) => texts.has(one));
    const name = (named && texts.get(named)) || `${key} ${index + 1}`;
    const detail = DETAIL_KEYS.filter((one) => one !== named && texts.has(one)).map((one) => texts.get(one)).join(" ");
    const selected = source.propertyOf(entry, named);
    return [symbol(source, name, detail, Object.hasOwn(KINDS, key) ? (KINDS[key] as SymbolKind) : SymbolKind.Object, selected, source.tree.start(entry), source.tree.end(entry), membersOf(source, entry))];
  });
}

function symbol(source: Source, name: string, detail: string, kind: SymbolKind, selected: Node, start: number, end: number, children: DocumentSymbol[]): DocumentSymbol {
  const { tree } = source;
  const selection = selected < 0 ? rangeBetween(source, start, start) : rangeBetween(source, tree.start(selected), tree.end(selected));
  return { name: shownText(name), ...(detail !== "" && { detail: shownText(detail) }), kind, range: rangeBetween(source, start, end), selectionRange: selection, children };
}

/** The keys of an object whose values are texts. */
function textsOf(source: Source, object: Node): Map<string, string> {
  const { tree } = source;
  const texts = new Map<string, string>();
  for (const property of tree.children(object)) {
    const value = tree.firstChild(property);
    if (value >= 0 && tree.kind(value) === NodeKind.String) texts.set(tree.string(property), tree.string(value));
  }
  return texts;
}

function isNested(source: Source, node: Node): boolean {
  return source.tree.kind(node) === NodeKind.Object || source.tree.kind(node) === NodeKind.Array;
}
