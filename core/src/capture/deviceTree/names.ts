// What people call a node: its label in the source, its alias, else its name. Knows nothing of drafts.
import { textOf } from "./properties";
import type { TreeNode } from "./treeNode";
import { baseName } from "./treeNode";

/**
 * Names by path: labels, where the blob was compiled with them (`/__symbols__`), else aliases. The underscores of
 * labels become hyphens.
 */
export class NodeNames {
  private readonly labels = new Map<string, string>();

  constructor(root: TreeNode) {
    for (const table of ["aliases", "__symbols__"]) {
      const node = root.children.find((child) => child.name === table);
      for (const name of node?.properties.keys() ?? []) {
        const path = textOf(node as TreeNode, name);
        if (path?.startsWith("/")) this.labels.set(path, name.replaceAll("_", "-"));
      }
    }
  }

  /** Its label or alias. */
  given(node: TreeNode): string | undefined {
    return this.labels.get(node.path);
  }

  /** `uart2` for a node with a label or an alias, `serial` for serial@feb50000 without one. */
  of(node: TreeNode): string {
    return (
      this.given(node) ??
      baseName(node)
        .replace(/^[^,]*,/, "")
        .replaceAll("_", "-")
    );
  }
}
