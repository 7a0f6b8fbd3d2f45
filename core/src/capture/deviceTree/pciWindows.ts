// The windows of PCI host bridges, outbound and inbound (PCI Bus Binding to IEEE 1275, 2.2.1.1; domain.md 7.3). Knows
// nothing of configuration space.
import type { WindowType } from "../pciFunctionFacts";
import { has } from "./properties";
import type { RangesEntry } from "./translate";
import { rangesOf, toPhysical } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

/** `cpu` is physical. */
export interface TreeWindow {
  readonly type: WindowType;
  readonly cpu: bigint;
  readonly bus: bigint;
  readonly size: bigint;
}

export interface TreeInbound {
  readonly bus: bigint;
  readonly cpu: bigint;
  readonly size: bigint;
}

const PREFETCHABLE = 0x4000_0000;
const LIMIT = 1n << 64n;
const FOUR_GIBIBYTES = 1n << 32n;

/** The windows of `ranges`, in its order. */
export function windowsOf(host: TreeNode, context: TreeContext): TreeWindow[] | "unknown" {
  const ranges = rangesOf(host, "ranges");
  if (ranges === undefined || ranges === "identity") {
    if (has(host, "ranges")) context.note(host, "its ranges cannot be read");
    return "unknown";
  }
  return ranges.flatMap((entry) => windowOf(host, entry, context) ?? []);
}

/**
 * The windows of the nearest `dma-ranges` that is not empty, the bridge's own or that of a bus above, as the kernel
 * looks for it. Undefined: none is, so that all memory is reached one to one.
 */
export function inboundOf(host: TreeNode, context: TreeContext): TreeInbound[] | "unknown" | undefined {
  for (let bus: TreeNode | undefined = host; bus?.parent; bus = bus.parent) {
    const ranges = rangesOf(bus, "dma-ranges");
    if (ranges === undefined && has(bus, "dma-ranges")) {
      context.note(bus, "its dma-ranges cannot be read");
      return "unknown";
    }
    if (ranges !== undefined && ranges !== "identity") return inboundFrom(bus, host, ranges, context);
  }
  return undefined;
}

function inboundFrom(
  bus: TreeNode,
  host: TreeNode,
  ranges: readonly RangesEntry[],
  context: TreeContext,
): TreeInbound[] {
  return ranges.flatMap(({ child, parent, size }) => {
    const cpu = bus.parent && toPhysical(bus.parent, parent, "dma-ranges");
    const right = cpu !== undefined && fits(child, size) && fits(cpu, size);
    if (!right) context.note(host, `the inbound window at bus 0x${child.toString(16)} has no place: it is left out`);
    return right ? [{ bus: child, cpu, size }] : [];
  });
}

/** Space code 0 is configuration space: no window. */
function windowOf(
  host: TreeNode,
  { flags, child, parent, size }: RangesEntry,
  context: TreeContext,
): TreeWindow | undefined {
  const stated = typeOf(flags);
  const type = stated?.startsWith("mem32") && child >= FOUR_GIBIBYTES ? wide(host, child, stated, context) : stated;
  const cpu = host.parent && toPhysical(host.parent, parent);
  if (type === undefined) return undefined;
  if (cpu === undefined || !fits(child, size) || !fits(cpu, size)) {
    context.note(
      host,
      `the ${type} window at bus 0x${child.toString(16)} has no place in the physical map: it is left out`,
    );
    return undefined;
  }
  return { type, cpu, bus: child, size };
}

/** Linux does not mind the wrong space code: such a window can only be 64 bits wide. */
function wide(host: TreeNode, bus: bigint, stated: WindowType, context: TreeContext): WindowType {
  context.note(
    host,
    `the window at bus 0x${bus.toString(16)} has the space code of 32 bits; it is written as one of 64 bits`,
  );
  return stated === "mem32" ? "mem64" : "mem64-prefetchable";
}

/** Bits 25:24 are the space, bit 30 is prefetchable. */
function typeOf(flags: number): WindowType | undefined {
  const space = (flags >>> 24) & 3;
  if (space === 0) return undefined;
  if (space === 1) return "io";
  return `${space === 2 ? "mem32" : "mem64"}${(flags & PREFETCHABLE) === 0 ? "" : "-prefetchable"}`;
}

function fits(base: bigint, size: bigint): boolean {
  return size > 0n && base + size <= LIMIT;
}
