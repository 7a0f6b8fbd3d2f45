// What a fleet costs its guests in address space: what the hosts keep from them together, what each keeps alone, and what would be gained by leaving one out.
// Knows nothing of guests.
import type { Address, AddressRange } from "../address";
import { ADDRESS_LIMIT, address, intersection, sizeOf } from "../address";
import { inputWidthOf, pageOf } from "../guest/contributions";
import { outward } from "../guest/forbidden";
import { allRegionsOf } from "../guest/hostRegions";
import { perPlan } from "../plan/perPlan";
import { RangeSet } from "../plan/rangeSet";
import type { FleetHost, FleetPlan } from "./fleetPlan";

export interface HostCost {
  readonly host: FleetHost;
  /** What it keeps from guests, below the end of usable addresses of the fleet, in bytes. */
  readonly bytes: bigint;
  /** What no other host keeps. Upward. */
  readonly only: readonly AddressRange<"ipa">[];
  /** Addresses above the fleet's end that would become usable: it alone has the narrowest IOMMU. */
  readonly gainedAbove: bigint;
  /** The page becomes finer without it: it alone has the coarsest. Undefined where nothing changes. */
  readonly finerPage: bigint | undefined;
  /** The end of uninterrupted memory from `USUAL_BASE` without it. */
  readonly endWithout: Address<"ipa">;
}

export interface UnionCost {
  /** The first address that is not usable on all hosts; undefined where no host gives a width. */
  readonly end: Address<"ipa"> | undefined;
  /** In bytes. */
  readonly page: bigint;
  readonly bytes: bigint;
  /** Of that below 4 GiB. */
  readonly bytesBelow4Gib: bigint;
  /** The end of uninterrupted memory from `USUAL_BASE`. */
  readonly uninterruptedEnd: Address<"ipa">;
  /** In the order of the fleet. */
  readonly hosts: readonly HostCost[];
}

/** Where memory of guests usually begins on Arm. */
export const USUAL_BASE: Address<"ipa"> = address(0x4000_0000n);
const FOUR_GIB = 1n << 32n;

export const unionCostOf: (plan: FleetPlan) => UnionCost = perPlan((plan: FleetPlan) => {
  const page = plan.hosts.reduce((most, { plan: host }) => (pageOf(host) > most ? pageOf(host) : most), 4096n);
  const ends = plan.hosts.map(({ plan: host }) => inputWidthOf(host)?.bits).map((bits) => (bits === undefined ? undefined : 1n << BigInt(bits)));
  const end = least(ends);
  const whole = { base: address<"ipa">(0n), end: address<"ipa">(end ?? ADDRESS_LIMIT) };
  const kept = plan.hosts.map(({ plan: host }) => new RangeSet(allRegionsOf(host).regions.flatMap((one) => intersection(outward(one.range, page), whole) ?? [])));
  const { union, only } = coverage(kept);
  const uninterruptedEnd = firstFrom(USUAL_BASE, new RangeSet(union), whole.end);
  return {
    end: end === undefined ? undefined : address(end),
    page,
    bytes: bytesOf(union),
    bytesBelow4Gib: bytesOf(union.flatMap((one) => intersection(one, { base: address(0n), end: address(FOUR_GIB) }) ?? [])),
    uninterruptedEnd,
    hosts: plan.hosts.map((host, index): HostCost => ({
      host,
      bytes: bytesOf(kept[index]?.ranges ?? []),
      only: only[index] ?? [],
      gainedAbove: gainedAbove(ends, index),
      finerPage: finerPage(plan, index, page),
      endWithout: endWithout(union, only[index] ?? [], uninterruptedEnd, whole.end),
    })),
  };
});

/** One sweep over all ranges: where at least one host is, and where exactly one is, which. Hosts are told apart by the sum of the indices that are open. */
function coverage(kept: readonly RangeSet<"ipa">[]): { union: AddressRange<"ipa">[]; only: AddressRange<"ipa">[][] } {
  const events = kept.flatMap((set, index) => set.ranges.flatMap(({ base, end }) => [{ at: base, step: 1, index }, { at: end, step: -1, index }]));
  events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const union: AddressRange<"ipa">[] = [];
  const only = kept.map((): AddressRange<"ipa">[] => []);
  let [open, sum, from] = [0, 0, address<"ipa">(0n)];
  for (const { at, step, index } of events) {
    if (open > 0 && at > from) append(union, { base: from, end: at });
    if (open === 1 && at > from) append(only[sum] as AddressRange<"ipa">[], { base: from, end: at });
    open += step;
    sum += step * index;
    from = at;
  }
  return { union, only };
}

function append(list: AddressRange<"ipa">[], range: AddressRange<"ipa">): void {
  const last = list.at(-1);
  if (last?.end === range.base) list[list.length - 1] = { base: last.base, end: range.end };
  else list.push(range);
}

function firstFrom(base: Address<"ipa">, taken: RangeSet<"ipa">, end: Address<"ipa">): Address<"ipa"> {
  if (base >= end) return base;
  const [free] = taken.missingIn({ base, end });
  return free?.base === base ? free.end : base;
}

/** Only a host that is at the first obstacle gains anything there. */
function endWithout(union: readonly AddressRange<"ipa">[], only: readonly AddressRange<"ipa">[], before: Address<"ipa">, end: Address<"ipa">): Address<"ipa"> {
  if (!only.some((one) => one.base <= before && before < one.end)) return before;
  const own = new RangeSet(only);
  return firstFrom(USUAL_BASE, new RangeSet(union.flatMap((one) => own.missingIn(one))), end);
}

function gainedAbove(ends: readonly (bigint | undefined)[], index: number): bigint {
  const [all, rest] = [least(ends), least(ends.filter((_, other) => other !== index))];
  return all === undefined || rest === undefined ? 0n : rest - all;
}

function finerPage({ hosts }: FleetPlan, index: number, page: bigint): bigint | undefined {
  const own = hosts[index];
  if (!own || pageOf(own.plan) < page || hosts.length < 2) return undefined;
  const rest = hosts.reduce((most, host, other) => (other !== index && pageOf(host.plan) > most ? pageOf(host.plan) : most), 4096n);
  return rest < page ? rest : undefined;
}

function least(values: readonly (bigint | undefined)[]): bigint | undefined {
  return values.reduce<bigint | undefined>((low, one) => (one !== undefined && (low === undefined || one < low) ? one : low), undefined);
}

function bytesOf(ranges: readonly AddressRange<"ipa">[]): bigint {
  return ranges.reduce((sum, range) => sum + sizeOf(range), 0n);
}
