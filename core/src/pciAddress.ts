// PCI addresses (segment, bus, device, function), requester ids, and ranges of them. Knows nothing of what sits there.

/** Where a function sits. A segment that the text leaves out is the host bridge's own. */
export interface PciAddress {
  readonly segment: number | undefined;
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

/** Inclusive, 0 to 255. */
export interface BusRange {
  readonly first: number;
  readonly last: number;
}

/** Inclusive. Requester ids are 16 bits; streams may be wider. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `0000:01:00.0` or `01:00.0`; undefined for anything else. */
export function parsePciAddress(text: string): PciAddress | undefined {
  const parts = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i.exec(text);
  if (!parts) return undefined;
  const device = parseInt(parts[3] ?? "", 16);
  if (device > 31) return undefined;
  const segment = parts[1] === undefined ? undefined : parseInt(parts[1], 16);
  return { segment, bus: parseInt(parts[2] ?? "", 16), device, function: Number(parts[4]) };
}

/** `0000:01:00.0`, with the segment given when the address itself has none. */
export function printPciAddress(at: PciAddress, segment = 0): string {
  return `${hex(at.segment ?? segment, 4)}:${printShortPciAddress(at)}`;
}

/** `01:00.0`. */
export function printShortPciAddress(at: PciAddress): string {
  return `${hex(at.bus, 2)}:${hex(at.device, 2)}.${at.function}`;
}

/** The requester id: bus in bits 15 to 8, device 7 to 3, function 2 to 0. */
export function requesterId(at: PciAddress): number {
  return (at.bus << 8) | (at.device << 3) | at.function;
}

/** Reads `00-ff`, or a single bus `1f`. */
export function parseBusRange(text: string): BusRange | undefined {
  return parseHexRange(text, 2, 0xff);
}

/** `00-ff`. */
export function printBusRange(range: BusRange): string {
  return `${hex(range.first, 2)}-${hex(range.last, 2)}`;
}

/** Reads `0000-ffff`, `0-8`, or a single id; digits are hexadecimal, `0x` may stand in front. At most 32 bits. */
export function parseIdRange(text: string): IdRange | undefined {
  return parseHexRange(text, 8, 0xffff_ffff);
}

/** `0000-ffff`. */
export function printIdRange(range: IdRange): string {
  return range.first === range.last ? hex(range.first, 4) : `${hex(range.first, 4)}-${hex(range.last, 4)}`;
}

/** True when both hold a same id. */
export function idRangesOverlap(a: IdRange, b: IdRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function parseHexRange(text: string, digits: number, limit: number): IdRange | undefined {
  const parts = /^(?:0x)?([0-9a-f]+)(?:\s*-\s*(?:0x)?([0-9a-f]+))?$/i.exec(text);
  if (!parts || (parts[1]?.length ?? 0) > digits || (parts[2]?.length ?? 0) > digits) return undefined;
  const first = parseInt(parts[1] ?? "", 16);
  const last = parts[2] === undefined ? first : parseInt(parts[2], 16);
  return first <= last && last <= limit ? { first, last } : undefined;
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, "0");
}
