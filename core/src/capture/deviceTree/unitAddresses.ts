// Which nodes are named for another address than the one they have (domain.md section 0, trap 13; MAP013).
// Knows nothing of what lies there.
import { printAddress } from "../../print";
import { regOf } from "./cells";
import { registersOf } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

/**
 * Notes the nodes whose unit address is neither what their first `reg` says on their own bus, which the Devicetree specification asks for (2.2.1), nor
 * the physical address that it comes to.
 */
export function noteMisnamed(context: TreeContext, nodes: Iterable<TreeNode>): void {
  for (const node of nodes) {
    const named = unitAddress(node);
    const [own] = regOf(node) ?? [];
    const [physical] = registersOf(node);
    if (named === undefined || !own || !physical || named === own.base || named === physical.base) continue;
    context.note(node, `it is named for ${printAddress(named)}, but its registers are at ${printAddress(physical.base)}, where its entry lies`);
  }
}

/** Names such as `port@1` or `cpu@0,1` are no addresses. */
function unitAddress({ name }: TreeNode): bigint | undefined {
  const digits = /@([0-9a-f]{4,16})$/i.exec(name)?.[1];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}
