// Which entry of one file is which of another: by name, and where the name is new, by place. Knows nothing of what the entries say otherwise, nor of what
// has changed between the two.
import { overlaps, sizeOf } from "../address";
import type { DescribedEntry } from "./entries";

export interface MatchingOptions {
  /** Entries of other names that lie in each other's place count as one: for two descriptions of one machine by different authors. */
  readonly byOverlap?: boolean;
}

/** The pairs, from either side. Every entry is in at most one. */
export interface Matching {
  readonly after: ReadonlyMap<DescribedEntry, DescribedEntry>;
  readonly before: ReadonlyMap<DescribedEntry, DescribedEntry>;
}

/** Pairs the entries of two files, as `entriesOf` gives them. */
export function matchEntries(before: readonly DescribedEntry[], after: readonly DescribedEntry[], options: MatchingOptions = {}): Matching {
  const matcher = new Matcher(before, after);
  matcher.pairRoots();
  matcher.round((one) => (one.name === undefined ? undefined : `${one.list} ${one.name}`));
  matcher.round((one) => one.name);
  const lists = [...new Set([...before, ...after].map((one) => one.list))];
  for (const list of lists.sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1))) matcher.pairList(list, options);
  return { after: matcher.pairs, before: matcher.reverse };
}

class Matcher {
  readonly pairs = new Map<DescribedEntry, DescribedEntry>();
  readonly reverse = new Map<DescribedEntry, DescribedEntry>();

  constructor(
    private readonly before: readonly DescribedEntry[],
    private readonly after: readonly DescribedEntry[],
  ) {}

  pairRoots(): void {
    const [before, after] = [this.before[0], this.after[0]];
    if (before && after) this.pair(before, after);
  }

  /** Pairs what is left of one list, from the surest sign to the weakest. What has a name is not paired with another name for less than the same place. */
  pairList(list: string, { byOverlap }: MatchingOptions): void {
    const owned = (one: DescribedEntry, sign: string | undefined): string | undefined => (one.list === list && sign !== undefined ? `${this.ownerKey(one)} ${sign}` : undefined);
    const nameless = (one: DescribedEntry, sign: string | undefined): string | undefined => (one.name === undefined && one.identity === undefined ? owned(one, sign) : undefined);
    const isFunctions = list === "pci/devices";
    this.round((one) => (isFunctions && one.list === list ? one.identity : owned(one, one.identity)));
    this.round((one) => owned(one, placeSign(one) && `${placeSign(one)} ${typeOf(one)} ${factSign(one)}`));
    this.round((one) => owned(one, placeSign(one) && `${placeSign(one)} ${typeOf(one)}`));
    this.round((one) => owned(one, placeSign(one)));
    // What floats, or lies nowhere, under another name: what is said of it must be the same.
    this.round((one) => (one.places.size === 0 && one.identity === undefined && one.facts.size > 0 ? owned(one, factSign(one)) : undefined));
    // The same card in another slot.
    this.round((one) => (isFunctions && one.facts.has("id") ? owned(one, factSign(one)) : undefined));
    this.round((one) => nameless(one, factSign(one)));
    this.round((one) => nameless(one, baseSign(one)));
    this.round((one) => nameless(one, sizeSign(one)));
    this.round((one) => nameless(one, one.facts.get("to")));
    this.round((one) => nameless(one, typeOf(one)));
    if (byOverlap) this.pairOverlapping(list);
  }

  /** Pairs those with the same sign, in their order. */
  round(sign: (entry: DescribedEntry) => string | undefined): void {
    const waiting = new Map<string, DescribedEntry[]>();
    for (const one of this.after) {
      const key = this.reverse.has(one) ? undefined : sign(one);
      if (key === undefined) continue;
      const others = waiting.get(key);
      if (others) others.push(one);
      else waiting.set(key, [one]);
    }
    if (waiting.size === 0) return;
    for (const one of this.before) {
      const key = this.pairs.has(one) ? undefined : sign(one);
      const found = key === undefined ? undefined : waiting.get(key)?.shift();
      if (found) this.pair(one, found);
    }
  }

  /** Of what lies in the same place, those that share most. */
  private pairOverlapping(list: string): void {
    const left = this.after.filter((one) => one.list === list && !this.reverse.has(one));
    for (const one of this.before) {
      if (one.list !== list || this.pairs.has(one)) continue;
      const shares = left.filter((other) => !this.reverse.has(other) && this.ownerKey(one) === this.ownerKey(other)).map((other) => ({ other, shared: sharedBytes(one, other) }));
      const best = shares.reduce<(typeof shares)[number] | undefined>((most, next) => (next.shared > (most?.shared ?? 0n) ? next : most), undefined);
      if (best) this.pair(one, best.other);
    }
  }

  private pair(before: DescribedEntry, after: DescribedEntry): void {
    this.pairs.set(before, after);
    this.reverse.set(after, before);
  }

  /** The same for two owners that are a pair, and for no others. */
  private ownerKey({ owner }: DescribedEntry): string {
    if (owner === undefined) return "";
    const pair = this.pairs.has(owner) ? owner : this.reverse.get(owner);
    return pair === undefined ? `alone ${owner.key}` : `pair ${pair.key}`;
  }
}

function typeOf({ facts }: DescribedEntry): string {
  return facts.get("type") ?? "";
}

function placeSign({ places }: DescribedEntry): string | undefined {
  const parts = [...places].map(([name, { ranges }]) => `${name} ${ranges.map(({ base, end }) => `${base}-${end}`).join(",")}`);
  return parts.length === 0 ? undefined : parts.join(" ");
}

function baseSign(one: DescribedEntry): string | undefined {
  return one.places.size === 0 ? undefined : [typeOf(one), ...[...one.places.values()].map(({ ranges }) => String(ranges[0]?.base))].join(" ");
}

function sizeSign(one: DescribedEntry): string | undefined {
  return one.places.size === 0 ? undefined : [typeOf(one), ...[...one.places.values()].map(({ ranges }) => ranges.map((range) => String(sizeOf(range))).join(","))].join(" ");
}

function factSign({ facts }: DescribedEntry): string {
  return [...facts].map(([key, value]) => `${key}=${value}`).join("\n");
}

function sharedBytes(a: DescribedEntry, b: DescribedEntry): bigint {
  let shared = 0n;
  for (const one of a.places.get("extent")?.ranges ?? []) {
    for (const other of b.places.get("extent")?.ranges ?? []) {
      if (overlaps(one, other)) shared += (one.end < other.end ? one.end : other.end) - (one.base > other.base ? one.base : other.base);
    }
  }
  return shared;
}
