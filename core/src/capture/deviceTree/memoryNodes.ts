// The memory that a device tree describes. Knows nothing of reservations.
import type { CapturedRange } from "../reading";
import { rangeFrom, regOf } from "./cells";
import { cellOf, has, isEnabled, textOf } from "./properties";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

export interface TreeMemory extends CapturedRange {
  readonly node: TreeNode;
  readonly numaNode: number | undefined;
  readonly hotplug: boolean;
}

/** The banks of all memory nodes (Devicetree Specification 0.4, 3.4). Those without a size wait for the boot loader. */
export function memoryOf(context: TreeContext): TreeMemory[] {
  const nodes = context.tree.root.children.filter((node) => textOf(node, "device_type") === "memory");
  if (nodes.length === 0)
    context.note(context.tree.root, "no memory node: the boot loader adds it, or UEFI knows the memory");
  return nodes.flatMap((node) => {
    const banks = regOf(node);
    if (!banks) context.note(node, "its reg cannot be read");
    const found = (banks ?? []).flatMap(({ base, size }) => rangeFrom(base, size) ?? []);
    if (banks && found.length === 0) context.note(node, "memory without a size: the boot loader fills it in");
    if (!isEnabled(node) && !isSecureMemory(node)) context.note(node, "memory that is switched off is left out");
    return isEnabled(node)
      ? found.map((range) => ({
          ...range,
          node,
          numaNode: cellOf(node, "numa-node-id"),
          hotplug: has(node, "hotpluggable"),
        }))
      : [];
  });
}

/** Memory that the secure world alone has: off for the operating system, on for what runs below it (secure.txt). */
export function isSecureMemory(node: TreeNode): boolean {
  const secure = textOf(node, "secure-status");
  return textOf(node, "device_type") === "memory" && !isEnabled(node) && (secure === "okay" || secure === "ok");
}
