// How addresses and sizes are written in a map, and how wide text is when nobody can measure it.
// Knows nothing of where the text goes.
import type { Space } from "../address";
import { printSize } from "../print";

/** `0x0800_0000`: at least eight digits, so that addresses stand under each other; I/O ports have four. */
export function printMapAddress(value: bigint, space: Space): string {
  const digits = value.toString(16).padStart(space === "io" ? 4 : 8, "0");
  return "0x" + digits.replace(/\B(?=(.{4})+$)/g, "_");
}

/** `2 MiB`, `≈1.5 GiB`, `24 B`: truncated, never rounded up to the next unit. */
export function printMapSize(bytes: bigint): string {
  return printSize(bytes).replace("about ", "≈").replace(/ bytes?$/, " B");
}

/** The advance of a character in monospace fonts, in em: 0.6 in most, a little more to be safe. */
const ADVANCE = 0.605;

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3fffd}]/u;

/** Pixels that a text takes in a monospace font of that many pixels. Never too few. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const one of text) ems += WIDE.test(one) ? 1.2 : ADVANCE;
  return ems * fontSize;
}

/** The text, or as much of its beginning and end as fits, with an ellipsis between. Empty when not even that fits. */
export function fitText(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const all = [...text];
  for (let kept = Math.min(all.length - 1, Math.floor(width / (ADVANCE * fontSize))); kept > 1; kept--) {
    const head = Math.ceil((kept * 2) / 3);
    const cut = all.slice(0, head).join("") + "…" + all.slice(all.length - (kept - head)).join("");
    if (textWidth(cut, fontSize) <= width) return cut;
  }
  return width >= fontSize ? "…" : "";
}

/** Lines of at most `width` pixels, broken at blanks; a word that is longer is broken anywhere. `em` is the width of a character in em. */
export function wrapText(text: string, fontSize: number, width: number, em: number): readonly string[] {
  const most = Math.max(8, Math.floor(width / (em * fontSize)));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, most))) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

function pieces(word: string, most: number): string[] {
  const all = [...word];
  const parts: string[] = [];
  for (let i = 0; i < all.length; i += most) parts.push(all.slice(i, i + most).join(""));
  return parts;
}

const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]|\p{Surrogate}/gu;

/** Text from documents as it may be shown: what steers a terminal or turns text around, and what is no character, becomes U+FFFD. */
export function shownText(text: string): string {
  return text.replace(HARMFUL, "\ufffd");
}
