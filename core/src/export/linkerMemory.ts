// The memory of a platform as the MEMORY regions of a GNU linker script. Knows nothing of what is linked.
import { sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import { RangeSet } from "../plan/rangeSet";
import type { Plan } from "../plan/plan";
import { printPlainAddress, printRangeAndSize } from "../print";
import { commentText, identifierMaker } from "./identifiers";

/** Words that a MEMORY command has for itself (GNU ld, "MEMORY Command"). */
const RESERVED = ["ORIGIN", "org", "o", "LENGTH", "len", "l", "INCLUDE"];

/** What is left of each bank beside what lies in it; the rest of the map as comments. */
export function linkerMemory(plan: Plan): string {
  const identify = identifierMaker(RESERVED);
  const banks = plan.physical.occupants.filter((one) => one.role === "memory");
  const others = plan.physical.occupants.filter((one) => one.role !== "memory");
  const taken = new RangeSet(others.map((one) => one.range));
  const regions = banks.flatMap((bank) => {
    const pieces = taken.missingIn(bank.range);
    return pieces.map((piece, index) => {
      const name = identify(pieces.length === 1 ? bank.name : `${bank.name}_${index}`);
      return `  ${name} (rwx) : ORIGIN = ${printPlainAddress(piece.base)}, LENGTH = ${printPlainAddress(sizeOf(piece))}`;
    });
  });
  const comments = others.map((one) => `  /* ${commentText(nameAndNoun(one))}: ${printRangeAndSize(one.range)} */`);
  const unplaced = (plan.platform.reserved ?? []).filter((one) => one.extent === undefined).map((one) => `  /* ${commentText(one.name)} is placed at boot, somewhere in these. */`);
  return [`/* The memory of ${commentText(plan.platform.platform)}, without what lies in it. */`, "MEMORY", "{", ...regions, ...comments, ...unplaced, "}", ""].join("\n");
}
