// How addresses, sizes and ranges are written for people and into documents. Knows nothing of where the text goes.
import type { AddressRange, Space } from "./address";
import { lastOf, sizeOf } from "./address";

const UNITS: readonly (readonly [letter: string, bytes: bigint])[] = [
  ["E", 1n << 60n],
  ["P", 1n << 50n],
  ["T", 1n << 40n],
  ["G", 1n << 30n],
  ["M", 1n << 20n],
  ["K", 1n << 10n],
];

/** `0x8_0000_0000`: lower case, groups of four digits from the right. Seven digits get the zero that people put in front: `0x0900_0000`. */
export function printAddress(value: bigint): string {
  const digits = value.toString(16);
  return grouped(digits.length === 7 ? `0${digits}` : digits);
}

/** `0x800000000`: lower case without separators, the form of every JSON output (cli.md). */
export function printPlainAddress(value: bigint): string {
  return "0x" + value.toString(16);
}

/** The inclusive form that people read: `0x8000_0000-0xfeff_ffff`. */
export function printRange(range: AddressRange<Space>): string {
  return `${printAddress(range.base)}-${printAddress(lastOf(range))}`;
}

/** `2 MiB`, `1.5 GiB`, `24 bytes`. Truncated to one decimal, never rounded up to the next unit; exact ones have none. */
export function printSize(bytes: bigint): string {
  for (const [letter, unit] of UNITS) {
    if (bytes < unit) continue;
    const tenths = (bytes * 10n) / unit;
    const exact = bytes % unit === 0n || (tenths * unit) / 10n === bytes && (tenths * unit) % 10n === 0n;
    const text = tenths % 10n === 0n ? `${tenths / 10n}` : `${tenths / 10n}.${tenths % 10n}`;
    return `${exact ? "" : "about "}${text} ${letter}iB`;
  }
  return bytes === 1n ? "1 byte" : `${bytes} bytes`;
}

/** The shortest exact size literal of the language: `64K`, `2M`, else hex. */
export function printSizeLiteral(bytes: bigint): string {
  for (const [letter, unit] of UNITS.slice(2)) {
    if (bytes >= unit && bytes % unit === 0n && bytes / unit < 10_000n) return `${bytes / unit}${letter}`;
  }
  return grouped(bytes.toString(16));
}

/** `0x8000_0000-0x8fff_ffff (256 MiB)`. */
export function printRangeAndSize(range: AddressRange<Space>): string {
  return `${printRange(range)} (${printSize(sizeOf(range))})`;
}

function grouped(digits: string): string {
  const first = digits.length % 4 || 4;
  let text = "0x" + digits.slice(0, first);
  for (let i = first; i < digits.length; i += 4) text += "_" + digits.slice(i, i + 4);
  return text;
}
