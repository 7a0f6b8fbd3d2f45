// The migration groups that a fleet declares, held against the hosts that can exchange guests. Knows nothing of words.
import type { MigrationGroup } from "../guest";
import type { ExchangeGroup } from "./exchange";
import { exchangeGroupOf } from "./exchange";
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
