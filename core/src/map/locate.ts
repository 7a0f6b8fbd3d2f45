// Whose an address is: in every lane of a map, or in those of one space. Its owners from the outside in, the hole around it where it has none,
// what it becomes on the other side of a bridge or an IOMMU. Knows nothing of words.
import type { AddressRange, Space } from "../address";
import { ADDRESS_LIMIT, compareRanges } from "../address";
import type { LinkEnd, MapLane, MapLink, MapModel, MapRegion } from "./mapModel";

/** What an address becomes in another lane. */
export interface Translation {
  readonly link: MapLink;
  /** The lane that it leads to. */
  readonly lane: MapLane;
  /** Undefined where only the region is known: an IOMMU maps a doorbell somewhere into its window. */
  readonly address: bigint | undefined;
  readonly range: AddressRange<Space>;
}

/** An address in one lane. */
export interface AddressPlace {
  readonly lane: MapLane;
  /** Sorted by base, the longer first: what holds something before what it holds. */
  readonly holders: readonly MapRegion[];
  /** The addresses around it that are nobody's; undefined where it has a holder, and where the space has no such address. */
  readonly hole: AddressRange<Space> | undefined;
  readonly isBeyond: boolean;
  readonly translations: readonly Translation[];
}

/** The places of an address, in the order of the lanes. */
export function locateAddress(model: MapModel, address: bigint, space?: Space): readonly AddressPlace[] {
  return model.lanes.filter((lane) => space === undefined || lane.space === space).map((lane) => placeIn(model, lane, address));
}

/** The addresses of a lane that no region holds and that are not closed, upward; up to its last region where its width is not known. */
export function holesOf({ regions, bits, closed = [] }: MapLane): readonly AddressRange<Space>[] {
  const holes: AddressRange<Space>[] = [];
  let free = 0n;
  const add = (end: bigint): void => {
    if (free < end) holes.push({ base: free, end } as AddressRange<Space>);
  };
  const limit = bits === undefined ? ADDRESS_LIMIT : 1n << BigInt(bits);
  const taken = closed.length === 0 ? regions.map(({ range }) => range) : [...regions.map(({ range }) => range), ...closed].sort(compareRanges);
  for (const range of taken) {
    if (range.base >= limit) break;
    add(range.base);
    if (range.end > free) free = range.end;
  }
  if (bits !== undefined) add(1n << BigInt(bits));
  return holes;
}

function placeIn(model: MapModel, lane: MapLane, address: bigint): AddressPlace {
  const holders = lane.regions.filter(({ range }) => holds(range, address));
  const isBeyond = address >= (lane.bits === undefined ? ADDRESS_LIMIT : 1n << BigInt(lane.bits));
  const hole = holders.length > 0 || isBeyond ? undefined : holeAround(lane, address);
  const translations = model.links.flatMap((link) => [...through(model, link, link.from, link.to, lane, address), ...through(model, link, link.to, link.from, lane, address)]);
  return { lane, holders, hole, isBeyond, translations };
}

function holeAround(lane: MapLane, address: bigint): AddressRange<Space> {
  const within = holesOf(lane).find((one) => holds(one, address));
  if (within) return within;
  const base = lane.regions.reduce((last, { range }) => (range.end > last ? (range.end as bigint) : last), 0n);
  return { base, end: lane.bits === undefined ? ADDRESS_LIMIT : 1n << BigInt(lane.bits) } as AddressRange<Space>;
}

function through(model: MapModel, link: MapLink, near: LinkEnd, far: LinkEnd, lane: MapLane, address: bigint): Translation[] {
  if (near.lane !== lane.id || !holds(near.range, address)) return [];
  const other = model.lanes.find((one) => one.id === far.lane);
  if (!other) return [];
  const image = far.range.base + (address - near.range.base);
  return [{ link, lane: other, address: link.kind === "doorbell" ? undefined : image, range: far.range }];
}

function holds({ base, end }: AddressRange<Space>, address: bigint): boolean {
  return base <= address && address < end;
}
