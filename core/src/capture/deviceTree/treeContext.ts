// What every reader of nodes needs: the tree, its phandles and names, and where notes go. Knows nothing of kinds of
// nodes.
import type { Unread } from "../reading";
import { NodeNames } from "./names";
import { phandlesOf } from "./properties";
import type { DeviceTree, TreeNode } from "./treeNode";
import { nodesOf } from "./treeNode";

export class TreeContext {
  readonly nodes: readonly TreeNode[];
  readonly names: NodeNames;
  readonly unread: Unread[] = [];
  private readonly phandles: ReadonlyMap<number, TreeNode>;

  /** `where` names the blob in notes. */
  constructor(
    readonly tree: DeviceTree,
    readonly where: string,
  ) {
    this.nodes = [...nodesOf(tree.root)];
    this.names = new NodeNames(tree.root);
    this.phandles = phandlesOf(this.nodes);
  }

  node(phandle: number | undefined): TreeNode | undefined {
    return phandle === undefined ? undefined : this.phandles.get(phandle);
  }

  note(node: TreeNode, because: string): void {
    this.unread.push({ where: this.where, because: `${node.path}: ${because}` });
  }
}
