// Semantic tokens as the protocol has them, in a row of numbers: each token's place is counted from that of the one before. Knows nothing of what a token is.
import type { Position } from "vscode-languageserver";

/** How many numbers a token takes. */
export const TOKEN = 5;
export const ORIGIN: Position = { line: 0, character: 0 };

export interface FoundToken extends Position {
  readonly index: number;
  /** The place of the token before it; the beginning of the text where there is none. */
  readonly before: Position;
}

/** The first token from `after` on that does not begin before a position, or the place behind all tokens. The places of those before it are added up. */
export function findToken(data: readonly number[], after: FoundToken, position: Position): FoundToken {
  let { index, before } = after;
  let here = index === 0 ? placeOf(data, 0, ORIGIN) : after;
  while (index < data.length && isBefore(here, position)) {
    before = here;
    index += TOKEN;
    here = placeOf(data, index, before);
  }
  return { ...here, index, before };
}

/** The place of the token at an index, which is counted from that of the one before. */
function placeOf(data: readonly number[], index: number, { line, character }: Position): Position {
  const [lines = 0, characters = 0] = [data[index], data[index + 1]];
  return { line: line + lines, character: lines === 0 ? character + characters : characters };
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Where the last of some tokens stands, of which the first is counted from the beginning of the text. */
export function lastToken(data: readonly number[]): Position | undefined {
  let place: Position | undefined;
  for (let index = 0; index < data.length; index += TOKEN) place = placeOf(data, index, place ?? ORIGIN);
  return place;
}

/** Counts the first token, which was counted from the beginning of the text, from another. */
export function placeFirst(data: number[], { line, character }: Position): void {
  const [lines, characters] = data;
  if (lines === undefined || characters === undefined) return;
  data[0] = lines - line;
  if (lines === line) data[1] = characters - character;
}
