// What the operating system uses as memory, and may hand to a device for DMA. Knows nothing of who reaches it.
import type { AddressRange, Space } from "../address";
import { intersection, sameRange } from "../address";
import type { Anchor } from "../anchor";
import type { Extent } from "../language/valueType";
import type { Memory } from "../platform";
import type { Occupant, Role } from "./addressMap";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";

/** A part of an occupant, or its image in another space. Everything but the range is the whole's: the extent, too, still says where that lies. */
export class Piece<S extends Space> implements Occupant<S> {
  constructor(
    private readonly whole: Occupant,
    readonly range: AddressRange<S>,
  ) {}

  get role(): Role {
    return this.whole.role;
  }
  get name(): string {
    return this.whole.name;
  }
  get entry(): Anchor {
    return this.whole.entry;
  }
  get at(): Anchor {
    return this.whole.at;
  }
  get extent(): Extent<S> {
    return this.whole.extent as Extent<Space> as Extent<S>;
  }
  get order(): number {
    return this.whole.order;
  }
}

/**
 * Entries of type `ram` that are not disabled, without what a reservation forbids to map, upward. An entry that a reservation cuts is in several
 * pieces.
 */
export const systemMemory = perPlan((plan): readonly Occupant<"pa">[] => {
  const ram = new Set((plan.platform.memory ?? []).filter(isSystemMemory).map((one) => one.name));
  const forbidden = new RangeSet(
    (plan.platform.reserved ?? []).flatMap((one) => (one.noMap === true && one.disabled !== true ? (one.extent?.ranges ?? []) : [])),
  );
  const memory = plan.physical.occupants.filter((one) => one.role === "memory" && ram.has(one.name));
  if (forbidden.ranges.length === 0) return memory;
  return memory.flatMap((one) => {
    const parts = forbidden.missingIn(one.range);
    return parts.map((range) => (sameRange(range, one.range) ? one : new Piece(one, range)));
  });
});

/** True when some system memory lies in the range. */
export function holdsSystemMemory(plan: Plan, range: AddressRange<"pa">): boolean {
  return systemMemorySet(plan).meets(range);
}

/** The system memory in the range, upward, cut to it; at most `limit` pieces. */
export function systemMemoryIn(plan: Plan, range: AddressRange<"pa">, limit: number): Occupant<"pa">[] {
  const memory = systemMemory(plan);
  const pieces: Occupant<"pa">[] = [];
  for (let i = firstAt(memory, range.base); i < memory.length && pieces.length < limit; i++) {
    const one = memory[i] as Occupant<"pa">;
    if (one.range.base >= range.end) break;
    const shared = intersection(one.range, range);
    if (shared) pieces.push(new Piece(one, shared));
  }
  return pieces;
}

const systemMemorySet = perPlan((plan) => new RangeSet(systemMemory(plan).map((one) => one.range)));

function isSystemMemory({ type, disabled }: Memory): boolean {
  return (type === undefined || type === "ram") && disabled !== true;
}

/** Where to begin: at the last entry that begins at or below the address, which may reach past it. */
function firstAt(memory: readonly Occupant<"pa">[], base: bigint): number {
  let low = 0;
  let high = memory.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((memory[middle] as Occupant<"pa">).range.base > base) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - 1);
}
