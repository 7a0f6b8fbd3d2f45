// Edits that give an entry another range, and free places for it. Every fix that moves, shrinks or aligns something goes through here.
// Knows nothing of the rule that asks, nor of text: whether a fix makes a new finding is tried by whoever offers it.
import type { Address, AddressRange, Space } from "../address";
import { ADDRESS_LIMIT, address, alignmentOf, contains, isPowerOfTwo, lastOf, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { parentOf, under } from "../anchor";
import type { Edit, Fix } from "../finding";
import { printAddress, printRange, printSize } from "../print";
import type { AddressMap, Occupant } from "./addressMap";

/** The edits that give an occupant another range, in the form in which its entry is written. */
export function rangeEdits<S extends Space>(occupant: Pick<Occupant<S>, "range" | "extent" | "at">, next: AddressRange<S>): Edit[] {
  const { range, extent, at } = occupant;
  const size: Edit[] = sizeOf(next) === sizeOf(range) ? [] : [{ op: "replace", at: beside(at, "size"), value: { size: sizeOf(next) } }];
  const base: Edit[] = next.base === range.base ? [] : [{ op: "replace", at, value: { address: next.base } }];
  switch (extent.form) {
    case "base-size":
      return [...base, ...size];
    case "base-last":
      return [...base, ...(next.end === range.end ? [] : [{ op: "replace", at: beside(at, "last"), value: { address: lastOf(next) } } as const])];
    default:
      return [{ op: "replace", at, value: { json: printRange(next) } }];
  }
}

/** Moves an occupant, its size kept, to the free place that is nearest in its map; none when there is none. */
export function moveFixes<S extends Space>(map: AddressMap<S>, occupant: Occupant<S>, within: AddressRange<S> = wholeSpace(map)): Fix[] {
  const place = map.nearestFit(occupant.range.base, sizeOf(occupant.range), naturalAlignment(occupant.range), within, (one) => one === occupant || contains(one.range, within));
  if (place === undefined || place === occupant.range.base) return [];
  const next = { base: place, end: address<S>(place + sizeOf(occupant.range)) };
  return [{ title: `Move ${occupant.name} to ${printAddress(place)}`, edits: rangeEdits(occupant, next) }];
}

/** Cuts an occupant down to what of it lies outside `shared`: below, above, or both choices; none when nothing would be left. */
export function shrinkFixes<S extends Space>(occupant: Occupant<S>, shared: AddressRange<S>): Fix[] {
  const { base, end } = occupant.range;
  const fixes: Fix[] = [];
  if (base < shared.base) fixes.push(resizeFix(occupant, { base, end: shared.base }));
  if (shared.end < end) fixes.push(resizeFix(occupant, { base: shared.end, end }));
  return fixes;
}

/** Gives an occupant another range under a title that says which. */
export function resizeFix<S extends Space>(occupant: Occupant<S>, next: AddressRange<S>): Fix {
  const verb = sizeOf(next) < sizeOf(occupant.range) ? "Shrink" : sizeOf(next) > sizeOf(occupant.range) ? "Grow" : "Move";
  return { title: `${verb} ${occupant.name} to ${printRange(next)} (${printSize(sizeOf(next))})`, edits: rangeEdits(occupant, next) };
}

/** Removes a whole entry from its list. */
export function removeEntryFix(name: string, entry: Anchor): Fix {
  return { title: `Remove ${name}`, edits: [{ op: "remove", at: entry }] };
}

/** What an entry of this size is expected to be aligned to when it is moved: its own size where that is a power of two, else what it has, at least a page. */
export function naturalAlignment(range: AddressRange<Space>): bigint {
  const size = sizeOf(range);
  const had = alignmentOf(range.base);
  const wanted = isPowerOfTwo(size) ? size : alignmentOf(size);
  const least = had < wanted ? had : wanted;
  return least > 4096n ? least : 4096n;
}

function wholeSpace<S extends Space>(map: AddressMap<S>): AddressRange<S> {
  const top = map.occupants.reduce((highest, one) => (one.range.end > highest ? one.range.end : highest), 1n << 32n);
  return { base: 0n as Address<S>, end: (top < ADDRESS_LIMIT ? top : ADDRESS_LIMIT) as Address<S> };
}

/** The key beside the one that an anchor names. */
function beside(at: Anchor, key: string): Anchor {
  return under(parentOf(at), key);
}
