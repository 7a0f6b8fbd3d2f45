// The words for a new layout: what it would move, and what it cannot mend. Knows nothing of how it was found.
import { sizeOf } from "../address";
import type { Relayout } from "../plan/relayout";
import { printAddress, printRange, printSize } from "../print";
import { nameAndNoun } from "./overlap";

/** More moves are counted, not named. */
const LISTED = 3;

/** "Lay out anew: move shm to 0x8020_0000 and uart1 to 0x0901_0000". */
export function describeRelayout({ moves }: Relayout): string {
  const named = moves.slice(0, LISTED).map(({ occupant, to }) => `${occupant.name} to ${printAddress(to.base)}`);
  const more = moves.length > LISTED ? [`${moves.length - LISTED} more`] : [];
  return `Lay out anew: move ${list([...named, ...more])}`;
}

/** Every move, one a line, and every pair that stays: what a person reads before it is done. */
export function relayoutDetails({ moves, blocked }: Relayout): string[] {
  return [
    ...moves.map(({ occupant, to }) => `${nameAndNoun(occupant)}: ${printRange(occupant.range)} to ${printRange(to)} (${printSize(sizeOf(to))})`),
    ...blocked.map(({ later, earlier }) => `${nameAndNoun(later)} and ${nameAndNoun(earlier)} still overlap: neither can move`),
  ];
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
