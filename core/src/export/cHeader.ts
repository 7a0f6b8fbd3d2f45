// The ranges of the physical map as constants of C. Knows nothing of who uses them.
import { lastOf, sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Plan } from "../plan/plan";
import { printPlainAddress, printRangeAndSize } from "../print";
import { commentText, identifierMaker } from "./identifiers";

/** For each range its base, its size in bytes and its last byte. C99. */
export function cHeader(plan: Plan): string {
  const identify = identifierMaker();
  const platform = identifierMaker()(plan.platform.platform).toUpperCase();
  const guard = `PLATMAP_${platform}_H`;
  const lines = plan.physical.occupants.flatMap((occupant) => {
    const { range } = occupant;
    const name = `${platform}_${identify(occupant.name.toUpperCase())}`;
    const size = sizeOf(range);
    const sizeLine = size > 0xffff_ffff_ffff_ffffn ? `/* ${name}_SIZE is 2^64, which no constant of C holds. */` : `#define ${name}_SIZE ${constant(size)}`;
    return [`/* ${commentText(nameAndNoun(occupant))}: ${printRangeAndSize(range)} */`, `#define ${name}_BASE ${constant(range.base)}`, sizeLine, `#define ${name}_LAST ${constant(lastOf(range))}`, ""];
  });
  return [
    `/* The physical map of ${commentText(plan.platform.platform)}. Bus addresses, IOMMUs' regions and PCI functions are not in it. */`,
    `#ifndef ${guard}`, `#define ${guard}`, "", "#include <stdint.h>", "", ...lines, `#endif /* ${guard} */`, "",
  ].join("\n");
}

function constant(value: bigint): string {
  return `UINT64_C(${printPlainAddress(value)})`;
}
