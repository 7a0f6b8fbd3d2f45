// A device tree in memory: nodes with properties as bytes. Knows nothing of the blob that it was read from, nor of what
// a node stands for.
import type { CapturedRange } from "../reading";

/** Big-endian bytes, as the blob has them. */
export type PropertyValue = Uint8Array;

export interface TreeNode {
  /** With the unit address: `pcie@10000000`. Empty for the root. */
  readonly name: string;
  /** `/soc/pcie@10000000`. */
  readonly path: string;
  readonly parent: TreeNode | undefined;
  readonly properties: ReadonlyMap<string, PropertyValue>;
  readonly children: readonly TreeNode[];
}

export interface DeviceTree {
  readonly root: TreeNode;
  /** The memory reservation block (`/memreserve/`), physical addresses. */
  readonly reservations: readonly CapturedRange[];
}

/** The node and everything below it, parents first, in the order of the blob. */
export function* nodesOf(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

/** The part of the name in front of the unit address. */
export function baseName(node: TreeNode): string {
  return node.name.replace(/@.*$/, "");
}

/** The nodes above, nearest first. */
export function* ancestorsOf(node: TreeNode): Generator<TreeNode> {
  for (let up = node.parent; up; up = up.parent) yield up;
}
