// Lists of references with arguments (`iommus`, `msi-parent`), and maps of ids (`iommu-map`, `msi-map`). Knows nothing
// of what the targets are.
import { cellOf, cellsOf, has } from "./properties";
import { tuples } from "./cells";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

export interface Reference {
  readonly target: TreeNode;
  readonly args: readonly number[];
}

/** A stretch of ids: `first` and `length` in, `output` is what the first of them becomes. */
export interface IdMapEntry {
  readonly first: number;
  readonly length: number;
  readonly target: TreeNode;
  readonly output: number;
}

export interface IdMap {
  readonly entries: readonly IdMapEntry[];
  /** Applied to an id before the stretches are looked at. */
  readonly mask: number | undefined;
}

/** The targets of a property, each followed by as many arguments as its `cellsProperty` says (none without it). */
export function referencesOf(
  node: TreeNode,
  property: string,
  cellsProperty: string,
  context: TreeContext,
): Reference[] {
  if (!has(node, property)) return [];
  const cells = cellsOf(node, property) ?? [];
  const found: Reference[] = [];
  for (let at = 0; at < cells.length;) {
    const target = context.node(cells[at]);
    const count = target ? (cellOf(target, cellsProperty) ?? 0) : 0;
    if (!target || at + 1 + count > cells.length) {
      context.note(
        node,
        target ? `${property} ends inside a reference` : `${property} names phandle ${cells[at]}, which no node has`,
      );
      break;
    }
    found.push({ target, args: cells.slice(at + 1, at + 1 + count) });
    at += 1 + count;
  }
  return found;
}

/**
 * `iommu-map` or `msi-map` with its mask: first id, phandle, first output, length, whatever the target's number of
 * cells (as the kernel reads them). Undefined: there is no such property.
 */
export function idMapOf(node: TreeNode, property: "iommu-map" | "msi-map", context: TreeContext): IdMap | undefined {
  if (!has(node, property)) return undefined;
  const cells = cellsOf(node, property) ?? [];
  if (cells.length === 0 || cells.length % 4 !== 0)
    context.note(node, `${property} is not made of records of four cells`);
  const entries = tuples(cells, [1, 1, 1, 1]).flatMap(
    ([[first = 0] = [], [phandle = 0] = [], [output = 0] = [], [length = 0] = []]) => {
      const target = context.node(phandle);
      if (!target) context.note(node, `${property} names phandle ${phandle}, which no node has`);
      return target ? [{ first, length, target, output }] : [];
    },
  );
  return { entries, mask: cellOf(node, `${property}-mask`) };
}
