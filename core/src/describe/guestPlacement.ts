// The words for where a guest lies: what holds an address, why something does not fit, what would help, why the doorbell is where it is.
// Knows nothing of how places are found, nor of layouts of text.
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import type { ForbiddenRange } from "../guest/forbidden";
import { kindWord } from "../guest/forbidden";
import type { Conflict, DoorbellChoice, Obstacle, PlacedDoorbell, RejectedDoorbell, Requested } from "../guest/placement/placement";
import type { Relaxation } from "../guest/placement/relaxations";
import { printAddress, printRange, printSize } from "../print";
import { listedLabels } from "./assignability";

/** "memory ram", "window high", "the doorbell". */
export function nameRequested(of: Requested): string {
  return of.kind === "doorbell" ? "the doorbell" : `${of.kind} ${of.entry.name}`;
}

/** "msi region 0xc601_0000-0xc601_ffff of d05". */
export function nameForbidden({ exact, kind, hosts }: ForbiddenRange): string {
  const what = kind === "window" ? "bridge window" : kind === "inbound" ? "range outside the inbound windows" : `${kindWord(kind)} region`;
  return `${what} ${printRange(exact)} of ${listedLabels(hosts, 3)}`;
}

/** What holds an address, for the middle of a sentence. */
export function nameObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "forbidden":
      return nameForbidden(obstacle.region);
    case "machine":
      return `the machine's ${obstacle.region.name} ${printRange(obstacle.region.range)}`;
    case "doorbell":
      return "the doorbell";
    case "top":
      return `the end of usable addresses at ${printAddress(obstacle.top.end - 1n)}: ${obstacle.top.because}`;
    default:
      return `${obstacle.kind} ${obstacle.entry.name}`;
  }
}

/** As nameObstacle, with the range in which what the file has lies around the addresses that it shares. */
export function nameObstacleWithRange(obstacle: Obstacle, shared: AddressRange<"ipa">): string {
  const range = ownRanges(obstacle).find((one) => overlaps(one, shared));
  return `${nameObstacle(obstacle)}${range ? ` ${printRange(range)}` : ""}`;
}

/** Of what the machine or a host has, the name has the range already. */
function ownRanges(obstacle: Obstacle): readonly AddressRange<"ipa">[] {
  if (obstacle.kind === "memory") return obstacle.entry.extent?.ranges ?? (obstacle.entry.banks ?? []);
  return obstacle.kind === "device" || obstacle.kind === "window" ? (obstacle.entry.extent?.ranges ?? []) : [];
}

/** One clause: who, what, where. */
export function describeConflict(conflict: Conflict): string {
  const who = nameRequested(conflict.of);
  switch (conflict.kind) {
    case "clash":
      return conflict.obstacle.kind === "top"
        ? `${who} ${printRange(conflict.range)} lies beyond ${nameObstacle(conflict.obstacle)}`
        : `${who} meets ${nameObstacle(conflict.obstacle)} at ${printRange(conflict.range)}`;
    case "no-room":
      return conflict.missing === conflict.size
        ? `${who}: no place for its ${printSize(conflict.size)}`
        : `${who}: no place for ${printSize(conflict.missing)} of its ${printSize(conflict.size)}`;
    case "misaligned":
      return `${who} ${printRange(conflict.range)} is not made of whole pages of ${printSize(conflict.page)}, in which the hosts map it`;
    case "wrong-sum":
      return `${who}: its banks have ${printSize(conflict.sum)}, and it asks for ${printSize(conflict.size)}`;
  }
}

/** What to do, as a command. */
export function describeRelaxation(relaxation: Relaxation): string {
  switch (relaxation.kind) {
    case "doorbell":
      return `put the doorbell at ${printAddress(relaxation.range.base)}: ${nameChoice(relaxation.choice)}`;
    case "hosts":
      return `leave out ${listedLabels(relaxation.hosts, 8)}${proof(relaxation, "hosts")}`;
    case "regions":
      return `free ${listedLabels(relaxation.regions.map(nameForbidden), 8)}${proof(relaxation, "regions")}`;
    case "requests":
      return `drop ${listedLabels(relaxation.requests.map(nameRequested), 8)}${proof(relaxation, "requests")}`;
    case "less-memory":
      return `ask for ${printSize(relaxation.size)} of memory ${relaxation.entry.name}`;
    case "wider-addresses":
      return `give the guest ${relaxation.bits} bits of address`;
  }
}

function proof({ isSmallest }: { readonly isSmallest: boolean }, what: string): string {
  return isSmallest ? "" : ` (all of these are needed, but another set of ${what} may be smaller)`;
}

const CHOICES: Readonly<Record<DoorbellChoice, string>> = {
  "host-window": "the hosts' own MSI window",
  fixed: "the usual place",
  top: "the top",
  "sign-extended": "0xfee0_0000 sign-extended",
  hole: "the highest free place",
};

/** "the top", for the way in which a doorbell was placed. */
export function nameChoice(choice: DoorbellChoice): string {
  return CHOICES[choice];
}

/**
 * Why the doorbell is not where its strategy puts it; undefined when it is. `auto` is content with the hosts' window and with 0xfee0_0000.
 */
export function describeFallback({ strategy, choice, isFixed, rejected }: PlacedDoorbell): string | undefined {
  const isContent = strategy === "auto" ? choice === "host-window" || choice === "fixed" : choice === strategy;
  if (isFixed || isContent) return undefined;
  return rejected.map(describeRejected).join("; ");
}

/** "the top 0x… is taken by msi region …". */
export function describeRejected({ choice, range, obstacle }: RejectedDoorbell): string {
  if (choice === "hole") return "no place is free";
  if (choice === "host-window" && !range) return "there is no MSI window that all hosts agree on";
  const where = range ? `${nameChoice(choice)} (${printRange(range)})` : nameChoice(choice);
  if (obstacle?.kind === "top") return `${where} lies beyond ${nameObstacle(obstacle)}`;
  return `${where} meets ${obstacle ? nameObstacle(obstacle) : "the end of the guest's addresses"}`;
}

/** "0x4000_0000-0xc5ff_ffff (2.1 GiB) and 2 more", for one line. */
export function listedBanks(banks: readonly AddressRange<"ipa">[], most = 3): string {
  return listedLabels(banks.map(printRange), most);
}
