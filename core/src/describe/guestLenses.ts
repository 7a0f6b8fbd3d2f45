// The lines above a guest, a fleet and its migration groups in an editor: how the guest fits, whether a group holds; and above a region that a host reserves,
// what it costs the guests that come there. Knows nothing of editors.
import type { AddressRange } from "../address";
import { intersection, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { declaredGroupsOf } from "../fleet/declaredGroups";
import { exchangeGroupsOf } from "../fleet/exchange";
import { FleetPlan } from "../fleet/fleetPlan";
import { asEmittedByGuest } from "../guest/dmaAddresses";
import { freshPlacementOf, placementOf } from "../guest/guestPlacement";
import { GuestPlan } from "../guest/guestPlan";
import { blockedBytes, hostFitsOf } from "../guest/hostFit";
import { bootMemoryOf } from "../guest/bootMemory";
import { relaxationsFor } from "../guest/placement/relaxations";
import type { FilePlan } from "../plan/filePlan";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import { printAddress, printSize } from "../print";
import { listedLabels } from "./assignability";
import { describeConflict, listedBanks } from "./guestPlacement";

/** What happens when somebody clicks. */
export type LensAction = "place" | "show" | "simulate";

export interface GuestLens {
  /** The value that carries it. */
  readonly at: Anchor;
  readonly action: LensAction | undefined;
  title(): string;
}

/** In the order in which they are shown. None for a platform. */
export function guestLensesOf(plan: FilePlan): readonly GuestLens[] {
  if (plan instanceof GuestPlan) return lensesOfGuest(plan);
  return plan instanceof FleetPlan ? lensesOfFleet(plan) : [];
}

function lensesOfGuest(plan: GuestPlan): GuestLens[] {
  const at = under(plan.guest.anchor, "guest");
  if (plan.hosts.length === 0) return [];
  const isPlaceable = (plan.guest.memory ?? []).some((one) => one.base === undefined);
  return [
    { at, action: "show", title: () => fitWords(plan) },
    ...(isPlaceable ? [{ at, action: "place" as const, title: () => placeWords(plan) }] : []),
    { at, action: "simulate", title: () => "simulate" },
  ];
}

/** "fits on 3 of 4 hosts; d05 blocks 64 KiB at 0xc601_0000". */
function fitWords(plan: GuestPlan): string {
  const [conflict] = placementOf(plan).conflicts.filter((one) => one.kind === "no-room");
  if (conflict) return noRoomWords(plan, describeConflict(conflict));
  const fits = hostFitsOf(plan);
  const bad = fits.filter((one) => one.obstacles.length > 0);
  const [first] = bad;
  if (!first) return fits.length === 1 ? `fits on ${fits[0]?.host.name ?? ""}` : `fits on all ${fits.length} hosts`;
  const where = first.blocked[0];
  const why = where ? `${first.host.name} blocks ${printSize(blockedBytes(first))} at ${printAddress(where.base)}` : `${first.host.name}: ${first.obstacles[0] ?? ""}`;
  return `fits on ${fits.length - bad.length} of ${fits.length} hosts; ${why}${bad.length > 1 ? `, and ${bad.length - 1} more` : ""}`;
}

function noRoomWords(plan: GuestPlan, why: string): string {
  const relaxation = relaxationsFor(plan, placementOf(plan)).find((one) => one.kind === "hosts");
  return relaxation?.kind === "hosts" ? `does not fit; without ${listedLabels(relaxation.hosts)} it would` : `does not fit: ${why}`;
}

function placeWords(plan: GuestPlan): string {
  const fresh = freshPlacementOf(plan);
  const written = placementOf(plan).memory.every((one) => one.origin !== "placed");
  const isSame = written && placementOf(plan).memory.every((one, index) => listedBanks(one.banks, 99) === listedBanks(fresh.memory[index]?.banks ?? [], 99));
  return isSame ? "placed" : "place";
}

function lensesOfFleet(plan: FleetPlan): GuestLens[] {
  const { anchor } = plan.fleet;
  if (plan.hosts.length === 0) return [];
  const groups = declaredGroupsOf(plan).map((declared): GuestLens => ({
    at: under(declared.group.anchor, "name"),
    action: undefined,
    title: () => {
      const [why] = declared.unlikenesses;
      if (!why) return "its hosts can exchange guests";
      return `${declared.verdict === "open" ? "not known whether its hosts can exchange guests" : `${why.first.name} cannot exchange guests with ${why.second.name}`}: ${why.because}`;
    },
  }));
  return [{ at: under(anchor, "fleet"), action: "show", title: () => fleetWords(plan) }, ...groups];
}

function fleetWords(plan: FleetPlan): string {
  const parts = exchangeGroupsOf(plan).length;
  const hosts = `${plan.hosts.length} ${plan.hosts.length === 1 ? "host" : "hosts"}`;
  return parts === 1 ? `${hosts}, which can exchange guests` : `${hosts}, in ${parts} groups that can exchange guests`;
}

/** A region that a host reserves, with what it costs the guests that come to the host. */
export interface RegionLens {
  readonly at: Anchor;
  title(): string;
}

/** One for each described reserved region of an IOMMU; none where no guest comes to the host. */
export function regionLensesOf(plan: Plan, guests: readonly GuestPlan[]): readonly RegionLens[] {
  const here = guests.filter((guest) => guest.hosts.some((host) => host.plan.platform.anchor.file === plan.platform.anchor.file));
  if (here.length === 0) return [];
  return (plan.platform.iommus ?? []).flatMap((iommu) => iommu.reserved ?? []).flatMap((one): RegionLens[] => {
    const { extent, type } = one;
    if (!extent || type === "direct-relaxable") return [];
    return [{ at: extent.at, title: () => costWords(here, extent.ranges.map(asEmittedByGuest)) }];
  });
}

function costWords(guests: readonly GuestPlan[], ranges: readonly AddressRange<"ipa">[]): string {
  const costs = guests.map((guest) => costOf(guest, ranges));
  const [inside, around] = [costs.filter((one) => one.inside > 0n), costs.filter((one) => one.inside === 0n && one.around > 0n)];
  const parts = [
    ...(inside.length > 0 ? [`${listedLabels(inside.map((one) => one.name))} ${inside.length === 1 ? "has" : "have"} memory here`] : []),
    ...(around.length > 0 ? [`${listedLabels(around.map((one) => one.name))} ${around.length === 1 ? "leaves" : "leave"} out ${printSize(around[0]?.around ?? 0n)} here`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : `costs ${guests.length === 1 ? (guests[0]?.guest.guest ?? "") : `none of ${guests.length} guests anything`}${guests.length === 1 ? " nothing" : ""}`;
}

/** Bytes of the guest's memory in the ranges; and bytes of them that its memory goes around. */
function costOf(plan: GuestPlan, ranges: readonly AddressRange<"ipa">[]): { name: string; inside: bigint; around: bigint } {
  const banks = bootMemoryOf(plan).memory.map((one) => one.range);
  const [first, last] = [banks[0], banks.at(-1)];
  const whole = first && last && { base: first.base, end: last.end };
  const met = whole ? ranges.flatMap((one) => intersection(one, whole) ?? []) : [];
  const memory = new RangeSet(banks);
  const around = met.flatMap((one) => memory.missingIn(one)).reduce((sum, one) => sum + sizeOf(one), 0n);
  return { name: plan.guest.guest, inside: met.reduce((sum, one) => sum + sizeOf(one), 0n) - around, around };
}
