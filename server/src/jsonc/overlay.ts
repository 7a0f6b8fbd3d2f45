// One document laid over others: entries with one name are one entry, key by key, the upper document's word first. What the upper one has keeps its places,
// so that a path of it is the same in both. The result is a text of its own, and every value of it knows which document it is from.
// Knows nothing of the language's keys but those that name an entry, that say where it lies, and its source.
import type { Anchor, FileId, Path, TextSpan } from "../../../core/src/index";
import { Source } from "./source";
import { View } from "./view";

/** A value of the result, with where it was written. */
type Layered = Leaf | LayeredObject | LayeredList;
interface From {
  readonly view: View;
}
interface Leaf extends From {
  readonly kind: "leaf";
}
interface LayeredObject extends From {
  readonly kind: "object";
  readonly members: ReadonlyMap<string, Layered>;
}
interface LayeredList extends From {
  readonly kind: "list";
  readonly items: readonly Layered[];
}

/** A form in which an entry says where it lies leaves no room for the others. */
const PLACE_KEYS: Readonly<Record<string, readonly string[]>> = {
  base: ["range", "ranges"],
  size: ["last", "range", "ranges"],
  last: ["size", "range", "ranges"],
  range: ["base", "size", "last", "ranges"],
  ranges: ["base", "size", "last", "range"],
};
/** Half of one source and half of another is none: such a value counts as a whole. */
const WHOLE_KEYS: ReadonlySet<string> = new Set(["source"]);
/** Keys of a document that are for it alone. */
export const OWN_KEYS: ReadonlySet<string> = new Set(["extends", "remove", "$schema", "description"]);

/** Documents laid over one another. */
export class Overlay {
  readonly source: Source;

  private constructor(
    file: FileId,
    private readonly root: Layered,
    /** Names that were to be dropped, and that none of the lower documents has, by their index. */
    readonly notDropped: readonly number[],
    private readonly names: ReadonlySet<string>,
  ) {
    this.source = new Source(file, print(root));
  }

  /** A document over nothing. Undefined where it has no object at its root. */
  static of(source: Source): Overlay | undefined {
    const view = View.of(source);
    if (!view?.isObject) return undefined;
    const root = layered(view);
    return new Overlay(source.file, root, [], namesIn(root));
  }

  /** This document over a lower one, without the entries of the lower one that it names in `remove`. */
  over(lower: Overlay, file: FileId = this.source.file): Overlay {
    const removed = (this.root.view.members.get("remove")?.items ?? []).map((item) => item.text ?? "");
    const kept = without(lower.root, new Set(removed)) ?? lower.root;
    const root = merged(this.root, kept, true);
    return new Overlay(file, root, removed.flatMap((name, index) => (lower.names.has(name) ? [] : [index])), namesIn(root));
  }

  /** The names of its entries. */
  get entryNames(): ReadonlySet<string> {
    return this.names;
  }

  /** Where a value of the result was written. */
  originOf({ path, part }: Anchor): Anchor {
    const { view, isExact } = this.find(path);
    return { file: view.source.file, path: view.path, part: isExact ? part : "value" };
  }

  /** Where a stretch inside a value of the result was written. */
  originOfSpan(span: TextSpan): TextSpan {
    const at = this.source.anchorAt(span.start);
    const node = at === undefined ? -1 : this.source.valueAt(at.path);
    if (!at || node < 0) return span;
    const { view } = this.find(at.path);
    const shift = view.source.tree.start(view.node) - this.source.tree.start(node);
    return { file: view.source.file, start: span.start + shift, end: span.end + shift, in: this.originOf(at) };
  }

  /** The value at a path, or the nearest around it. */
  private find(path: Path): { view: View; isExact: boolean } {
    let node = this.root;
    for (const step of path) {
      const next = node.kind === "object" ? node.members.get(String(step)) : node.kind === "list" ? node.items[Number(step)] : undefined;
      if (!next) return { view: node.view, isExact: false };
      node = next;
    }
    return { view: node.view, isExact: true };
  }
}

