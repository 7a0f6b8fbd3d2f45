// A placement as JSON. The names are fixed: other programs read them. Knows nothing of how places are found.
import type { AddressRange, Conflict, ForbiddenRange, GuestPlan, Placement, Relaxation, Requested } from "../../../../core/src/index";
import {
  describeConflict, describeFallback, describeRejected, describeRelaxation, forbiddenOf, inexpressible, kindWord, lastOf, POLICY_VERSION, policyOf, printPlainAddress,
  sameRange,
} from "../../../../core/src/index";
import { plainJson } from "../terminal";

/** A placement, and what would help where something does not fit. */
export interface Planned {
  readonly plan: GuestPlan;
  readonly placement: Placement;
  readonly relaxations: readonly Relaxation[];
}

export function printJsonPlan({ plan, placement, relaxations }: Planned): string {
  const { guest, hosts } = plan;
  const closed = forbiddenOf(plan);
  const other = inexpressible(plan, placement);
  const report = {
    guest: guest.guest,
    feasible: placement.feasible,
    memory: placement.memory.flatMap(({ entry, banks, origin }) => banks.map((bank) => ({ name: entry.name, ...ends(bank), origin }))),
    windows: placement.windows.flatMap(({ entry, range, origin }) => (range ? [{ name: entry.name, ...ends(range), type: entry.type, origin }] : [])),
    doorbell: doorbell(placement),
    blocked: closed.ranges.map(blocked),
    conflicts: placement.conflicts.map((conflict) => conflictReport(conflict, relaxations)),
    remedies: relaxations.map(remedy),
    policy: { name: policyOf(guest), version: POLICY_VERSION },
    hosts: hosts.map((host) => host.name),
    page: printPlainAddress(closed.page),
    top: { last: printPlainAddress(closed.top.end - 1n), bits: closed.top.bits, hosts: closed.top.hosts, because: closed.top.because, assumed: closed.isWidthAssumed },
    machine: guest.machine,
    notExpressible: other && { machine: other.machine.title, because: other.machine.cannot, makes: other.made.map(ends) },
    searchComplete: placement.isExact,
    notKnown: closed.unknown,
  };
  return plainJson(JSON.stringify(report, undefined, 2)) + "\n";
}

function doorbell({ doorbell: one }: Placement): object | undefined {
  if (!one.range) return undefined;
  const { strategy, choice, range, rejected } = one;
  return {
    strategy,
    base: printPlainAddress(range.base),
    size: printPlainAddress(range.end - range.base),
    fallback: describeFallback(one),
    chosen: choice,
    rejected: rejected.map((other) => ({ strategy: other.choice, ...(other.range ? ends(other.range) : {}), because: describeRejected(other) })),
  };
}

/** The range is made of whole pages; `region` is what the hosts have, where that is not. */
function blocked({ range, exact, kind, hosts, because }: ForbiddenRange): object {
  return { ...ends(range), type: kindWord(kind), hosts, because: because.join("; "), ...(sameRange(range, exact) ? {} : { region: ends(exact) }) };
}

function conflictReport(conflict: Conflict, relaxations: readonly Relaxation[]): object {
  const where = conflict.kind === "clash" || conflict.kind === "misaligned" ? ends(conflict.range) : {};
  return { kind: conflict.kind, request: requestName(conflict.of), ...where, hosts: hostsToBlame(conflict, relaxations), because: describeConflict(conflict) };
}

/** Those whose region it meets; where it fits nowhere, the fewest whose absence would make it fit. */
function hostsToBlame(conflict: Conflict, relaxations: readonly Relaxation[]): readonly string[] {
  if (conflict.kind === "clash") {
    if (conflict.obstacle.kind === "forbidden") return conflict.obstacle.region.hosts;
    return conflict.obstacle.kind === "top" ? conflict.obstacle.top.hosts : [];
  }
  return conflict.kind === "no-room" ? relaxations.flatMap((one) => (one.kind === "hosts" ? one.hosts : [])) : [];
}

function remedy(relaxation: Relaxation): object {
  const because = describeRelaxation(relaxation);
  switch (relaxation.kind) {
    case "doorbell":
      return { kind: "move-doorbell", ...ends(relaxation.range), because };
    case "hosts":
      return { kind: "leave-out-hosts", hosts: relaxation.hosts, smallest: relaxation.isSmallest, because };
    case "regions":
      return { kind: "free-regions", regions: relaxation.regions.map(blocked), smallest: relaxation.isSmallest, because };
    case "requests":
      return { kind: "drop-requests", requests: relaxation.requests.map(requestName), smallest: relaxation.isSmallest, because };
    case "less-memory":
      return { kind: "less-memory", request: relaxation.entry.name, size: printPlainAddress(relaxation.size), because };
    case "wider-addresses":
      return { kind: "wider-addresses", bits: relaxation.bits, because };
  }
}

function requestName(of: Requested): string {
  return of.kind === "doorbell" ? "doorbell" : of.entry.name;
}

function ends(range: AddressRange<"ipa">): { base: string; last: string } {
  return { base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) };
}
