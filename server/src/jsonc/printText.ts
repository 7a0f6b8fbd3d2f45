// Texts and comments of a printed document. What comes from a capture is data: it can leave neither its quotes nor its
// comment, cannot turn the reading direction, and cannot be taken for a waiver. Knows nothing of layout.

/** Control characters, line separators, and the characters that change the direction of text. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const WAIVER = /platmap(\s+)allow/gi;

/** A JSON string. Unsafe characters are escaped, so that the value stays what it was. */
export function printText(text: string): string {
  return JSON.stringify(text).replace(
    UNSAFE,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** `// …` lines of at most `width` columns, broken at blanks. Unsafe characters become blanks. */
export function printComment(lines: readonly string[], indent: string, width: number): string[] {
  const room = Math.max(20, width - indent.length - 3);
  return lines
    .flatMap((line) => wrap(safe(line), room, line.startsWith("- ") ? "  " : ""))
    .map((line) => `${indent}// ${line}`.trimEnd());
}

function safe(line: string): string {
  return line.replace(UNSAFE, " ").replace(WAIVER, "platmap, allow").trim();
}

/** Lines after the first begin with `hanging`. */
function wrap(line: string, room: number, hanging: string): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ").flatMap((one) => cut(one, room - hanging.length))) {
    if (current !== "" && current.length + 1 + word.length > room) {
      lines.push(current);
      current = hanging + word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

function cut(word: string, room: number): string[] {
  const pieces = [word.slice(0, room)];
  for (let at = room; at < word.length; at += room) pieces.push(word.slice(at, at + room));
  return pieces;
}
