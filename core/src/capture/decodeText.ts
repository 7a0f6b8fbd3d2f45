// Bytes of a text file to a string: UTF-8, and byte by byte (Latin-1) where the bytes are not UTF-8. The core has no
// TextDecoder. Knows nothing of what the text says.

const REPLACEMENT = 0xfffd;

/**
 * Decodes a text file. A byte order mark at the start and zero bytes at the end (files of sysfs in archives) are
 * dropped.
 */
export function decodeText(bytes: Uint8Array): string {
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

/** True when the bytes look like text: no zero byte before the end, and few control characters. */
export function looksLikeText(bytes: Uint8Array): boolean {
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
