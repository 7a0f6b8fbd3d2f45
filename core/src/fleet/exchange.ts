// Which hosts of a fleet can exchange guests. With ACS on every path of what guests get, two hosts of one architecture can, for guests that are planned around
// what both reserve. Without it a guest's DMA may be taken for an access to another device, wherever that is on the host, so that only hosts that are identical
// in their I/O can. More memory or more processors change nothing (the discussion of guest MSIs, November 2016). Knows nothing of single guests' maps.
import { functionsOn } from "../guest/passedThrough";
import type { GuestHost } from "../guest/guestPlan";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { PathIsolation } from "./acsPaths";
import { pathIsolation } from "./acsPaths";
import type { FleetHost, FleetPlan } from "./fleetPlan";
import type { IoDifference } from "./ioFacets";
import { ioDifferences, ioSignatureOf } from "./ioFacets";

/** Hosts that can exchange guests with one another. */
export interface ExchangeGroup {
  /** In the order of the fleet; at least one. */
  readonly hosts: readonly FleetHost[];
  /** `acs`: guests that are planned for all of them. `identical`: any guest, for the hosts do not differ in their I/O. `alone`: nobody to exchange with. */
  readonly by: "acs" | "identical" | "alone";
}

/** In the order of the fleet. */
export const exchangeGroupsOf: (plan: FleetPlan) => readonly ExchangeGroup[] = perPlan((plan: FleetPlan) => {
  const byKey = new Map<string, FleetHost[]>();
  for (const host of plan.hosts) {
    const key = keyOf(plan, host);
    byKey.set(key, [...(byKey.get(key) ?? []), host]);
  }
  return [...byKey].map(([key, hosts]): ExchangeGroup => ({ hosts, by: hosts.length === 1 ? "alone" : key.startsWith("acs ") ? "acs" : "identical" }));
});

/** The group of each host. */
export const exchangeGroupOf: (plan: FleetPlan) => ReadonlyMap<FleetHost, ExchangeGroup> = perPlan((plan: FleetPlan) =>
  new Map(exchangeGroupsOf(plan).flatMap((group) => group.hosts.map((host) => [host, group] as const))),
);

/** What is known of the paths of what guests get on a host. */
export const isolationOf: (plan: FleetPlan) => ReadonlyMap<FleetHost, PathIsolation> = perPlan((plan: FleetPlan) =>
  new Map(plan.hosts.map((host) => [host, pathIsolation(host.plan, givenOn(plan, host))])),
);

/** Why two hosts cannot exchange guests. */
export interface Unlikeness {
  readonly first: FleetHost;
  readonly second: FleetHost;
  /** A clause; why their I/O counts. */
  readonly because: string;
  /** Empty where the architecture is what differs. */
  readonly differences: readonly IoDifference[];
}

/** Undefined for hosts that can exchange guests. */
export function unlikeness(plan: FleetPlan, first: FleetHost, second: FleetHost): Unlikeness | undefined {
  const groups = exchangeGroupOf(plan);
  if (groups.get(first) === groups.get(second)) return undefined;
  const [one, other] = [first.plan.platform.arch, second.plan.platform.arch];
  if (one !== other) return { first, second, because: `${first.name} is ${one ?? "of an unknown architecture"}, and ${second.name} is ${other ?? "of an unknown architecture"}`, differences: [] };
  const culprit = [first, second].find((host) => isolationOf(plan).get(host)?.kind !== "acs") ?? first;
  const isolation = isolationOf(plan).get(culprit);
  return { first, second, because: `on ${culprit.name} ${isolation?.because ?? ""}`, differences: ioDifferences(first.plan, second.plan) };
}

function keyOf(plan: FleetPlan, host: FleetHost): string {
  const arch = host.plan.platform.arch ?? "";
  return isolationOf(plan).get(host)?.kind === "acs" ? `acs ${arch}` : `same ${arch}\n${ioSignatureOf(host.plan)}`;
}

/** What the guests of the fleet get on a host, each function once. */
function givenOn({ guests }: FleetPlan, host: FleetHost): PciNode[] {
  const given = guests.flatMap(({ plan }) => plan.hosts.filter((one) => isSame(one, host)).flatMap((one) => functionsOn(plan, one)));
  return [...new Set(given)];
}

function isSame(a: GuestHost, b: FleetHost): boolean {
  return a.plan === b.plan || a.name === b.name;
}
