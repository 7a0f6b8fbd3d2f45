// How much memory the BARs behind each bridge need, and how much its windows hold. Knows nothing of where a BAR lies: sizes alone, so that what is
// found too small is too small in every order.
import { sizeOf } from "../address";
import { under } from "../anchor";
import type { Bar, BridgeWindow, PciFunction } from "../platform";
import { isMisread } from "./misread";
import { known } from "./occupants";
import type { PciNode } from "./pciTree";
import { isIo, isPrefetchable, isSwitchedOff, wholeSteps, windowGranule } from "./pciWindows";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";

/** Bytes of memory; `fixed` is the part that does not come through a prefetchable window. */
export interface MemoryBytes {
  readonly all: bigint;
  readonly fixed: bigint;
}

/** A BAR that has no place yet. */
export interface WaitingBar {
  readonly node: PciNode;
  readonly bar: Bar;
}

/** What is behind one bridge. */
export interface BarDemand {
  readonly bridge: PciNode;
  readonly needed: MemoryBytes;
  readonly held: MemoryBytes;
  readonly waiting: readonly WaitingBar[];
  /** Why the sums cannot be made, when that is so. */
  readonly unknown: string | undefined;
}

/** The bridges behind which a BAR waits for a place, each before what is behind it. Expansion ROMs wait by right: they are only placed when somebody reads one. */
export const barDemands: (plan: Plan) => readonly BarDemand[] = perPlan((plan) => {
  const waitsBelow = new Map<PciNode, WaitingBar[]>();
  for (const node of plan.functions) {
    for (const bar of known(node.function.bars)) if (waits(bar) && !isSwitchedOff(node)) addAbove(waitsBelow, { node, bar });
  }
  return plan.functions.flatMap((bridge) => {
    const waiting = waitsBelow.get(bridge);
    return waiting ? [demandOf(plan, bridge, waiting)] : [];
  });
});

function addAbove(waitsBelow: Map<PciNode, WaitingBar[]>, waiting: WaitingBar): void {
  for (let up = waiting.node.parent; up; up = up.parent) {
    const found = waitsBelow.get(up);
    if (found) found.push(waiting);
    else waitsBelow.set(up, [waiting]);
  }
}

function waits({ bar, type, busExtent }: Bar): boolean {
  return busExtent === undefined && bar !== 6 && !isIo(type);
}

function demandOf(plan: Plan, bridge: PciNode, waiting: readonly WaitingBar[]): BarDemand {
  let [all, fixed] = [0n, 0n];
  let unknown = whyUnknown(plan, bridge);
  const open = [...bridge.children];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.function.disabled === true) continue;
    open.push(...node.children);
    if (node.function.bars === "unknown") unknown ??= `the BARs of ${node.label} are unknown`;
    for (const bar of known(node.function.bars)) {
      if (isIo(bar.type) || (bar.bar === 6 && !bar.busExtent)) continue;
      const bytes = bytesOf(bar, node.function);
      all += bytes;
      // With 64 bits a BAR may come through either window where all is PCIe.
      if (bar.type === "mem32") fixed += bytes;
    }
  }
  return { bridge, needed: { all, fixed }, held: heldBy(bridge.function), waiting, unknown };
}

/** What has a place takes that range; a BAR of virtual functions without one is as long as one of them, so all of them count. */
function bytesOf({ size, virtual, busExtent }: Bar, { virtualFunctions }: PciFunction): bigint {
  if (virtual !== true || busExtent) return size;
  const total = typeof virtualFunctions === "number" ? virtualFunctions : virtualFunctions?.total;
  return size * BigInt(total ?? 1);
}

function heldBy({ windows }: PciFunction): MemoryBytes {
  const memory = known<BridgeWindow>(windows).filter(({ type }) => !isIo(type));
  const sum = (some: readonly BridgeWindow[]): bigint =>
    some.reduce((bytes, { type, busExtent }) => {
      const range = busExtent?.ranges[0];
      return range ? bytes + sizeOf(wholeSteps(range, windowGranule(type))) : bytes;
    }, 0n);
  return { all: sum(memory), fixed: sum(memory.filter(({ type }) => !isPrefetchable(type))) };
}

/** A bridge that decodes subtractively forwards more than its windows. */
function whyUnknown(plan: Plan, { function: one, label }: PciNode): string | undefined {
  if (one.windows === "unknown") return `the windows of ${label} are unknown`;
  if (one.class === "060401") return `${label} forwards what nobody else claims`;
  return isMisread(plan, under(one.anchor, "windows")) ? `the windows of ${label} could not all be read` : undefined;
}
