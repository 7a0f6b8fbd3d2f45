// What each host of a guest brings to the plan: regions to keep off, the widest address that its IOMMUs take, the coarsest page that it maps with.
// Knows nothing of how hosts are joined, nor of where memory goes.
import type { AddressRange } from "../address";
import type { Anchor } from "../anchor";
import type { Guest } from "../guest";
import { granuleOf } from "../plan/mappingPage";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import type { GuestHost, GuestPlan } from "./guestPlan";
import type { HostRegions } from "./hostRegions";
import { allRegionsOf, regionsForPassed } from "./hostRegions";
import { msiWindowsOf } from "./msiWindows";
import { functionsOn, undescribedOn } from "./passedThrough";

export type PlacementPolicy = NonNullable<Guest["policy"]>;

/** A width in bits, and the IOMMU that has it. */
export interface InputWidth {
  readonly bits: number;
  readonly iommu: string;
}

export interface Contribution extends HostRegions {
  /** The host's name. */
  readonly host: string;
  readonly namedAt: Anchor;
  /** The narrowest of its IOMMUs; undefined where no width is given. */
  readonly inputWidth: InputWidth | undefined;
  /** Where devices of this host find doorbells; several where its IOMMUs differ. */
  readonly msiWindows: readonly AddressRange<"ipa">[];
  /** The coarsest of its kernel's page and the granules of its IOMMUs, in bytes; 4 KiB where nothing is given. */
  readonly page: bigint;
}

/** In the order of the hosts. */
export const contributionsOf: (plan: GuestPlan) => readonly Contribution[] = perPlan((plan: GuestPlan) => plan.hosts.map((host) => contributionOf(plan, host, policyOf(plan.guest))));

/** What one host brings under a policy, which need not be the guest's own. */
export function contributionOf(plan: GuestPlan, host: GuestHost, policy: PlacementPolicy): Contribution {
  const nodes = functionsOn(plan, host);
  const missing = undescribedOn(plan, host);
  const regions = policy === "strict" ? allRegionsOf(host.plan) : regionsForPassed(host.plan, nodes, missing);
  const hasSay = policy === "strict" || nodes.length + missing.length > 0;
  const msiWindows = hasSay ? msiWindowsOf(host.plan).map((one) => one.range) : [];
  return { host: host.name, namedAt: host.namedAt, ...regions, inputWidth: inputWidthOf(host.plan), msiWindows, page: pageOf(host.plan) };
}

export function policyOf(guest: Guest): PlacementPolicy {
  return guest.policy ?? "strict";
}

/** The narrowest input of a host's IOMMUs that are on. */
export const inputWidthOf: (plan: Plan) => InputWidth | undefined = perPlan((plan) => {
  let least: InputWidth | undefined;
  for (const { name, inputBits, disabled } of plan.platform.iommus ?? []) {
    if (inputBits !== undefined && disabled !== true && (least === undefined || inputBits < least.bits)) least = { bits: inputBits, iommu: name };
  }
  return least;
});

const SMALLEST_PAGE = 4096n;

/** The coarsest page with which a host maps guest memory, in bytes (domain.md 4.2). */
export const pageOf: (plan: Plan) => bigint = perPlan((plan) => {
  const granules = (plan.platform.iommus ?? []).filter((iommu) => iommu.disabled !== true).map((iommu) => granuleOf(iommu, plan.platform.pageSize));
  return [plan.platform.pageSize, ...granules].reduce<bigint>((most, one) => (one !== undefined && one > most ? one : most), SMALLEST_PAGE);
});
