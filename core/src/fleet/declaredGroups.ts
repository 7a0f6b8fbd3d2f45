// The migration groups that a fleet declares, held against the hosts that can exchange guests. Knows nothing of words.
import type { MigrationGroup } from "../guest";
import type { ExchangeGroup, Unlikeness } from "./exchange";
import { exchangeGroupOf, isolationOf, unlikeness } from "./exchange";
import type { FleetHost, FleetPlan } from "./fleetPlan";

/** The hosts of a declared group, each once; names that are not known are left out. */
export function groupHosts(plan: FleetPlan, { platforms }: MigrationGroup): FleetHost[] {
  return [...new Set(platforms.flatMap((name) => plan.host(name) ?? []))];
}

/** The hosts of a declared group, apart as far as they cannot exchange guests: one part where the group holds. In the order of the declaration. */
export function partsOf(plan: FleetPlan, group: MigrationGroup): FleetHost[][] {
  const parts = new Map<ExchangeGroup | undefined, FleetHost[]>();
  for (const host of groupHosts(plan, group)) {
    const key = exchangeGroupOf(plan).get(host);
    parts.set(key, [...(parts.get(key) ?? []), host]);
  }
  return [...parts.values()];
}

/** A declared group with the verdict on it. */
export interface DeclaredGroup {
  readonly group: MigrationGroup;
  readonly parts: readonly (readonly FleetHost[])[];
  /** `open`: whether its hosts can exchange guests hangs on something that is not described. */
  readonly verdict: "holds" | "fails" | "open";
  /** Why each further part cannot exchange guests with the first. */
  readonly unlikenesses: readonly Unlikeness[];
}

/** In the order of the file. */
export function declaredGroupsOf(plan: FleetPlan): DeclaredGroup[] {
  return (plan.fleet.migrationGroups ?? []).map((group): DeclaredGroup => {
    const parts = partsOf(plan, group);
    const [first, ...others] = parts;
    const unlikenesses = others.flatMap(([host]) => (host && first?.[0] ? (unlikeness(plan, host, first[0]) ?? []) : []));
    const verdict = unlikenesses.length === 0 ? "holds" : unlikenesses.every((one) => isOpen(plan, one)) ? "open" : "fails";
    return { group, parts, verdict, unlikenesses };
  });
}

/** Where it is not known whether there is ACS, nothing says that the two cannot exchange guests. */
export function isOpen(plan: FleetPlan, { first, second, differences }: Unlikeness): boolean {
  return differences.length > 0 && ![first, second].some((host) => isolationOf(plan).get(host)?.kind === "no-acs");
}
