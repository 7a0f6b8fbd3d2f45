// One address map: who occupies which range of one space of one owner. Overlapping pairs, gaps, places that are free.
// Ranges of two maps are never compared. Knows nothing of which overlaps are legal.
import type { Address, AddressRange, Space } from "../address";
import { address, alignDown, alignUp, compareRanges, overlaps } from "../address";
import type { Anchor } from "../anchor";
import type { Extent } from "../language/valueType";

/** What an occupant is in its map. */
export type Role =
  | "memory" | "device" | "reservation" | "doorbell" | "iommu" | "config" | "window" | "cxl-window" | "cxl-registers"
  | "bridge-window" | "bar" | "reserved-region" | "msi-window";

/** One range of one entry. An entry with several ranges has several occupants. */
export interface Occupant<S extends Space = Space> {
  readonly range: AddressRange<S>;
  readonly role: Role;
  /** What people call it: its name, or what it is of something that has one. */
  readonly name: string;
  /** The whole entry. */
  readonly entry: Anchor;
  /** The value that gives the range: `base`, `range`, or one of `ranges`. */
  readonly at: Anchor;
  readonly extent: Extent<S>;
  /** Position in the description's order: of two, the later one is to blame. */
  readonly order: number;
}

export interface OccupantPair<S extends Space = Space> {
  /** The one with the lower base; of two with the same base, the longer. */
  readonly lower: Occupant<S>;
  readonly upper: Occupant<S>;
}

/** The occupants of one space of one owner, sorted by base. Immutable. */
export class AddressMap<S extends Space = Space> {
  readonly occupants: readonly Occupant<S>[];
  /** No two share a byte. When it is false, they still may not. */
  private readonly areApart: boolean;
  /** For each occupant, the highest end of those up to it. Made when somebody asks what lies somewhere. */
  private reach: readonly bigint[] | undefined;

  constructor(
    readonly space: S,
    /** What the map is of: "the physical map", "the bus memory map of pcie0". */
    readonly title: string,
    occupants: readonly Occupant<S>[],
    order = orderOf(occupants),
  ) {
    this.occupants = order === "none" ? [...occupants].sort(compareOccupants) : occupants.slice();
    this.areApart = order === "apart";
  }

  /** The map with some occupants gone and others in their places. */
  replaced(gone: ReadonlySet<Occupant<S>>, come: readonly Occupant<S>[]): AddressMap<S> {
    const occupants = this.occupants.slice();
    for (const one of gone) occupants.splice(occupants.indexOf(one), 1);
    for (const one of come) occupants.splice(placeAmong(occupants, one), 0, one);
    return new AddressMap(this.space, this.title, occupants, "sorted");
  }

  /**
   * All pairs that share a byte, found by a sweep in O(n log n + pairs). Nesting of n ranges in each other has n²/2 pairs, so the sweep ends after
   * `limit` of them; it returns true when it did.
   */
  *pairs(limit: number = this.pairLimit): Generator<OccupantPair<S>, boolean> {
    if (this.areApart) return false;
    let open: Occupant<S>[] = [];
    let count = 0;
    for (const upper of this.occupants) {
      const base = upper.range.base;
      if (open.length === 1 && (open[0] as Occupant<S>).range.end <= base) open.length = 0;
      else if (open.length > 1) open = open.filter((one) => one.range.end > base);
      for (const lower of open) {
        if (++count > limit) return true;
        yield { lower, upper };
      }
      open.push(upper);
    }
    return false;
  }

  /** Real maps have a few pairs a region; beyond sixteen the description is hostile or broken. */
  get pairLimit(): number {
    return 1000 + 16 * this.occupants.length;
  }

  /** The pairs in which any of a few occupants takes part, in the order of `pairs`. */
  *pairsOf(some: ReadonlySet<Occupant<S>>): Generator<OccupantPair<S>> {
    const all = [...some];
    const [first] = all.sort(compareOccupants);
    if (!first) return;
    const end = all.reduce((highest, one) => (one.range.end > highest ? one.range.end : highest), first.range.end);
    const before: Occupant<S>[] = [];
    const behind = firstFrom(this.occupants, end);
    for (let i = 0; i < behind; i++) {
      const upper = this.occupants[i] as Occupant<S>;
      if (upper.range.end <= first.range.base) continue;
      if (!all.some((one) => overlaps(one.range, upper.range))) continue;
      const isOne = some.has(upper);
      for (const lower of before) if ((isOne || some.has(lower)) && lower.range.end > upper.range.base) yield { lower, upper };
      before.push(upper);
    }
  }

  /** What begins at the address. */
  beginningAt(base: bigint): Occupant<S>[] {
    const found: Occupant<S>[] = [];
    for (let i = firstFrom(this.occupants, base); this.occupants[i]?.range.base === base; i++) found.push(this.occupants[i] as Occupant<S>);
    return found;
  }

