// A fleet as JSON. The names are fixed: other programs read them. Knows nothing of how it is worked out.
import type { AddressRange, FleetPlan, HostCost, HostFit, IoDifference, MovingGuest, Unlikeness } from "../../../../core/src/index";
import {
  declaredGroupsOf, describeHeadroom, exchangeGroupsOf, inputWidthOf, isolationOf, lastOf, movingGuestsOf, pageOf, printPlainAddress, unionCostOf, USUAL_BASE,
} from "../../../../core/src/index";
import { plainJson } from "../terminal";

/** Bytes are hex strings, as addresses are: a number would lose digits. */
export function printJsonFleet(plan: FleetPlan): string {
  const cost = unionCostOf(plan);
  const report = {
    fleet: plan.fleet.fleet,
    hosts: cost.hosts.map((one) => hostOf(plan, one)),
    together: {
      bytes: printPlainAddress(cost.bytes),
      bytesBelow4Gib: printPlainAddress(cost.bytesBelow4Gib),
      pageSize: printPlainAddress(cost.page),
      end: cost.end === undefined ? undefined : printPlainAddress(cost.end),
      uninterrupted: { base: printPlainAddress(USUAL_BASE), end: printPlainAddress(cost.uninterruptedEnd) },
    },
    exchangeGroups: exchangeGroupsOf(plan).map(({ hosts, by }) => ({ platforms: hosts.map((host) => host.name), by })),
    migrationGroups: declaredGroupsOf(plan).map(({ group, verdict, parts, unlikenesses }) => ({
      name: group.name,
      verdict,
      platforms: group.platforms,
      parts: parts.map((part) => part.map((host) => host.name)),
      because: unlikenesses.map(unlikenessOf),
    })),
    guests: movingGuestsOf(plan).map(guestOf),
  };
  return plainJson(JSON.stringify(report, undefined, 2)) + "\n";
}

function hostOf(plan: FleetPlan, { host, bytes, only, gainedAbove, finerPage, endWithout }: HostCost): object {
  const isolation = isolationOf(plan).get(host);
  return {
    name: host.name,
    arch: host.plan.platform.arch,
    pageSize: printPlainAddress(pageOf(host.plan)),
    inputBits: inputWidthOf(host.plan)?.bits,
    acs: isolation?.kind,
    acsBecause: isolation?.because,
    bytes: printPlainAddress(bytes),
    only: only.map(rangeOf),
    without: { uninterruptedEnd: printPlainAddress(endWithout), gainedAbove: printPlainAddress(gainedAbove), pageSize: finerPage === undefined ? undefined : printPlainAddress(finerPage) },
  };
}

function unlikenessOf({ first, second, because, differences }: Unlikeness): object {
  return { first: first.name, second: second.name, because, differences: differences.map(({ noun, onlyFirst, onlySecond }: IoDifference) => ({ noun, onlyFirst, onlySecond })) };
}

function guestOf({ guest, fits, unplanned, headroom }: MovingGuest): object {
  return {
    guest: guest.plan.guest.guest,
    migrationGroup: guest.group.name,
    fits: fits.filter((fit) => fit.obstacles.length === 0).map((fit) => fit.host.name),
    blocked: fits.filter((fit) => fit.obstacles.length > 0).map((fit: HostFit) => ({ host: fit.host.name, because: fit.obstacles, ranges: fit.blocked.map(rangeOf) })),
    unplanned,
    headroom: headroom && { bytes: printPlainAddress(headroom.bytes), because: describeHeadroom(headroom) },
  };
}

function rangeOf(range: AddressRange<"ipa">): object {
  return { base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) };
}
