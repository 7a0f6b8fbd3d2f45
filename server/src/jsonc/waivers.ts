// Waivers in comments: `// platmap allow missing-acs: the slot is never assigned`. What they say and which lines they are for.
// Knows nothing of rules, nor of findings.
import type { TextSpan } from "../../../core/src/index";
import type { Source } from "./source";

export interface Waiver {
  /** What is written, without the comment's own signs. */
  readonly at: TextSpan;
  readonly rule: string;
  readonly ruleAt: TextSpan;
  /** Empty where none is given. */
  readonly reason: string;
  /** The lines whose findings it is for, from zero, the nearest first. */
  readonly lines: readonly number[];
  /** What would have to go for the waiver to go: its whole line, when it stands alone there. */
  readonly whole: TextSpan;
}

const WAIVER = /^(\/[/*]\s*)(platmap\s+allow(?![\w-])[ \t]*)([\w-]*)\s*(?::\s*([\s\S]*?))?\s*(?:\*\/)?$/;
/** Stands where a reason goes until somebody writes one. */
const NO_REASON = /^[.…\s]*$/;

/** In the order of the text. */
export function waiversOf(source: Source): Waiver[] {
  const waivers: Waiver[] = [];
  const { comments } = source.tree;
  for (let i = 0; i < comments.length; i += 2) {
    if (!mayBeWaiver(source.text, comments[i] as number)) continue;
    const waiver = waiverIn(source, comments[i] as number, comments[i + 1] as number);
    if (waiver) waivers.push(waiver);
  }
  return waivers;
}

/** Most comments are told from a waiver by their first word. Blanks that are not ASCII are left to the expression. */
function mayBeWaiver(text: string, comment: number): boolean {
  let at = comment + 2;
  while (text.charCodeAt(at) <= SPACE) at++;
  return !(text.charCodeAt(at) < 0x80) || text.startsWith("platmap", at);
}

const SPACE = 0x20;

function waiverIn(source: Source, start: number, end: number): Waiver | undefined {
  const found = WAIVER.exec(source.text.slice(start, end));
  if (!found) return undefined;
  const [all, opening = "", words = "", rule = "", reason = ""] = found;
  const from = start + opening.length;
  const until = start + all.replace(/\s*(\*\/)?$/, "").length;
  const ruleStart = from + words.length;
  return {
    at: { file: source.file, start: from, end: until },
    rule,
    ruleAt: rule === "" ? { file: source.file, start: from, end: until } : { file: source.file, start: ruleStart, end: ruleStart + rule.length },
    reason: NO_REASON.test(reason) ? "" : reason.replace(/\s+/g, " "),
    lines: linesFor(source, start, end),
    whole: wholeOf(source, start, end),
  };
}

/** Its own line, if anything stands there; and the line below, past further lines of comments. */
function linesFor(source: Source, start: number, end: number): number[] {
  const first = source.position(start).line;
  let below = source.position(end).line + 1;
  while (below < source.lineCount && isCommentsOnly(source, below)) below++;
  return hasContent(source, first) ? [first, below] : [below];
}

function hasContent(source: Source, line: number): boolean {
  return withoutComments(source, line).trim() !== "";
}

function isCommentsOnly(source: Source, line: number): boolean {
  return source.line(line).trim() !== "" && !hasContent(source, line);
}

function withoutComments(source: Source, line: number): string {
  const start = source.offset({ line, character: 0 });
  const text = source.line(line);
  const { comments } = source.tree;
  let result = text;
  for (let i = firstEndingAfter(comments, start); i < comments.length && (comments[i] as number) < start + text.length; i += 2) {
    const [from, to] = [Math.max(0, (comments[i] as number) - start), Math.min(text.length, (comments[i + 1] as number) - start)];
    result = result.slice(0, from) + " ".repeat(to - from) + result.slice(to);
  }
  return result;
}

/** The index of the first comment that ends behind an offset. */
function firstEndingAfter(comments: Int32Array, offset: number): number {
  let low = 0;
  let high = comments.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[2 * middle + 1] as number) > offset) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

function wholeOf(source: Source, start: number, end: number): TextSpan {
  const { text, file } = source;
  let from = start;
  while (from > 0 && (text[from - 1] === " " || text[from - 1] === "\t")) from--;
  const beginsLine = from === 0 || text[from - 1] === "\n" || text[from - 1] === "\r";
  const lineBreak = /^[ \t]*(\r\n|\r|\n|$)/.exec(text.slice(end, end + 200));
  if (!lineBreak) return { file, start, end };
  return beginsLine ? { file, start: from, end: end + lineBreak[0].length } : { file, start: from, end };
}

/** The beginning of a line above which a waiver can be put, and how its line begins and ends. */
export interface WaiverPlace {
  readonly offset: number;
  readonly indent: string;
  readonly lineBreak: string;
}

/** The place for a waiver above the line of an offset; undefined where that line begins inside a comment. */
export function placeForWaiver(source: Source, offset: number): WaiverPlace | undefined {
  const { line } = source.position(offset);
  const start = source.offset({ line, character: 0 });
  const { comments } = source.tree;
  const index = firstEndingAfter(comments, start);
  if (index < comments.length && (comments[index] as number) < start) return undefined;
  return { offset: start, indent: /^[ \t]*/.exec(source.line(line))?.[0] ?? "", lineBreak: /\r\n|\r|\n/.exec(source.text)?.[0] ?? "\n" };
}
