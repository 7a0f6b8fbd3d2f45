// The reservations of a device tree: /reserved-memory and the memory reservation block (domain.md 7.3). Knows nothing
// of drafts.
import type { CapturedRange } from "../reading";
import { addTo } from "../reading";
import { busCells, rangeFrom, tuples } from "./cells";
import { isSecureMemory } from "./memoryNodes";
import { cellsOf, has, isCompatible, isEnabled, numberOf, textsOf } from "./properties";
import { rangesOf, reachableRegisters } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";
import { baseName } from "./treeNode";

export type TreeReservationType = "firmware" | "secure" | "shared-memory" | "framebuffer" | "dma-pool" | "crash-log";

export interface TreeReservation {
  readonly node: TreeNode;
  readonly type: TreeReservationType;
  /** Absent for what is no child of /reserved-memory. */
  readonly origin: "reserved-memory" | undefined;
  /** Empty: placed at boot, of `size` bytes. */
  readonly ranges: readonly CapturedRange[];
  readonly size: bigint | undefined;
  readonly alignment: bigint | undefined;
  /** Where one that is placed at boot may go; empty: anywhere. */
  readonly allocRanges: readonly CapturedRange[];
  readonly noMap: boolean;
  readonly reusable: boolean;
  readonly disabled: boolean;
  /** Nodes that name it in `memory-region`. */
  readonly users: readonly TreeNode[];
}

/** What the names and compatibles of reservations tell, the first that fits. */
const TYPES: readonly (readonly [type: TreeReservationType, pattern: RegExp])[] = [
  ["crash-log", /ramoops|pstore|pmsg/i],
  ["dma-pool", /shared-dma-pool|restricted-dma-pool|linux,cma/i],
  ["framebuffer", /frame-?buffer|splash|simplefb|simple-fb|cont-splash|lut/i],
  ["shared-memory", /shmem|shared|rmtfs|smem|vdev|ipc|mailbox/i],
  ["secure", /optee|op-tee|tee|atf|bl31|bl32|secmon|trust|\btz|tzapp|secure|psci|hyp/i],
];

/**
 * The children of /reserved-memory (of `reg` and `size`, `reg` counts), the secure world's memory, and framebuffers.
 */
export function reservationsOf(context: TreeContext): TreeReservation[] {
  const secure = context.tree.root.children.filter(isSecureMemory).map((node) => elsewhere(node, "secure"));
  const scannedOut = context.nodes.filter(isFramebuffer).map((node) => elsewhere(node, "framebuffer"));
  return [...childrenOf(context), ...secure, ...scannedOut.filter(({ ranges }) => ranges.length > 0)];
}

/** A framebuffer that the boot loader set up: `reg` is memory (simple-framebuffer.yaml). */
export function isFramebuffer(node: TreeNode): boolean {
  return isCompatible(node, "simple-framebuffer") && has(node, "reg");
}

/** Memory that is kept although it is no child of /reserved-memory. */
function elsewhere(node: TreeNode, type: TreeReservationType): TreeReservation {
  return {
    node,
    type,
    origin: undefined,
    ranges: reachableRegisters(node),
    size: undefined,
    alignment: undefined,
    allocRanges: [],
    noMap: type === "secure",
    reusable: false,
    disabled: type !== "secure" && !isEnabled(node),
    users: [],
  };
}

function childrenOf(context: TreeContext): TreeReservation[] {
  const parent = context.tree.root.children.find((node) => node.name === "reserved-memory");
  if (!parent) return [];
  if (rangesOf(parent, "ranges") === undefined)
    context.note(parent, "no ranges that can be read: the kernel ignores all of it");
  const users = usersOf(context);
  return parent.children.flatMap((node) => reservationOf(node, users.get(node) ?? [], context) ?? []);
}

function reservationOf(node: TreeNode, users: readonly TreeNode[], context: TreeContext): TreeReservation | undefined {
  const ranges = reachableRegisters(node);
  const size = sizeOf(node, "size");
  const virtual = has(node, "iommu-addresses");
  if (ranges.length === 0 && (size === undefined || size === 0n)) {
    // A reservation of I/O virtual addresses alone has neither.
    if (!virtual) context.note(node, "a reservation with neither reg nor size that can be read: it is left out");
    return undefined;
  }
  return {
    node,
    type: typeOf(node),
    origin: "reserved-memory",
    ranges,
    size: ranges.length === 0 ? size : undefined,
    alignment: ranges.length === 0 ? sizeOf(node, "alignment") : undefined,
    allocRanges: ranges.length === 0 ? allocRangesOf(node) : [],
    noMap: has(node, "no-map"),
    reusable: has(node, "reusable"),
    disabled: !isEnabled(node),
    users,
  };
}

function typeOf(node: TreeNode): TreeReservationType {
  const said = [...textsOf(node, "compatible"), baseName(node), ...textsOf(node, "label")].join(" ");
  if (isCompatible(node, "shared-dma-pool", "restricted-dma-pool")) return "dma-pool";
  return TYPES.find(([, pattern]) => pattern.test(said))?.[0] ?? (has(node, "reusable") ? "dma-pool" : "firmware");
}

function sizeOf(node: TreeNode, property: string): bigint | undefined {
  const cells = cellsOf(node, property);
  const value = cells && cells.length > 0 ? numberOf(cells) : undefined;
  return value !== undefined && value < 1n << 64n ? value : undefined;
}

function allocRangesOf(node: TreeNode): CapturedRange[] {
  const bus = node.parent && busCells(node.parent);
  const pairs = bus ? tuples(cellsOf(node, "alloc-ranges") ?? [], [bus.address, bus.size]) : [];
  return pairs.flatMap(([base = [], size = []]) => rangeFrom(numberOf(base), numberOf(size)) ?? []);
}

function usersOf(context: TreeContext): Map<TreeNode, TreeNode[]> {
  const users = new Map<TreeNode, TreeNode[]>();
  for (const node of context.nodes) {
    for (const phandle of cellsOf(node, "memory-region") ?? []) {
      const region = context.node(phandle);
      if (!region) continue;
      addTo(users, region, node);
    }
  }
  return users;
}
