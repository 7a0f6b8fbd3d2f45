// What the bytes of properties say: cells, texts, references. Knows nothing of single properties' meanings.
import { decodeText } from "../decodeText";
import type { TreeNode } from "./treeNode";

/** The property's 32-bit cells; undefined where there is no such property or its length is no multiple of four. */
export function cellsOf(node: TreeNode, property: string): number[] | undefined {
  const bytes = node.properties.get(property);
  if (!bytes || bytes.length % 4 !== 0) return undefined;
  const cells: number[] = [];
  for (let at = 0; at < bytes.length; at += 4)
    cells.push(
      (bytes[at] ?? 0) * 0x100_0000 +
        (bytes[at + 1] ?? 0) * 0x1_0000 +
        (bytes[at + 2] ?? 0) * 0x100 +
        (bytes[at + 3] ?? 0),
    );
  return cells;
}

/** The first cell. */
export function cellOf(node: TreeNode, property: string): number | undefined {
  return cellsOf(node, property)?.[0];
}

/** The texts of a property, which are separated by zero bytes. */
export function textsOf(node: TreeNode, property: string): string[] {
  const bytes = node.properties.get(property);
  return bytes && bytes.length > 0 ? decodeText(bytes).split("\0") : [];
}

export function textOf(node: TreeNode, property: string): string | undefined {
  return textsOf(node, property)[0];
}

export function has(node: TreeNode, property: string): boolean {
  return node.properties.has(property);
}

export function isCompatible(node: TreeNode, ...compatibles: readonly string[]): boolean {
  return textsOf(node, "compatible").some((text) => compatibles.includes(text));
}

/**
 * The kernel's rule: no status, `okay` and `ok` mean that it is there; nothing is probed below what is switched off.
 */
export function isEnabled(node: TreeNode): boolean {
  for (let up: TreeNode | undefined = node; up; up = up.parent) {
    const status = textOf(up, "status");
    if (status !== undefined && status !== "okay" && status !== "ok") return false;
  }
  return true;
}

/** The number that several cells make, most significant first. */
export function numberOf(cells: readonly number[]): bigint {
  return cells.reduce((value, cell) => (value << 32n) | BigInt(cell), 0n);
}

/** Phandles to nodes. A phandle that two nodes claim means the first. */
export function phandlesOf(nodes: Iterable<TreeNode>): Map<number, TreeNode> {
  const found = new Map<number, TreeNode>();
  for (const node of nodes) {
    const phandle = cellOf(node, "phandle") ?? cellOf(node, "linux,phandle");
    if (phandle !== undefined && !found.has(phandle)) found.set(phandle, node);
  }
  return found;
}
