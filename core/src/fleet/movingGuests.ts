// The guests of a fleet, each on the hosts of its migration group: where it fits as it is, and how much room it has. Knows nothing of words.
import type { Headroom } from "../guest/headroom";
import { headroomOf } from "../guest/headroom";
import type { HostFit } from "../guest/hostFit";
import { hostFit } from "../guest/hostFit";
import { perPlan } from "../plan/perPlan";
import { groupHosts } from "./declaredGroups";
import type { FleetGuest, FleetPlan } from "./fleetPlan";

export interface MovingGuest {
  readonly guest: FleetGuest;
  /** One a host of the group, in its order; the hosts need not be among those that the guest's own file names. */
  readonly fits: readonly HostFit[];
  /** Names of hosts of the group that the guest was not planned for. */
  readonly unplanned: readonly string[];
  readonly headroom: Headroom | undefined;
}

/** In the order of the file. */
export const movingGuestsOf: (plan: FleetPlan) => readonly MovingGuest[] = perPlan((plan: FleetPlan) =>
  plan.guests.map((guest): MovingGuest => {
    const hosts = groupHosts(plan, guest.group);
    return {
      guest,
      fits: hosts.map((host) => hostFit(guest.plan, host)),
      unplanned: hosts.filter((host) => !guest.plan.host(host.name)).map((host) => host.name),
      headroom: headroomOf(guest.plan),
    };
  }),
);
