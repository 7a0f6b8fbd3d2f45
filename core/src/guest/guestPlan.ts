// The plan of one guest: what its file says, and the hosts that it must run on. What follows from that is worked out once, when somebody first asks.
// Knows nothing of rules, nor of how the files of the hosts were found.
import type { Anchor } from "../anchor";
import type { Guest } from "../guest";
import type { FileReading } from "../plan/filePlan";
import { FilePlan } from "../plan/filePlan";
import type { Plan } from "../plan/plan";

/** A host that a guest must run on. */
export interface GuestHost {
  /** The name that the platform file gives. */
  readonly name: string;
  readonly plan: Plan;
  /** The value of the guest's or the fleet's file that names the platform file. */
  readonly namedAt: Anchor;
}

export class GuestPlan extends FilePlan {
  readonly kind = "guest";
  readonly guest: Guest;

  /**
   * @param hosts in the order in which the files name them, each platform file once. Those that could not be read are left out, and a problem says so.
   */
  constructor(
    private readonly reading: FileReading<Guest>,
    readonly hosts: readonly GuestHost[],
  ) {
    super(reading);
    this.guest = reading.value;
  }

  /** The same guest on other hosts. */
  withHosts(hosts: readonly GuestHost[]): GuestPlan {
    return new GuestPlan(this.reading, hosts);
  }

  /** The host of a name; of two with one name, the first. */
  host(name: string): GuestHost | undefined {
    return this.once("hosts by name", () => new Map([...this.hosts].reverse().map((host) => [host.name, host]))).get(name);
  }
}
