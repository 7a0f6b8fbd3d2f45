// What else an entry says beside the value that is being written, read from the text: the entry may not be in any plan yet. Expressions are asked for. Knows nothing of what follows from it.
import type { Path, Siblings } from "../../../core/src/index";
import { parseAddress, parseSize } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** The keys that say where an entry begins, the one that counts first. */
const BASE_KEYS = ["base", "cpu", "bus"];

/**
 * Where, how large and of which type the entry is whose member is at `path`.
 * @param expressionAt what the expression at a path comes to
 */
export function siblingsOf(source: Source, path: Path, expressionAt: (path: Path) => bigint | undefined): Siblings {
  const entry = path.slice(0, -1);
  return placeOfEntry(source, source.valueAt(entry), entry, expressionAt);
}

/** Where, how large and of which type an entry is. @param node the entry's @param path the entry's */
export function placeOfEntry(source: Source, node: Node, path: Path, expressionAt: (path: Path) => bigint | undefined): Siblings {
  const valueOf = (key: string, parse: (text: string) => unknown): bigint | undefined => {
    const text = memberText(source, node, key);
    const value = text === undefined ? undefined : parse(text);
    return typeof value === "bigint" ? value : expressionAt([...path, key]);
  };
  const bases = BASE_KEYS.flatMap((key) => {
    const value = valueOf(key, parseAddress);
    return value === undefined ? [] : [{ key, value }];
  });
  const size = valueOf("size", parseSize);
  return { base: bases[0], size: size === undefined || size <= 0n ? undefined : size, type: memberText(source, node, "type") };
}

/** The text of another member of the object around `path`; undefined where it has none that is a string. */
export function siblingText(source: Source, path: Path, key: string): string | undefined {
  return memberText(source, source.valueAt(path.slice(0, -1)), key);
}

/** The text of a member of an object; undefined where it has none that is a string. */
export function memberText(source: Source, object: Node, key: string): string | undefined {
  const property = object < 0 ? -1 : source.propertyOf(object, key);
  const value = property < 0 ? -1 : source.tree.firstChild(property);
  return value >= 0 && source.tree.kind(value) === NodeKind.String ? source.tree.string(value) : undefined;
}