  /** What holds at least one byte of the range, in the order of the map. */
  at({ base, end }: AddressRange<S>): Occupant<S>[] {
    const reach = (this.reach ??= reachOf(this.occupants));
    const found: Occupant<S>[] = [];
    for (let i = firstFrom(this.occupants, end) - 1; i >= 0 && (reach[i] as bigint) > base; i--) {
      const one = this.occupants[i] as Occupant<S>;
      if (one.range.end > base) found.push(one);
    }
    return found.reverse();
  }

  /** Of what ends at or below an address, the one that ends highest; of several such the first. */
  lastEndingBy(address: bigint): Occupant<S> | undefined {
    const reach = (this.reach ??= reachOf(this.occupants));
    let best: Occupant<S> | undefined;
    for (let i = firstFrom(this.occupants, address) - 1; i >= 0 && (!best || (reach[i] as bigint) >= best.range.end); i--) {
      const one = this.occupants[i] as Occupant<S>;
      if (one.range.end <= address && (!best || one.range.end >= best.range.end)) best = one;
    }
    return best;
  }

  /** What begins first at or above an address. */
  firstBeginningFrom(address: bigint): Occupant<S> | undefined {
    return this.occupants[firstFrom(this.occupants, address)];
  }

  /** The ranges inside `within` that nobody occupies, upward. `ignored` occupants count as absent. */
  gaps(within: AddressRange<S>, ignored: (occupant: Occupant<S>) => boolean = () => false): AddressRange<S>[] {
    const gaps: AddressRange<S>[] = [];
    let free = within.base;
    for (const one of this.occupants) {
      if (one.range.base >= within.end) break;
      if (ignored(one) || one.range.end <= free) continue;
      if (one.range.base > free) gaps.push({ base: free, end: one.range.base });
      free = one.range.end;
    }
    if (free < within.end) gaps.push({ base: free, end: within.end });
    return gaps;
  }

  /** The lowest multiple of `alignment` inside `within` from which `size` bytes are free; undefined when there is none. */
  firstFit(size: bigint, alignment: bigint, within: AddressRange<S>, ignored?: (occupant: Occupant<S>) => boolean): Address<S> | undefined {
    for (const gap of this.gaps(within, ignored)) {
      const base = alignUp(gap.base, alignment);
      if (base + size <= gap.end) return base;
    }
    return undefined;
  }

  /** Of the free places, the one whose base is nearest to `wanted`; of two as near, the lower. */
  nearestFit(wanted: Address<S>, size: bigint, alignment: bigint, within: AddressRange<S>, ignored?: (occupant: Occupant<S>) => boolean): Address<S> | undefined {
    let best: Address<S> | undefined;
    for (const gap of this.gaps(within, ignored)) {
      const lowest = alignUp(gap.base, alignment);
      if (lowest + size > gap.end) continue;
      const highest = alignDown(address<S>(gap.end - size), alignment);
      const below = wanted < lowest ? lowest : wanted > highest ? highest : alignDown(wanted, alignment);
      for (const place of below < highest && below < wanted ? [below, address<S>(below + alignment)] : [below]) {
        if (place >= lowest && (best === undefined || distance(place, wanted) < distance(best, wanted))) best = place;
      }
    }
    return best;
  }
}

/** The order of a map: by base, the longer first; of two that are alike, that of the description. */
export function compareOccupants(a: Occupant, b: Occupant): number {
  return compareRanges(a.range, b.range) || a.order - b.order;
}

/** The index at which an occupant belongs into a sorted list. */
function placeAmong(occupants: readonly Occupant[], one: Occupant): number {
  return firstWhere(occupants, (other) => compareOccupants(other, one) >= 0);
}

/** The index of the first occupant that begins at an address or above it. */
function firstFrom(occupants: readonly Occupant[], base: bigint): number {
  return firstWhere(occupants, ({ range }) => range.base >= base);
}

/** The index from which on something holds; it holds for all behind the first. */
function firstWhere(occupants: readonly Occupant[], holds: (one: Occupant) => boolean): number {
  let [low, high] = [0, occupants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(occupants[middle] as Occupant)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function reachOf(occupants: readonly Occupant[]): bigint[] {
  let highest = 0n;
  return occupants.map(({ range }) => (highest = range.end > highest ? range.end : highest));
}

/** Whether each begins at or behind the end of the one before it, or at least in the order of a map. */
function orderOf(occupants: readonly Occupant[]): "apart" | "sorted" | "none" {
  let areApart = true;
  for (let i = 1; i < occupants.length; i++) {
    const [before, one] = [(occupants[i - 1] as Occupant).range, (occupants[i] as Occupant).range];
    if (before.end <= one.base) continue;
    if (compareRanges(before, one) > 0) return "none";
    areApart = false;
  }
  return areApart ? "apart" : "sorted";
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
