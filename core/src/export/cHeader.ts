// The ranges of the physical map as constants of C. Knows nothing of who uses them.
import { lastOf, sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Occupant } from "../plan/addressMap";
import type { Plan } from "../plan/plan";
import { printPlainAddress, printRangeAndSize } from "../print";
import type { BesideEntry } from "./besideTheMap";
import { besideComment, besideTheMap, isDisabled, sourceComment } from "./besideTheMap";
import { commentText, identifierMaker } from "./identifiers";

/** For each range its base, its size in bytes and its last byte; of what is placed at boot, its size; of what is disabled, a comment. C99. */
export function cHeader(plan: Plan): string {
  const identify = identifierMaker();
  const platform = identifierMaker()(plan.platform.platform).toUpperCase();
  const guard = `PLATMAP_${platform}_H`;
  const named = (name: string): string => `${platform}_${identify(name.toUpperCase())}`;
  const lines = plan.physical.occupants.flatMap((occupant) => rangeLines(plan, occupant, named(occupant.name)));
  const beside = besideTheMap(plan);
  const title = beside.length === 0 ? [] : ["/* Reservations that hold no range of the map: placed at boot, or disabled. */"];
  return [
    `/* The physical map of ${commentText(plan.platform.platform)}. Bus addresses, IOMMUs' regions and PCI functions are not in it. */`,
    `#ifndef ${guard}`, `#define ${guard}`, "", "#include <stdint.h>", "", ...lines,
    ...title, ...beside.flatMap((one) => besideLines(plan, one, named)), ...(title.length === 0 ? [] : [""]), `#endif /* ${guard} */`, "",
  ].join("\n");
}

function rangeLines(plan: Plan, occupant: Occupant, name: string): string[] {
  const { range } = occupant;
  const off = isDisabled(plan, occupant) ? ", disabled" : "";
  return [
    `/* ${commentText(nameAndNoun(occupant))}${off}: ${printRangeAndSize(range)}${sourceComment(plan, occupant.entry)} */`,
    `#define ${name}_BASE ${constant(range.base)}`, sizeLine(name, sizeOf(range)), `#define ${name}_LAST ${constant(lastOf(range))}`, "",
  ];
}

function besideLines(plan: Plan, one: BesideEntry, named: (name: string) => string): string[] {
  const { entry, state } = one;
  const size = state === "placed at boot" && entry.size !== undefined ? [sizeLine(named(entry.name), entry.size)] : [];
  return [`/* ${besideComment(plan, one)} */`, ...size];
}

function sizeLine(name: string, size: bigint): string {
  return size > 0xffff_ffff_ffff_ffffn ? `/* ${name}_SIZE is 2^64, which no constant of C holds. */` : `#define ${name}_SIZE ${constant(size)}`;
}

function constant(value: bigint): string {
  return `UINT64_C(${printPlainAddress(value)})`;
}
