// What a reader of real data gives: facts, and what it could not read. Knows nothing of what the facts are used for.

/** Something that could not be read: where it stood, and why. In words, for notes and for comments of the draft. */
export interface Unread {
  readonly where: string;
  readonly because: string;
}

/**
 * Facts never replace what was unreadable: what a reader could not tell is left out of `facts` and said in `unread`.
 */
export interface Reading<T> {
  readonly facts: T;
  readonly unread: readonly Unread[];
}

/** A fact, or the statement that the capture could not tell. */
export type Known<T> = T | "unknown";

/** An inclusive range of addresses, as captures write them. */
export interface CapturedRange {
  readonly base: bigint;
  readonly last: bigint;
}

/** The lines of a text without their ends, whatever kind of line end it has. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** A hexadecimal number without or with `0x`, or undefined when it has no digits or more than 64 bits. */
export function parseHex(text: string): bigint | undefined {
  const digits = text.trim().replace(/^0[xX]/, "");
  return /^[0-9a-fA-F]{1,16}$/.test(digits) ? BigInt(`0x${digits}`) : undefined;
}

/** `first` to `last`, or undefined when one is malformed or the end lies before the beginning. */
export function parseHexRange(first: string | undefined, last: string | undefined): CapturedRange | undefined {
  const range = { base: parseHex(first ?? ""), last: parseHex(last ?? "") };
  if (range.base === undefined || range.last === undefined || range.last < range.base) return undefined;
  return { base: range.base, last: range.last };
}

/** True when every byte of `inner` is in `outer`. */
export function holds(outer: CapturedRange, inner: CapturedRange): boolean {
  return outer.base <= inner.base && inner.last <= outer.last;
}

/** True when both hold a same byte. */
export function meets(a: CapturedRange, b: CapturedRange): boolean {
  return a.base <= b.last && b.base <= a.last;
}

/** True when both are the same bytes. */
export function same(a: CapturedRange, b: CapturedRange): boolean {
  return a.base === b.base && a.last === b.last;
}

/** Adds to the list that a map keeps under a key. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
