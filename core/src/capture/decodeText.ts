// Bytes of a text file to a string: UTF-8, UTF-16 as other systems save what was pasted, and byte by byte (Latin-1)
// where the bytes are neither. The core has no TextDecoder. Knows nothing of what the text says.

const REPLACEMENT = 0xfffd;

/** The sequences with which terminals switch colours: `dmesg --color=always` writes them into files too. */
const COLOURS = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*[mK]`, "g");

/**
 * Decodes a text file. A byte order mark at the start, zero bytes at the end (files of sysfs in archives) and a
 * terminal's colours are dropped.
 */
export function decodeText(bytes: Uint8Array): string {
  const wide = utf16Of(bytes);
  return (wide === undefined ? decodeUtf8(bytes) : decodeUtf16(bytes, wide)).replace(COLOURS, "");
}

interface Utf16 {
  readonly start: number;
  readonly littleEndian: boolean;
}

/** UTF-16 by its byte order mark; without one by every other byte of the beginning being zero, as ASCII gives. */
function utf16Of(bytes: Uint8Array): Utf16 | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { start: 2, littleEndian: true };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { start: 2, littleEndian: false };
  const sample = bytes.subarray(0, 64);
  if (sample.length < 8 || sample.length % 2 !== 0) return undefined;
  for (const odd of [1, 0]) {
    const isWide = sample.every((byte, at) => (at % 2 === odd ? byte === 0 : byte !== 0));
    if (isWide) return { start: 0, littleEndian: odd === 1 };
  }
  return undefined;
}

function decodeUtf16(bytes: Uint8Array, { start, littleEndian }: Utf16): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: string[] = [];
  let units: number[] = [];
  for (let at = start; at + 1 < bytes.length; at += 2) {
    units.push(view.getUint16(at, littleEndian));
    if (units.length < 4096) continue;
    chunks.push(String.fromCharCode(...units));
    units = [];
  }
  return chunks.join("") + String.fromCharCode(...units);
}

function decodeUtf8(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const chunks: string[] = [];
  let codes: number[] = [];
  for (let at = start; at < end;) {
    const { code, length } = decodeOne(bytes, at, end);
    codes.push(code);
    at += length;
    if (codes.length >= 4096) {
      chunks.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  return chunks.join("") + String.fromCodePoint(...codes);
}

/** True when the bytes look like text: UTF-16, or no zero byte before the end and few control characters. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (utf16Of(bytes) !== undefined) return true;
  const sample = bytes.subarray(0, 4096);
  let control = 0;
  for (const byte of sample) {
    if (byte === 0 || byte === 0xff) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b) control++;
  }
  return control * 20 <= sample.length;
}

function decodeOne(bytes: Uint8Array, at: number, end: number): { code: number; length: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { code: first, length: 1 };
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first >= 0xf5 || at + length > end) return { code: first, length: 1 };
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return { code: first, length: 1 };
    code = (code << 6) | (next & 0x3f);
  }
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return { code: code > 0x10ffff || surrogate ? REPLACEMENT : code, length };
}
