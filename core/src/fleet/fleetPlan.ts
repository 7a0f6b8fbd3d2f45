// The plan of one fleet: its hosts, and the guests that move between them. What follows from that is worked out once, when somebody first asks.
// Knows nothing of rules, nor of how the files were found.
import type { Anchor } from "../anchor";
import type { Fleet, MigrationGroup } from "../guest";
import type { GuestPlan } from "../guest/guestPlan";
import type { FileReading } from "../plan/filePlan";
import { FilePlan } from "../plan/filePlan";
import type { Plan } from "../plan/plan";

/** A host of a fleet. */
export interface FleetHost {
  /** The name that the platform file gives. */
  readonly name: string;
  readonly plan: Plan;
  /** The value that names the platform file. */
  readonly namedAt: Anchor;
}

/** A guest that moves between the hosts of a migration group, planned against the hosts that its own file names. */
export interface FleetGuest {
  readonly group: MigrationGroup;
  readonly plan: GuestPlan;
  /** The value that names the guest's file. */
  readonly namedAt: Anchor;
}

export class FleetPlan extends FilePlan {
  readonly kind = "fleet";
  readonly fleet: Fleet;

  /** @param hosts in the order in which the file names them, each platform file once. What could not be read is left out, and a problem says so. */
  constructor(
    reading: FileReading<Fleet>,
    readonly hosts: readonly FleetHost[],
    readonly guests: readonly FleetGuest[],
  ) {
    super(reading);
    this.fleet = reading.value;
  }

  /** The host of a name; of two with one name, the first. */
  host(name: string): FleetHost | undefined {
    return this.once("hosts by name", () => new Map([...this.hosts].reverse().map((host) => [host.name, host]))).get(name);
  }
}
