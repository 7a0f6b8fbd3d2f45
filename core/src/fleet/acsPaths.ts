// Whether a host sends what its passed-through devices emit to the IOMMU, whatever address it names: then only reserved regions stand between guests of two
// hosts, and nothing else of their I/O. Knows nothing of other hosts.
import { listedLabels } from "../describe/assignability";
import { redirectsRequests } from "../guest/hostRegions";
import { assignedFunctions } from "../plan/assignment";
import { isBridge } from "../plan/assignmentObstacles";
import { testAcs } from "../plan/acsTest";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { Plan } from "../plan/plan";

/** `unknown`: nothing described tells. `because` is a clause. */
export interface PathIsolation {
  readonly kind: "acs" | "no-acs" | "unknown";
  readonly because: string;
}

/**
 * Asks about what guests get on the host; where no guest names anything, about what is meant for assignment; where nothing is, about every function that
 * could be.
 */
export function pathIsolation(plan: Plan, given: readonly PciNode[]): PathIsolation {
  const assigned = assignedFunctions(plan);
  const asked = given.length > 0 ? given : assigned.length > 0 ? assigned : plan.functions.filter((node) => !isBridge(node));
  if (asked.length === 0) return { kind: "unknown", because: "no PCI function is described that a guest could get" };
  const leaks = asked.flatMap((node) => leakAbove(plan, node) ?? []);
  const [first] = leaks.filter((one) => one.kind === "no-acs");
  if (first) return first;
  return leaks[0] ?? { kind: "acs", because: `every request of ${listedLabels(asked.map((node) => node.label))} goes to the IOMMU` };
}

function leakAbove(plan: Plan, node: PciNode): PathIsolation | undefined {
  const path = [...ancestors(node)];
  if (path.length === 0) return { kind: "no-acs", because: `no port above ${node.label} could redirect its requests` };
  const port = path.find((one) => !redirectsRequests(plan, one));
  if (!port) return undefined;
  const verdict = testAcs(port.function, port.label, ["RR", "UF"]);
  if (verdict.kind === "unknown") return { kind: "unknown", because: verdict.because };
  const why = verdict.kind === "disabled-bits" ? `has ${verdict.missing.join(" and ")} off` : verdict.kind === "no-capability" ? "has no ACS" : "never redirects";
  return { kind: "no-acs", because: `${port.label} above ${node.label} ${why}` };
}
