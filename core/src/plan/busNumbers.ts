// Bus numbers against the tree of the bridges: a function sits on the bus of the bridge above it, a bridge's buses lie among those of the
// bridge above, and come after its own bus; two bridges of one bus share none. Knows nothing of other host bridges, nor of addresses in memory.
import { under } from "../anchor";
import type { Edit } from "../finding";
import type { BusRange } from "../pciAddress";
import { printBusRange } from "../pciAddress";
import type { HostBridge } from "../platform";
import type { PciNode } from "./pciTree";

/** What is wrong with the numbers of a function, or of the bridge above it (`bus-of-all`: all that is directly below sits on one other bus). */
export type BusFault =
  | { readonly kind: "segment"; readonly node: PciNode; readonly segment: number }
  | { readonly kind: "bus"; readonly node: PciNode; readonly buses: BusRange }
  | { readonly kind: "bus-of-all"; readonly node: PciNode; readonly buses: BusRange }
  | { readonly kind: "before-own-bus"; readonly node: PciNode; readonly behind: BusRange }
  | { readonly kind: "beyond-parent"; readonly node: PciNode; readonly behind: BusRange; readonly buses: BusRange }
  | { readonly kind: "shared"; readonly node: PciNode; readonly other: PciNode; readonly shared: BusRange };

/** Every fault, at most one kind a function; two bridges that share buses are one fault of the later one. */
export function* busFaults(functions: readonly PciNode[]): Generator<BusFault> {
  const claims = new Map<PciNode | HostBridge, (PciNode | undefined)[]>();
  const onOneBus = busesOfChildren(functions);
  for (const node of functions) {
    const fault = ownFault(node);
    const common = fault?.kind === "bus" ? onOneBus.get(node.parent ?? node.hostBridge) : undefined;
    if (common && fault?.kind === "bus") {
      if (common.first === node) yield { kind: "bus-of-all", node, buses: fault.buses };
    } else if (fault) yield fault;
    else yield* sharedBuses(node, claims);
  }
}

/** The buses behind the bridge above, as far as they are given. The host bridge has all of them when it does not say which. */
export function busesAbove(node: PciNode): BusRange | "unknown" | undefined {
  return node.parent ? busesBehind(node.parent) : busesOf(node.hostBridge);
}

/** The buses that a host bridge owns. */
export function busesOf(bridge: HostBridge): BusRange {
  return bridge.buses ?? { first: 0, last: 0xff };
}

/** The edits after which the buses of every bridge above `node` hold `wanted`. */
export function widenBusesAbove(node: PciNode, wanted: BusRange): Edit[] {
  const edits: Edit[] = [];
  let needed = wanted;
  for (let up = node.parent; up; up = up.parent) {
    const had = busesBehind(up);
    if (had === undefined || had === "unknown") return [];
    if (holds(had, needed)) return edits;
    needed = hull(had, needed);
    edits.push({ op: "replace", at: under(up.anchor, "buses"), value: { json: printBusRange(needed) } });
  }
  const had = busesOf(node.hostBridge);
  if (holds(had, needed)) return edits;
  return [...edits, { op: "replace", at: under(node.hostBridge.anchor, "buses"), value: { json: printBusRange(hull(had, needed)) } }];
}

export function busIntersection(a: BusRange, b: BusRange): BusRange | undefined {
  const first = Math.max(a.first, b.first);
  const last = Math.min(a.last, b.last);
  return first <= last ? { first, last } : undefined;
}

function ownFault(node: PciNode): BusFault | undefined {
  const segment = node.hostBridge.segment ?? 0;
  if (node.segment !== segment) return { kind: "segment", node, segment };
  const buses = busesAbove(node);
  const { bus } = node.function.at;
  if (buses !== undefined && buses !== "unknown") {
    // Virtual functions may be numbered past the end of a bus (SR-IOV specification, VF stride); everything else is on the first one.
    if (node.function.virtual === true ? !holds(buses, { first: bus, last: bus }) : bus !== buses.first) return { kind: "bus", node, buses };
  }
  const behind = busesBehind(node);
  if (behind === undefined || behind === "unknown") return undefined;
  if (behind.first <= bus) return { kind: "before-own-bus", node, behind };
  return buses !== undefined && buses !== "unknown" && !holds(buses, behind) ? { kind: "beyond-parent", node, behind, buses } : undefined;
}

/** For each bridge with several functions directly below it that all sit on one bus: the first of them. */
function busesOfChildren(functions: readonly PciNode[]): ReadonlyMap<PciNode | HostBridge, { readonly first: PciNode }> {
  const found = new Map<PciNode | HostBridge, { first: PciNode; count: number; isOne: boolean }>();
  for (const node of functions) {
    if (node.function.virtual === true) continue;
    const key = node.parent ?? node.hostBridge;
    const seen = found.get(key);
    if (!seen) found.set(key, { first: node, count: 1, isOne: true });
    else {
      seen.count++;
      if (seen.first.function.at.bus !== node.function.at.bus) seen.isOne = false;
    }
  }
  for (const [key, { count, isOne }] of found) if (count < 2 || !isOne) found.delete(key);
  return found;
}

function* sharedBuses(node: PciNode, claims: Map<PciNode | HostBridge, (PciNode | undefined)[]>): Generator<BusFault> {
  const behind = busesBehind(node);
  if (behind === undefined || behind === "unknown") return;
  const key = node.parent ?? node.hostBridge;
  const owners = claims.get(key) ?? [];
  claims.set(key, owners);
  const others = new Set<PciNode>();
  for (let bus = behind.first; bus <= behind.last; bus++) {
    const owner = (owners[bus] ??= node);
    if (owner !== node && owner.requesterId !== node.requesterId) others.add(owner);
  }
  for (const other of others) {
    const theirs = busesBehind(other);
    const shared = theirs === undefined || theirs === "unknown" ? undefined : busIntersection(theirs, behind);
    if (shared) yield { kind: "shared", node, other, shared };
  }
}

/** Bus 00 is never behind a bridge: a bridge that says so has not been numbered. */
function busesBehind(node: PciNode): BusRange | "unknown" | undefined {
  const { buses } = node.function;
  return buses !== undefined && buses !== "unknown" && buses.first === 0 && buses.last === 0 ? undefined : buses;
}

function holds(outer: BusRange, inner: BusRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

function hull(a: BusRange, b: BusRange): BusRange {
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}
