// The memory of a guest whose place is written down: with a base, or in the banks that a plan has written. Knows nothing of what is in its way.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { GuestMemory } from "../guest";
import type { GuestPlan } from "./guestPlan";
import type { MemoryBank } from "./memoryConflicts";
import { fixedMemory } from "./placement/requests";

export interface PinnedBank extends MemoryBank {
  readonly entry: GuestMemory;
  /** Where the file says where it lies. */
  readonly at: Anchor;
}

/** In the order of the file. */
export function pinnedMemory({ guest }: GuestPlan): PinnedBank[] {
  return fixedMemory({ guest }).flatMap(({ entry, banks }) =>
    banks.map((range): PinnedBank => ({ name: entry.name, range, entry, at: placeOf(entry, range) })),
  );
}

function placeOf({ anchor, banks, extent }: GuestMemory, range: PinnedBank["range"]): Anchor {
  return extent ? extent.at : under(anchor, "banks", (banks ?? []).findIndex((one) => one.base === range.base));
}
