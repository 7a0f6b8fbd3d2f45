// Which of a host bridge's scoped entries (IOMMU mappings, MSI mappings) each requester id belongs to.
// Knows nothing of what the entries lead to.
import type { IdRange, PciAddress } from "../pciAddress";
import { printPciAddress, requesterId } from "../pciAddress";
import type { HostBridge } from "../platform";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import { subtree } from "./pciTree";
import type { Plan } from "./plan";

/** How an entry says which functions it is for. None of the keys: all of the host bridge. */
export interface Scope {
  readonly ids?: IdRange;
  readonly devices?: readonly PciAddress[];
  readonly below?: boolean;
  readonly streams?: IdRange;
  /** Applied to the requester id before `ids` is matched. */
  readonly mask?: number;
}

/** Consecutive requester ids (inclusive, unmasked) that belong to one entry, or to none. */
export interface IdSegment<E> extends IdRange {
  readonly entry: E | undefined;
}

/** The requester ids that the buses of a host bridge can have. Buses that are absent are 00 to ff (language.md). */
export function requesterIdsOf(bridge: HostBridge): IdRange {
  const buses = bridge.buses ?? { first: 0, last: 0xff };
  return { first: buses.first << 8, last: (buses.last << 8) | 0xff };
}

/**
 * Divides the requester ids of a host bridge among entries, in ascending segments without gaps. Of several entries that cover an id, one that
 * names the function wins over a range of ids, and that over an entry without a scope (ACPI: DRHD with its scopes before the catch-all); among
 * equals the first one wins, as in iommu-map and msi-map (Linux, of_map_id).
 */
export function divideIds<E extends Scope>(plan: Plan, bridge: HostBridge, entries: readonly E[]): readonly IdSegment<E>[] {
  const whole = requesterIdsOf(bridge);
  const covered = entries.map((entry) => coveredIds(plan, bridge, entry));
  const starts = new Set([whole.first]);
  for (const ranges of covered) for (const range of ranges) starts.add(range.first).add(range.last + 1);
  const firsts = [...starts].filter((first) => first <= whole.last).sort((a, b) => a - b);
  const indexOf = new Map(firsts.map((first, index) => [first, index]));
  const owners = new Int32Array(firsts.length).fill(-1);
  for (const index of byAscendingPrecedence(entries)) {
    for (const range of covered[index] ?? []) owners.fill(index, indexOf.get(range.first), indexOf.get(range.last + 1) ?? firsts.length);
  }
  return merged(firsts, owners, whole.last, entries);
}

/** The segment that holds an id; undefined for an id that is not the host bridge's. */
export function segmentOf<T extends IdRange>(segments: readonly T[], id: number): T | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle] as T).last < id) low = middle + 1;
    else high = middle;
  }
  const found = segments[low];
  return found !== undefined && found.first <= id ? found : undefined;
}

/** The requester ids (unmasked) of a host bridge that a scope covers: ascending, disjoint, inclusive. */
export function coveredIds(plan: Plan, bridge: HostBridge, scope: Scope): readonly IdRange[] {
  const whole = requesterIdsOf(bridge);
  if (scope.devices) return clipped(idsOfDevices(plan, bridge, scope.devices, scope.below ?? false), whole);
  if (scope.ids === undefined) return [whole];
  const mask = (scope.mask ?? 0xffff) & 0xffff;
  return mask === 0xffff ? clipped([scope.ids], whole) : idsByMask(scope.ids, mask, whole);
}

/** The functions of a plan by full address. */
export const functionsByAddress: (plan: Plan) => ReadonlyMap<string, PciNode> = perPlan(
  (plan) => new Map(plan.functions.map((node) => [node.address, node])),
);

function idsOfDevices(plan: Plan, bridge: HostBridge, devices: readonly PciAddress[], below: boolean): IdRange[] {
  const ranges: IdRange[] = [];
  for (const at of devices) {
    if ((at.segment ?? bridge.segment ?? 0) !== (bridge.segment ?? 0)) continue;
    ranges.push(single(requesterId(at)));
    const node = below ? functionsByAddress(plan).get(printPciAddress(at, bridge.segment)) : undefined;
    if (node) ranges.push(...idsBelow(node));
  }
  return ranges;
}

function idsBelow(node: PciNode): IdRange[] {
  const { buses } = node.function;
  if (buses !== undefined && buses !== "unknown") return [{ first: buses.first << 8, last: (buses.last << 8) | 0xff }];
  return [...subtree(node)].map((one) => single(one.requesterId));
}

function idsByMask(ids: IdRange, mask: number, whole: IdRange): IdRange[] {
  if (mask === 0) return ids.first === 0 ? [whole] : [];
  const ranges: { first: number; last: number }[] = [];
  for (let id = whole.first; id <= whole.last; id++) {
    if ((id & mask) < ids.first || (id & mask) > ids.last) continue;
    const before = ranges.at(-1);
    if (before?.last === id - 1) before.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

function clipped(ranges: readonly IdRange[], whole: IdRange): IdRange[] {
  const inside = ranges.map(({ first, last }) => ({ first: Math.max(first, whole.first), last: Math.min(last, whole.last) }));
  const sorted = inside.filter(({ first, last }) => first <= last).sort((a, b) => a.first - b.first);
  const result: { first: number; last: number }[] = [];
  for (const range of sorted) {
    const before = result.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else result.push({ ...range });
  }
  return result;
}

/** Indices of the entries, so that whoever is painted over by a later one loses to it. */
function byAscendingPrecedence(entries: readonly Scope[]): number[] {
  const rank = (scope: Scope | undefined): number => (scope?.devices ? 2 : scope?.ids ? 1 : 0);
  return entries.map((_, index) => index).sort((a, b) => rank(entries[a]) - rank(entries[b]) || b - a);
}

function merged<E>(firsts: readonly number[], owners: Int32Array, last: number, entries: readonly E[]): IdSegment<E>[] {
  const segments: IdSegment<E>[] = [];
  for (let i = 0; i < firsts.length; ) {
    let next = i + 1;
    while (next < firsts.length && owners[next] === owners[i]) next++;
    segments.push({ first: firsts[i] as number, last: next < firsts.length ? (firsts[next] as number) - 1 : last, entry: entries[owners[i] ?? -1] });
    i = next;
  }
  return segments;
}

function single(id: number): IdRange {
  return { first: id, last: id };
}
