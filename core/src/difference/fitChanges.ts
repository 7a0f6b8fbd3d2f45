// On which hosts a guest no longer fits, and on which it does now. Knows nothing of whether the guest or a host has changed, nor of words.
import type { Anchor } from "../anchor";
import { hostFitsOf } from "../guest/hostFit";
import type { GuestPlan } from "../guest/guestPlan";

export interface FitChange {
  readonly guest: string;
  readonly host: string;
  readonly fitsNow: boolean;
  /** What stands against it, in clauses, on the side where it does not fit. */
  readonly obstacles: readonly string[];
  /** The value of the guest's file that names the host. */
  readonly before: Anchor;
  readonly after: Anchor;
}

/** Compares two plans of one guest. Hosts of which only one of them knows are left out: they came or went, and the entries say so. */
export function fitChanges(before: GuestPlan, after: GuestPlan): readonly FitChange[] {
  const old = new Map(hostFitsOf(before).map((one) => [one.host.name, one]));
  return hostFitsOf(after).flatMap((now): FitChange[] => {
    const then = old.get(now.host.name);
    const fitsNow = now.obstacles.length === 0;
    if (!then || fitsNow === (then.obstacles.length === 0)) return [];
    return [{ guest: after.guest.guest, host: now.host.name, fitsNow, obstacles: (fitsNow ? then : now).obstacles, before: then.host.namedAt, after: now.host.namedAt }];
  });
}
