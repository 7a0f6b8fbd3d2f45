// Addresses, sizes, ranges and names as they are written: text in, exact value or the reason why not out.
// Knows nothing of the key that holds the text, nor of JSON.
import { ADDRESS_LIMIT } from "../address";
import { printAddress, printSizeLiteral } from "../print";

/** Why a text is not the value that it should be, in a clause that follows "… is not an address: ". */
export interface Fault {
  readonly because: string;
  /** What the author may have meant. */
  readonly suggestion?: string;
}

const HEX = /^0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*$/;
const DECIMAL = /^[0-9]+(?:_[0-9]+)*$/;
const BARE_HEX = /^[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*$/;
const SIZE = /^([0-9]+(?:_[0-9]+)*)(\.[0-9]+)?\s*([KMGTPE])?(i?B)?$/i;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const PROPERTY_ENDING = /\.(base|size|last|next)$/;
const UNIT_SHIFTS: Readonly<Record<string, bigint>> = { K: 10n, M: 20n, G: 30n, T: 40n, P: 50n, E: 60n };

/** By character code. */
const SHORT_UNITS: Readonly<Record<number, number>> = { 75: 2 ** 10, 77: 2 ** 20, 71: 2 ** 30 };

/** Reads `0x8_0000_0000`, or digits alone (decimal; `isUnprefixed` tells). Any space, 0 to 2^64 − 1. */
export function parseAddress(text: string): bigint | Fault {
  if (HEX.test(text) || DECIMAL.test(text)) {
    const value = BigInt(text.replaceAll("_", ""));
    return value < ADDRESS_LIMIT ? value : { because: "it needs more than 64 bits" };
  }
  if (BARE_HEX.test(text)) return { because: "hexadecimal digits need 0x in front", suggestion: withPrefix(text) };
  return { because: "it is not written like 0x8000_0000" };
}

/** Reads `64K`, `2M`, `64KiB`, hexadecimal, or plain digits (bytes). At most 2^64. `KB` is read as KiB; `hasAmbiguousUnit` tells. */
export function parseSize(text: string): bigint | Fault {
  if (HEX.test(text)) return withinSpace(BigInt(text.replaceAll("_", "")));
  const parts = SIZE.exec(text);
  if (!parts) return { because: "it is not written like 64K, 2M or 0x1000", ...(BARE_HEX.test(text) && { suggestion: `0x${text}` }) };
  const shift = UNIT_SHIFTS[(parts[3] ?? "").toUpperCase()] ?? 0n;
  const whole = BigInt((parts[1] ?? "").replaceAll("_", ""));
  if (parts[2] !== undefined) return fractionFault(whole, parts[2], shift);
  return withinSpace(whole << shift);
}

/** Both ends of a range as it is written: inclusive, in any order. */
export interface Bounds {
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `0x0800_0000-0x080f_ffff`, both ends inclusive. That the last is not below the first is not checked here. */
export function parseBounds(text: string): Bounds | Fault {
  const parts = /^\s*([^\s-]+)\s*-\s*([^\s-]+)\s*$/.exec(text);
  if (!parts) return { because: "it is not written like 0x0800_0000-0x080f_ffff" };
  const [first, last] = [parseAddress(parts[1] ?? ""), parseAddress(parts[2] ?? "")];
  if (typeof first === "bigint" && typeof last === "bigint") return { first, last };
  return boundsFault(parts[1] ?? "", first, parts[2] ?? "", last);
}

/** Undefined when the text is a name: letters, digits, `_`, `.` and `-`, beginning with a letter or `_`. */
export function nameFault(text: string): Fault | undefined {
  if (isPlainName(text)) return undefined;
  if (PROPERTY_ENDING.test(text)) return { because: "a name does not end in .base, .size, .last or .next" };
  if (NAME.test(text)) return undefined;
  const mended = text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^([^A-Za-z_])/, "_$1");
  return {
    because: "a name has letters, digits, _ . and -, and begins with a letter or _",
    ...(NAME.test(mended) && { suggestion: mended }),
  };
}

/** True for an address of digits alone: decimal or hexadecimal, nobody can tell (SYN003). */
export function isUnprefixed(text: string): boolean {
  return text.charCodeAt(1) !== 120 && DECIMAL.test(text);
}

/** True for `64KB`, `2MB`: powers of 1000 to some, of 1024 to others (SYN002). */
export function hasAmbiguousUnit(text: string): boolean {
  return /b$/i.test(text) && /[0-9\s][KMGTPE]B$/i.test(text) && !/i[bB]$/.test(text);
}

/** True for an address that invites misreading: six zeros in a row without `_` in more than eight digits, or letters of both cases (SYN004). */
export function isUntidyAddress(text: string): boolean {
  return (text.length > 10 && !text.includes("_") && text.includes("000000")) || (/[A-F]/.test(text) && /[a-f]/.test(text));
}

/**
 * The address in a stretch of a longer text, when it is one that nobody could object to: lower case, at most eight digits without separators, at most
 * 52 bits. −1 sends the stretch to `parseAddress` and the remarks. Makes no string: nearly every address of a document is of this kind.
 */
export function tidyAddressIn(text: string, start: number, end: number): number {
  if (end - start < 3 || end - start > 17 || text.charCodeAt(start) !== 48 || text.charCodeAt(start + 1) !== 120) return -1;
  let value = 0;
  let digits = 0;
  let separated = false;
  for (let at = start + 2; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 95) {
      if (at === start + 2 || at === end - 1 || text.charCodeAt(at - 1) === 95) return -1;
      separated = true;
      continue;
    }
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
    digits++;
  }
  return digits <= 13 && (separated || digits <= 8) ? value : -1;
}

