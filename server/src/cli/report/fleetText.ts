// A fleet as a table and a few lists. Knows nothing of how it is worked out.
import type { DeclaredGroup, ExchangeGroup, FleetPlan, HostCost, MovingGuest } from "../../../../core/src/index";
import {
  declaredGroupsOf, describeHeadroom, describeIoDifferences, exchangeGroupsOf, inputWidthOf, isolationOf, listedLabels, movingGuestsOf, pageOf, printAddress, printRange, printSize,
  sizeOf, unionCostOf, USUAL_BASE,
} from "../../../../core/src/index";
import { plainLines } from "../terminal";

export function printTextFleet(plan: FleetPlan): string {
  const parts = [
    [heading(plan)],
    plan.hosts.length === 0 ? [] : [...hostTable(plan), "", ...together(plan)],
    titled("can exchange guests:", exchangeGroupsOf(plan).map((group) => exchangeLine(group))),
    titled("declared migration groups:", declaredGroupsOf(plan).flatMap(declaredLines)),
    titled("guests, with their memory where it lies:", movingGuestsOf(plan).flatMap(guestLines)),
  ];
  return plainLines(parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n"));
}

function heading(plan: FleetPlan): string {
  const groups = exchangeGroupsOf(plan).length;
  const failing = declaredGroupsOf(plan).filter((one) => one.verdict === "fails").length;
  const blocked = movingGuestsOf(plan).filter((one) => one.fits.some((fit) => fit.obstacles.length > 0)).length;
  const declared = plan.fleet.migrationGroups?.length ?? 0;
  return [
    `${plan.fleet.fleet}: ${counted(plan.hosts.length, "host")}, in ${counted(groups, "group")} that can exchange guests`,
    ...(failing > 0 ? [`${failing} of ${counted(declared, "declared group")} ${failing === 1 ? "does" : "do"} not hold`] : []),
    ...(blocked > 0 ? [`${blocked} of ${counted(plan.guests.length, "guest")} ${blocked === 1 ? "does" : "do"} not fit on all hosts of its group`] : []),
  ].join("; ");
}

const COLUMNS = ["host", "arch", "page", "IOMMU", "ACS", "keeps", "alone", "without it guests gain"] as const;
const ACS_WORDS = { acs: "yes", "no-acs": "no", unknown: "?" } as const;

function hostTable(plan: FleetPlan): string[] {
  const { hosts, uninterruptedEnd } = unionCostOf(plan);
  const rows = alikeTogether(hosts.map((cost) => row(plan, cost, uninterruptedEnd)));
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  return [COLUMNS, ...rows].map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** Hosts of which the table says the same share a row. */
function alikeTogether(rows: readonly (readonly string[])[]): string[][] {
  const names = new Map<string, string[]>();
  const cells = new Map<string, readonly string[]>();
  for (const [name = "", ...rest] of rows) {
    const key = rest.join("\n");
    names.set(key, [...(names.get(key) ?? []), name]);
    cells.set(key, rest);
  }
  return [...cells].map(([key, rest]) => [listedLabels(names.get(key) ?? [], 3), ...rest]);
}

function row(plan: FleetPlan, cost: HostCost, uninterruptedEnd: bigint): string[] {
  const { host, bytes, only } = cost;
  const width = inputWidthOf(host.plan);
  const alone = only.reduce((sum, range) => sum + sizeOf(range), 0n);
  return [
    host.name,
    host.plan.platform.arch ?? "?",
    printSize(pageOf(host.plan)),
    width === undefined ? "?" : `${width.bits} bits`,
    ACS_WORDS[isolationOf(plan).get(host)?.kind ?? "unknown"],
    bytes === 0n ? "nothing" : printSize(bytes),
    alone === 0n ? "nothing" : printSize(alone),
    gains(cost, uninterruptedEnd).join("; ") || "nothing",
  ];
}

/** What it keeps alone, as far as two ranges go, and what follows from it. */
function gains({ only, gainedAbove, finerPage, endWithout }: HostCost, uninterruptedEnd: bigint): string[] {
  const shown = only.slice(0, 2).map((range) => printRange(range));
  return [
    ...(shown.length > 0 ? [`${shown.join(", ")}${only.length > 2 ? ` and ${only.length - 2} more` : ""}`] : []),
    ...(endWithout > uninterruptedEnd ? [`memory from ${printAddress(USUAL_BASE)} in one piece up to ${printAddress(endWithout - 1n)}`] : []),
    ...(gainedAbove > 0n ? [`${printSize(gainedAbove)} above, for wider addresses`] : []),
    ...(finerPage === undefined ? [] : [`pages of ${printSize(finerPage)}`]),
  ];
}

function together(plan: FleetPlan): string[] {
  const { bytes, bytesBelow4Gib, end, page, uninterruptedEnd } = unionCostOf(plan);
  const piece = uninterruptedEnd - USUAL_BASE;
  return [
    `Together they keep ${bytes === 0n ? "nothing" : printSize(bytes)} from guests${bytes === 0n ? "" : `, ${bytesBelow4Gib === 0n ? "nothing" : printSize(bytesBelow4Gib)} of it below 4 GiB`}.`,
    piece <= 0n ? `No memory can begin at ${printAddress(USUAL_BASE)}.` : `Memory from ${printAddress(USUAL_BASE)} has ${printSize(piece)} in one piece, up to ${printAddress(uninterruptedEnd - 1n)}.`,
    `Guests are mapped in pages of ${printSize(page)}${end === undefined ? "; no host gives the width of its IOMMUs" : `, below ${printAddress(end)}`}.`,
  ];
}

function exchangeLine({ hosts, by }: ExchangeGroup): string {
  const names = listedLabels(hosts.map((host) => host.name), 8);
  switch (by) {
    case "alone":
      return `${names}: with no other host`;
    case "identical":
      return `${names}: they are identical in their I/O`;
    case "acs":
      return `${names}: guests that are planned for all of them, since ACS sends every request of theirs to the IOMMU`;
  }
}

function declaredLines({ group, verdict, unlikenesses }: DeclaredGroup): string[] {
  const words = { holds: "holds", fails: "does not hold", open: "not known" }[verdict];
  return [
    `${group.name} (${listedLabels(group.platforms, 8)}): ${words}`,
    ...unlikenesses.map(({ first, second, because, differences }) => {
      const details = differences.length > 0 ? `; they differ in ${describeIoDifferences(first.name, second.name, differences)}` : "";
      return `  ${first.name} with ${second.name}: ${because}${details}`;
    }),
  ];
}

const MOST_BLOCKED = 8;

function guestLines({ guest, fits, unplanned, headroom }: MovingGuest): string[] {
  const fitting = fits.filter((fit) => fit.obstacles.length === 0);
  const where = fitting.length === 0 ? "fits on no host of its group" : fitting.length === fits.length ? `fits on ${fits.length === 1 ? (fits[0]?.host.name ?? "") : `all ${fits.length} hosts`}` : `fits on ${listedLabels(fitting.map((fit) => fit.host.name), 8)}`;
  return [
    `${guest.plan.guest.guest} (${guest.group.name}): ${where}`,
    ...fits.filter((fit) => fit.obstacles.length > 0).slice(0, MOST_BLOCKED).map((fit) => `  not on ${fit.host.name}: ${fit.obstacles.slice(0, 3).join("; ")}${fit.obstacles.length > 3 ? `; and ${fit.obstacles.length - 3} more` : ""}`),
    ...(fits.length - fitting.length > MOST_BLOCKED ? [`  and not on ${fits.length - fitting.length - MOST_BLOCKED} more`] : []),
    ...(unplanned.length > 0 ? [`  not planned for ${listedLabels(unplanned, 8)}: its own file does not name ${unplanned.length === 1 ? "it" : "them"}`] : []),
    ...(headroom ? [`  can have ${describeHeadroom(headroom)}`] : []),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