function layered(view: View): Layered {
  if (view.isObject) return { kind: "object", view, members: new Map([...view.members].map(([key, value]) => [key, layered(value)])) };
  return view.isList ? { kind: "list", view, items: view.items.map(layered) } : { kind: "leaf", view };
}

function merged(upper: Layered, lower: Layered, isRoot = false): Layered {
  if (upper.kind === "object" && lower.kind === "object") return mergedObjects(upper, lower, isRoot);
  if (upper.kind === "list" && lower.kind === "list" && isOfEntries(upper) && isOfEntries(lower)) return mergedLists(upper, lower);
  return upper;
}

function mergedObjects(upper: LayeredObject, lower: LayeredObject, isRoot: boolean): LayeredObject {
  const members = new Map<string, Layered>();
  const taken = new Set([...upper.members.keys()].flatMap((key) => PLACE_KEYS[key] ?? []));
  for (const [key, value] of upper.members) {
    const other = lower.members.get(key);
    members.set(key, other && !WHOLE_KEYS.has(key) && !(isRoot && OWN_KEYS.has(key)) ? merged(value, other) : value);
  }
  for (const [key, value] of lower.members) {
    if (!members.has(key) && !taken.has(key) && !(isRoot && OWN_KEYS.has(key))) members.set(key, value);
  }
  return { kind: "object", view: upper.view, members };
}

function mergedLists(upper: LayeredList, lower: LayeredList): LayeredList {
  const byIdentity = new Map(lower.items.flatMap((item) => identityOf(item).map((one) => [one, item] as const)));
  const used = new Set<Layered>();
  const own = upper.items.map((item) => {
    const other = identityOf(item).map((one) => byIdentity.get(one)).find((one) => one !== undefined && !used.has(one));
    if (!other) return item;
    used.add(other);
    return merged(item, other);
  });
  return { kind: "list", view: upper.view, items: [...own, ...lower.items.filter((item) => !used.has(item))] };
}

/** A list of what has no names counts as a whole. */
function isOfEntries(list: LayeredList): boolean {
  return list.items.length > 0 && list.items.every((item) => identityOf(item).length > 0);
}

/** What an entry is known by: its name, its PCI address. Empty for what is known by nothing. */
function identityOf(item: Layered): string[] {
  if (item.kind !== "object") return [];
  return ["name", "at"].flatMap((key) => {
    const text = item.members.get(key)?.view.text;
    return text === undefined ? [] : [`${key} ${text.replace(/^0000:/, "")}`];
  });
}

function nameOf(item: Layered): string | undefined {
  return item.kind === "object" ? item.members.get("name")?.view.text : undefined;
}

/** A value without the entries of these names; undefined for one of them. */
function without(node: Layered, names: ReadonlySet<string>): Layered | undefined {
  if (names.size === 0) return node;
  const name = nameOf(node);
  if (name !== undefined && names.has(name)) return undefined;
  if (node.kind === "list") return { ...node, items: node.items.flatMap((item) => without(item, names) ?? []) };
  if (node.kind !== "object") return node;
  const members = [...node.members].flatMap(([key, value]) => {
    const kept = without(value, names);
    return kept ? [[key, kept] as const] : [];
  });
  return { ...node, members: new Map(members) };
}

function namesIn(node: Layered, names = new Set<string>()): Set<string> {
  const name = nameOf(node);
  if (name !== undefined) names.add(name);
  if (node.kind === "object") for (const value of node.members.values()) namesIn(value, names);
  if (node.kind === "list") for (const item of node.items) namesIn(item, names);
  return names;
}

function print(node: Layered): string {
  if (node.kind === "leaf") return node.view.source.tree.raw(node.view.node);
  if (node.kind === "list") return `[${node.items.map(print).join(", ")}]`;
  return `{ ${[...node.members].map(([key, value]) => `${JSON.stringify(key)}: ${print(value)}`).join(", ")} }`;
}
