// The memory of a platform as the MEMORY regions of a GNU linker script. Knows nothing of what is linked.
import { sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Occupant } from "../plan/addressMap";
import { RangeSet } from "../plan/rangeSet";
import type { Plan } from "../plan/plan";
import { printPlainAddress, printRangeAndSize } from "../print";
import { besideComment, besideTheMap, isDisabled, sourceComment } from "./besideTheMap";
import { commentText, identifierMaker } from "./identifiers";

/** Words that a MEMORY command has for itself (GNU ld, "MEMORY Command"). */
const RESERVED = ["ORIGIN", "org", "o", "LENGTH", "len", "l", "INCLUDE"];

/** What is left of each bank beside what lies in it; the rest of the map as comments, and what is placed at boot or disabled. */
export function linkerMemory(plan: Plan): string {
  const identify = identifierMaker(RESERVED);
  const isBank = (one: Occupant<"pa">): boolean => one.role === "memory" && !isDisabled(plan, one);
  const banks = plan.physical.occupants.filter(isBank);
  const others = plan.physical.occupants.filter((one) => !isBank(one));
  const taken = new RangeSet(others.filter(({ role }) => role !== "memory").map((one) => one.range));
  const regions = banks.flatMap((bank) => {
    const pieces = taken.missingIn(bank.range);
    const note = sourceComment(plan, bank.entry);
    return pieces.map((piece, index) => {
      const name = identify(pieces.length === 1 ? bank.name : `${bank.name}_${index}`);
      return `  ${name} (rwx) : ORIGIN = ${printPlainAddress(piece.base)}, LENGTH = ${printPlainAddress(sizeOf(piece))}${note === "" ? "" : ` /* ${note.replace("; ", "")} */`}`;
    });
  });
  const comments = others.map((one) => `  /* ${commentText(nameAndNoun(one))}${isDisabled(plan, one) ? ", disabled" : ""}: ${printRangeAndSize(one.range)}${sourceComment(plan, one.entry)} */`);
  const beside = besideTheMap(plan).map((one) => `  /* ${besideComment(plan, one)} */`);
  const title = beside.length === 0 ? [] : ["  /* Placed at boot, somewhere in these, or disabled: */"];
  return [`/* The memory of ${commentText(plan.platform.platform)}, without what lies in it. */`, "MEMORY", "{", ...regions, ...comments, ...title, ...beside, "}", ""].join("\n");
}
