// The windows at which the hosts' devices find doorbells, as guests see them: those that are described, and the one that Linux takes on Arm where nothing
// is. Knows nothing of guest memory.
import type { AddressRange } from "../address";
import { sameRange } from "../address";
import type { Anchor } from "../anchor";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import { asEmittedByGuest } from "./dmaAddresses";
import { allRegionsOf } from "./hostRegions";

export interface HostMsiWindow {
  readonly range: AddressRange<"ipa">;
  /** Software chooses where it lies. */
  readonly isProgrammable: boolean;
  /** The value that describes it; undefined where it is the kernel's usual one. */
  readonly at: Anchor | undefined;
}

/** Each range once. */
export const msiWindowsOf: (plan: Plan) => readonly HostMsiWindow[] = perPlan((plan) => {
  const described = (plan.platform.iommus ?? [])
    .filter((iommu) => iommu.disabled !== true)
    .flatMap(({ msiWindow }) => (msiWindow?.extent?.ranges ?? []).map((range): HostMsiWindow => ({ range: asEmittedByGuest(range), isProgrammable: msiWindow?.programmable === true, at: msiWindow?.extent?.at })));
  const usual = allRegionsOf(plan).regions.filter((one) => one.kind === "software-msi").map(({ range }): HostMsiWindow => ({ range, isProgrammable: false, at: undefined }));
  const windows: HostMsiWindow[] = [];
  for (const one of [...described, ...usual]) if (!windows.some((other) => sameRange(other.range, one.range))) windows.push(one);
  return windows;
});

/** True for the very range of a window of the host. */
export function isMsiWindow(plan: Plan, range: AddressRange<"ipa">): boolean {
  return msiWindowsOf(plan).some((one) => sameRange(one.range, range));
}
