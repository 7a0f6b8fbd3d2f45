// What the file means to add while the guest runs, and which of the guest's memory would be in its way. Knows nothing of words.
import type { Passthrough } from "../guest";
import { printPciAddress } from "../pciAddress";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import { pageOf } from "./contributions";
import type { GuestHost, GuestPlan } from "./guestPlan";
import type { HostRegion } from "./hostRegions";
import { allRegionsOf, regionsFor } from "./hostRegions";
import type { ConflictsByWitness } from "./memoryConflicts";
import { memoryConflicts } from "./memoryConflicts";
import { passedThrough } from "./passedThrough";
import type { PinnedBank } from "./pinnedMemory";
import { pinnedMemory } from "./pinnedMemory";

/** An entry of `passthrough` that is for later. */
export interface HotplugCandidate {
  readonly entry: Passthrough;
  readonly host: GuestHost;
  /** Undefined where the host does not describe it: then every region of the host counts. */
  readonly node: PciNode | undefined;
  /** Name and address, or the address alone. */
  readonly label: string;
  /** What the host keeps from the memory of a guest that has the function. */
  readonly regions: readonly HostRegion[];
  readonly conflicts: ConflictsByWitness<PinnedBank>;
  /** Why regions may be missing, in clauses. */
  readonly unknown: readonly string[];
}

/** In the order of the file. */
export const hotplugCandidates: (plan: GuestPlan) => readonly HotplugCandidate[] = perPlan((plan: GuestPlan) => {
  const memory = pinnedMemory(plan);
  return passedThrough(plan).flatMap(({ entry, host, node }): HotplugCandidate[] => {
    if (entry.when !== "hotplug" || !host) return [];
    const { regions, unknown } = node ? regionsFor(host.plan, [node]) : allRegionsOf(host.plan);
    return [{ entry, host, node, label: node?.label ?? printPciAddress(entry.device), regions, conflicts: memoryConflicts(memory, regions, pageOf(host.plan)), unknown }];
  });
});
