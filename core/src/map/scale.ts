// Where addresses lie on the one vertical scale of a picture: the same number at the same height in every lane, low addresses at the top.
// Heights follow from least distances, not from sizes: a page and 64 GiB must both be read. Knows nothing of lanes, text or boxes.

/**
 * A place on the scale. Boxes that begin at one address, one inside the other, begin at rising levels, so that each has room for its name;
 * those that end at one address end at rising negative ones. Level 0 is the address itself.
 */
export interface ScalePlace {
  readonly address: bigint;
  readonly level: number;
}

/** Pixels between two places, at least. */
export interface LeastDistance {
  readonly from: ScalePlace;
  readonly to: ScalePlace;
  readonly pixels: number;
}

/** A stretch of addresses that something covers, half-open. */
export interface Covered {
  readonly base: bigint;
  readonly end: bigint;
}

/** What a stretch takes that is covered by something, and one in which no lane has anything, whatever its size. */
const COVERED_STEP = 4;
export const BREAK_HEIGHT = 22;
/** Between the ends of boxes that end at one address. */
const LEVEL_STEP = 3;

export interface MapScale {
  /** Pixels from the top. Strictly rising with the address, and with the level. Between places it is interpolated. */
  y(address: bigint, level?: number): number;
  /** The stretches in which no lane has anything, upward. */
  readonly breaks: readonly Covered[];
  readonly height: number;
}

/** The least scale that keeps all distances: the longest path through places that are sorted already. Each distance must lead upward. */
export function makeScale(places: readonly ScalePlace[], distances: readonly LeastDistance[], covered: readonly Covered[]): MapScale {
  const sorted = sortPlaces(places.concat(places.map(({ address }) => ({ address, level: 0 }))));
  const index = new Map(sorted.map((place, at) => [keyOf(place), at]));
  const incoming = sorted.map((): { from: number; pixels: number }[] => []);
  for (const { from, to, pixels } of distances) {
    const [a, b] = [index.get(keyOf(from)), index.get(keyOf(to))];
    if (a !== undefined && b !== undefined && a < b) incoming[b]?.push({ from: a, pixels });
  }
  const isCovered = coverage(covered);
  const ys: number[] = [];
  const breaks: Covered[] = [];
  sorted.forEach((place, at) => {
    const before = sorted[at - 1];
    if (!before) return void ys.push(0);
    const isBreak = before.address !== place.address && !isCovered(before.address);
    if (isBreak) breaks.push({ base: before.address, end: place.address });
    const step = before.address === place.address ? LEVEL_STEP : isBreak ? BREAK_HEIGHT : COVERED_STEP;
    const least = (incoming[at] ?? []).map(({ from, pixels }) => (ys[from] as number) + pixels);
    ys.push(Math.max((ys[at - 1] as number) + step, ...least));
  });
  return { y: (address, level = 0) => position(sorted, ys, index, { address, level }), breaks, height: ys.at(-1) ?? 0 };
}

function keyOf({ address, level }: ScalePlace): string {
  return `${address}:${level}`;
}

function sortPlaces(places: readonly ScalePlace[]): ScalePlace[] {
  const unique = new Map(places.map((place) => [keyOf(place), place]));
  return [...unique.values()].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.level - b.level));
}

/** Tells whether the stretch that begins at a place is covered. */
function coverage(covered: readonly Covered[]): (address: bigint) => boolean {
  const merged: { base: bigint; end: bigint }[] = [];
  for (const { base, end } of [...covered].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0))) {
    const last = merged.at(-1);
    if (last && base <= last.end) last.end = end > last.end ? end : last.end;
    else merged.push({ base, end });
  }
  return (address) => {
    const at = lastAtOrBelow(merged, address, (one) => one.base);
    const found = merged[at];
    return found !== undefined && address < found.end;
  };
}

function position(places: readonly ScalePlace[], ys: readonly number[], index: ReadonlyMap<string, number>, wanted: ScalePlace): number {
  const exact = index.get(keyOf(wanted)) ?? index.get(keyOf({ ...wanted, level: 0 }));
  if (exact !== undefined) return ys[exact] as number;
  const at = lastAtOrBelow(places, wanted.address, (one) => one.address);
  const [below, above] = [places[at], places[at + 1]];
  if (!below) return 0;
  if (!above) return ys[at] as number;
  const share = Number(((wanted.address - below.address) * 10_000n) / (above.address - below.address)) / 10_000;
  return (ys[at] as number) + share * ((ys[at + 1] as number) - (ys[at] as number));
}

/** Index of the last element of a sorted list whose key is at most `value`; −1 when there is none. */
function lastAtOrBelow<T>(sorted: readonly T[], value: bigint, key: (one: T) => bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(sorted[middle] as T) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
