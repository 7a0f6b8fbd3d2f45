// What `name.base`, `.size`, `.last` and `.next` of an entry are made of: which of its values, and how they are put together.
// Knows nothing of expressions, nor of what the values come to.
import type { AddressRange, Property, ScalarType, Space } from "../../../core/src/index";
import { lastOf, parseBounds, rangeTo, address, sizeOf } from "../../../core/src/index";
import type { IndexedEntry } from "./entryIndex";
import type { ExtentLayout } from "./recordLayout";
import { layoutOf } from "./recordLayout";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** A value of an entry, with the type that the language has it for. */
export interface Ingredient {
  readonly node: Node;
  readonly type: ScalarType;
  readonly key: string;
}

/** A property of an entry: known, made of one or two of its values, or not to be had, with the reason in a clause. */
export type Recipe =
  | { readonly value: bigint | undefined }
  | { readonly of: readonly Ingredient[]; readonly make: (first: bigint, second: bigint) => bigint }
  | { readonly because: string };

/** How to make a property of an entry. Of an entry that lies in several spaces, the place in `space` is meant, else its first. */
export function recipeOf(source: Source, entry: IndexedEntry, property: Property, space: Space | undefined): Recipe {
  const { extents } = layoutOf(entry.type);
  if (extents.length === 0) return { because: `a ${entry.type.name} has no place of its own` };
  const inSpace = extents.filter((one) => one.keys.space === space);
  const reasons: string[] = [];
  for (const extent of [...inSpace, ...extents.filter((one) => !inSpace.includes(one))]) {
    const recipe = recipeFrom(source, entry, extent, property);
    if (!("because" in recipe)) return recipe;
    reasons.push(recipe.because);
  }
  return { because: reasons[0] ?? "" };
}

function recipeFrom(source: Source, entry: IndexedEntry, { keys }: ExtentLayout, property: Property): Recipe {
  const text = valueOf(source, entry, keys.range) ?? onlyElement(source, entry, keys.ranges);
  if (text === "several") return { because: "it lies in several places" };
  if (text !== undefined) return { value: rangeProperty(source, text, property) };
  const base = ingredient(source, entry, keys.base) ?? ingredient(source, entry, keys.otherwise);
  const size = ingredient(source, entry, keys.size);
  const last = ingredient(source, entry, keys.last);
  if (property === "size" && size) return plain(size);
  if (!base) return { because: size ? "it has a size, but no fixed place" : "it does not say where it lies" };
  if (property === "base") return plain(base);
  if (size) return { of: [base, size], make: property === "next" ? (from, bytes) => from + bytes : (from, bytes) => from + bytes - 1n };
  if (!last) return { because: "it has a base, but neither size nor last" };
  if (property === "size") return { of: [base, last], make: (from, to) => to - from + 1n };
  return property === "last" ? plain(last) : { of: [last], make: (to) => to + 1n };
}

function plain(one: Ingredient): Recipe {
  return { of: [one], make: (value) => value };
}

function ingredient(source: Source, entry: IndexedEntry, key: string | undefined): Ingredient | undefined {
  const node = valueOf(source, entry, key);
  const type = key === undefined ? undefined : entry.type.fields[key]?.type;
  return node === undefined || key === undefined || (type?.kind !== "address" && type?.kind !== "size") ? undefined : { node, type, key };
}

function valueOf(source: Source, { node }: IndexedEntry, key: string | undefined): Node | undefined {
  const property = source.propertyOf(node, key);
  const value = property < 0 ? -1 : source.tree.firstChild(property);
  return value < 0 ? undefined : value;
}

/** The element of a list that has one. */
function onlyElement(source: Source, entry: IndexedEntry, key: string | undefined): Node | "several" | undefined {
  const list = valueOf(source, entry, key);
  if (list === undefined || source.tree.kind(list) !== NodeKind.Array) return undefined;
  const first = source.tree.firstChild(list);
  return first < 0 ? undefined : source.tree.nextChild(list, first) >= 0 ? "several" : first;
}

/** Undefined for a text that is no range: the reader says so where it stands. */
function rangeProperty(source: Source, node: Node, property: Property): bigint | undefined {
  const bounds = source.tree.kind(node) === NodeKind.String ? parseBounds(source.tree.string(node)) : undefined;
  const range = bounds && "first" in bounds ? rangeTo(address<Space>(bounds.first), address<Space>(bounds.last + 1n)) : undefined;
  return range && propertyOf(range, property);
}

function propertyOf(range: AddressRange<Space>, property: Property): bigint {
  switch (property) {
    case "base":
      return range.base;
    case "size":
      return sizeOf(range);
    case "last":
      return lastOf(range);
    case "next":
      return range.end;
  }
}