/** The size in a stretch of a longer text, when it is a few digits with K, M or G; −1 sends it to `parseSize` and the remarks. Makes no string. */
export function plainSizeIn(text: string, start: number, end: number): number {
  const shift = SHORT_UNITS[text.charCodeAt(end - 1)];
  if (shift === undefined || end - start < 2 || end - start > 5) return -1;
  let value = 0;
  for (let at = start; at < end - 1; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value * shift;
}

/** Letters, digits, `_` and `-`, beginning with a letter: what nearly every name is made of. */
function isPlainName(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const lower = code | 32;
    const isLetter = (lower >= 97 && lower <= 122) || code === 95;
    if (!isLetter && (i === 0 || !((code >= 48 && code <= 57) || code === 45))) return false;
  }
  return text.length > 0;
}

/** In groups, unless the author made groups. */
function withPrefix(digits: string): string {
  return digits.includes("_") ? `0x${digits}` : printAddress(BigInt(`0x${digits}`));
}

/** The fault of the first end that has one; a suggestion is for both ends together, and only where it mends both. */
function boundsFault(firstText: string, first: bigint | Fault, lastText: string, last: bigint | Fault): Fault {
  const mended = (text: string, read: bigint | Fault): string | undefined => (typeof read === "bigint" ? text : read.suggestion);
  const [from, to] = [mended(firstText, first), mended(lastText, last)];
  const because = typeof first !== "bigint" ? first.because : typeof last !== "bigint" ? last.because : "";
  return { because, ...(from !== undefined && to !== undefined && { suggestion: `${from}-${to}` }) };
}

function withinSpace(size: bigint): bigint | Fault {
  return size <= ADDRESS_LIMIT ? size : { because: "it is larger than a 64-bit space" };
}

function fractionFault(whole: bigint, fraction: string, shift: bigint): Fault {
  const scale = 10n ** BigInt(fraction.length - 1);
  const scaled = (whole * scale + BigInt(fraction.slice(1))) << shift;
  const exact = scaled % scale === 0n;
  return { because: "a size has no fraction", ...(exact && { suggestion: printSizeLiteral(scaled / scale) }) };
}
