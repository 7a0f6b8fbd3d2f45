// Edits in the description's words to edits of the text: small ones, that keep comments, order and the style of numbers.
// Knows nothing of why an edit is made. (jsonc-parser's own `modify` reflows the object and eats comments, so it is not used.)
import type { Anchor, Edit, Json, NewValue } from "../../../core/src/index";
import { looksLikeExpression, printSizeLiteral } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** Replaces the half-open stretch by the text. Offsets mean the source before any edit. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text edits of a fix, sorted and without overlap; undefined when one of its anchors is not there or two of them clash. */
export function textEdits(source: Source, edits: readonly Edit[]): readonly TextEdit[] | undefined {
  const all: TextEdit[] = [];
  const additions = new Map<string, Addition>();
  for (const edit of edits) {
    if (edit.op === "add" || edit.op === "insert") {
      if (!collect(source, edit, additions)) return undefined;
      continue;
    }
    const one = textEdit(source, edit);
    if (!one) return undefined;
    all.push(...one);
  }
  for (const addition of additions.values()) all.push(...additionEdits(source, addition));
  all.sort((a, b) => a.start - b.start || a.end - b.end);
  for (let i = 1; i < all.length; i++) if ((all[i] as TextEdit).start < (all[i - 1] as TextEdit).end) return undefined;
  return all;
}

/** The text after the edits, which must be sorted and without overlap. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** New members of one object or list that go to one place, in their order: one comma too many would break the text. */
export interface Addition {
  readonly parent: Node;
  /** The member in front of them; undefined in an empty object or list. */
  readonly before: Node | undefined;
  /** They go in front of the first member instead. */
  readonly isFirst: boolean;
  readonly texts: string[];
}

type Adding = Extract<Edit, { op: "add" | "insert" }>;

function collect(source: Source, edit: Adding, additions: Map<string, Addition>): boolean {
  const parent = source.valueAt(edit.to.path);
  const wanted = edit.op === "add" ? NodeKind.Object : NodeKind.Array;
  if (parent < 0 || source.tree.kind(parent) !== wanted) return false;
  const children = [...source.tree.children(parent)];
  const found = edit.op === "add" ? children.find((child) => source.tree.string(child) === edit.after) : children[edit.behind];
  const isFirst = edit.op === "insert" && edit.behind < 0 && children.length > 0;
  const before = isFirst ? children[0] : (found ?? children.at(-1));
  const text = print(edit.value, source, parent);
  const key = `${parent} ${before ?? ""} ${isFirst}`;
  const addition = additions.get(key) ?? { parent, before, isFirst, texts: [] };
  addition.texts.push(edit.op === "add" ? `${JSON.stringify(edit.key)}: ${text}` : text);
  additions.set(key, addition);
  return true;
}

function textEdit(source: Source, edit: Exclude<Edit, Adding>): readonly TextEdit[] | undefined {
  switch (edit.op) {
    case "replace":
      return replace(source, edit.at, edit.value);
    case "remove":
      return remove(source, edit.at);
    case "rename": {
      const property = source.propertyAt(edit.at.path);
      return property < 0 ? undefined : [{ ...source.spanOf(property), text: JSON.stringify(edit.key) }];
    }
    case "text": {
      const { start, end } = source.span(edit.at);
      return [{ start, end, text: edit.text }];
    }
  }
}

function replace(source: Source, at: Anchor, value: NewValue): readonly TextEdit[] | undefined {
  const node = source.valueAt(at.path);
  if (node < 0) return undefined;
  const [start, end] = [source.tree.start(node), source.tree.end(node)];
  const kept = commentsIn(source, start, end);
  return [{ start, end, text: print(value, source, node) + (kept === "" ? "" : ` ${kept}`) }];
}

/** Puts members behind another one, on lines of their own where the members have lines of their own, or where `separated` says what is between. */
export function additionEdits(source: Source, { parent, before, isFirst, texts }: Addition, separated?: string): readonly TextEdit[] {
  if (before === undefined) return [insideEmpty(source, parent, texts.join(", "))];
  const between = separated ?? separator(source, parent, before);
  const text = texts.join(`,${between}`);
  if (isFirst) {
    const start = source.tree.start(before);
    return [{ start, end: start, text: `${text},${between}` }];
  }
  const end = memberEnd(source, before);
  const comma = commaAfter(source, end);
  const place = between === " " ? Math.max(end, comma + 1) : endOfLine(source, Math.max(end, comma));
  if (comma < 0) {
    if (place === end) return [{ start: end, end, text: `,${between}${text}` }];
    return [{ start: end, end, text: "," }, { start: place, end: place, text: between + text }];
  }
  const isLast = source.tree.nextChild(parent, before) < 0;
  return [{ start: place, end: place, text: `${between}${text}${isLast ? "" : ","}` }];
}

function insideEmpty(source: Source, parent: Node, text: string): TextEdit {
  const open = source.tree.start(parent) + 1;
  const closing = source.tree.end(parent) - 1;
  const isBlank = source.text.slice(open, closing).trim() === "";
  const padded = source.tree.kind(parent) === NodeKind.Object ? ` ${text} ` : text;
  return { start: open, end: isBlank ? closing : open, text: padded };
}

/** The end of the line on which the offset is, when only blanks and comments follow there; else the offset behind it. */
export function endOfLine(source: Source, offset: number): number {
  const { line } = source.position(offset);
  const end = source.offset({ line, character: Infinity });
  const from = source.text[offset] === "," ? offset + 1 : offset;
  const rest = source.text.slice(from, end);
  return /^\s*(?:\/\*(?:[^*]|\*(?!\/))*\*\/\s*)*(?:\/\/.*)?$/.test(rest) ? end : from;
}

/** What stands between two members: a line break and the member's indentation, or a blank. */
function separator(source: Source, parent: Node, member: Node): string {
  const start = source.tree.start(member);
  const line = source.position(start).line;
  if (line === source.position(source.tree.start(parent)).line) return " ";
  const text = source.line(line);
  const indent = /^\s*/.exec(text)?.[0] ?? "";
  const isFirstOnLine = source.position(start).character === indent.length;
  return isFirstOnLine ? lineBreakOf(source) + indent : " ";
}

export function lineBreakOf(source: Source): string {
  return /\r\n|\r|\n/.exec(source.text)?.[0] ?? "\n";
}

/** Removes a member with one comma, and with its line when nothing else but blanks stands there. Comments stay. */
function remove(source: Source, at: Anchor): readonly TextEdit[] | undefined {
  const property = source.propertyAt(at.path);
  const member = property >= 0 ? property : source.valueAt(at.path);
  const parent = source.valueAt(at.path.slice(0, -1));
  if (member < 0 || parent < 0) return undefined;
  const start = source.tree.start(member);
  const end = memberEnd(source, member);
  const comma = commaAfter(source, end);
  const edits: TextEdit[] = [removal(source, start, comma === end ? comma + 1 : end)];
  if (comma > end) edits.push({ start: comma, end: comma + 1, text: "" });
  if (comma < 0) {
    const previous = [...source.tree.children(parent)].filter((child) => child < member).at(-1);
    const before = previous === undefined ? -1 : commaAfter(source, memberEnd(source, previous));
    if (before >= 0) edits.unshift({ start: before, end: before + 1, text: "" });
  }
  return edits;
}

/** Takes a stretch away. Comments inside it stay in its place: no edit may lose one. */
function removal(source: Source, start: number, end: number): TextEdit {
  const kept = commentsIn(source, start, end);
  return kept === "" ? withBlanks(source, start, end) : { start, end, text: kept };
}

/** The comments inside a stretch, each of those that end with their line followed by a line break. */
export function commentsIn(source: Source, start: number, end: number): string {
  const { comments } = source.tree;
  const kept: string[] = [];
  for (let i = 0; i < comments.length; i += 2) {
    if ((comments[i] as number) < start || (comments[i + 1] as number) > end) continue;
    const text = source.text.slice(comments[i], comments[i + 1]);
    kept.push(text.startsWith("//") ? text + lineBreakOf(source) : text);
  }
  return kept.join(" ");
}

/** Widens a stretch that is alone on its lines to whole lines; else by the blanks in front of it where it is the last, or by those behind it. */
export function withBlanks(source: Source, start: number, end: number): TextEdit {
  const text = source.text;
  let from = start;
  while (from > 0 && (text[from - 1] === " " || text[from - 1] === "\t")) from--;
  let to = end;
  while (to < text.length && (text[to] === " " || text[to] === "\t")) to++;
  const beginsLine = from === 0 || text[from - 1] === "\n" || text[from - 1] === "\r";
  const endsLine = to === text.length || text[to] === "\n" || text[to] === "\r";
  const endsParent = text[to] === "]" || text[to] === "}";
  if (!beginsLine) return { start: endsLine || endsParent ? from : start, end: endsLine || endsParent ? end : to, text: "" };
  if (!endsLine) return { start, end: to, text: "" };
  const breakLength = text.startsWith("\r\n", to) ? 2 : to < text.length ? 1 : 0;
  return { start: from, end: to + breakLength, text: "" };
}

/** Offset after a member: after the value of a property. */
function memberEnd(source: Source, member: Node): number {
  const { tree } = source;
  if (tree.kind(member) !== NodeKind.Property) return tree.end(member);
  const value = tree.firstChild(member);
  return value < 0 ? tree.end(member) : tree.end(value);
}

/** Offset of the comma that follows, with blanks and comments between; −1 when the next thing is no comma. */
function commaAfter(source: Source, from: number): number {
  const text = source.text;
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 44) return at;
    if (code === 47) at = commentEnd(source, at);
    else if (code <= 32) at++;
    else return -1;
  }
  return -1;
}

function commentEnd(source: Source, at: number): number {
  const { comments } = source.tree;
  for (let i = 0; i < comments.length; i += 2) if (comments[i] === at) return comments[i + 1] as number;
  return source.text.length;
}

function print(value: NewValue, source: Source, replaced: Node): string {
  if ("json" in value) return printJson(value.json);
  const isString = source.tree.kind(replaced) === NodeKind.String;
  const written = isString ? source.tree.string(replaced) : "";
  // An expression has no style that a number could take.
  const old = looksLikeExpression(written) ? "" : written;
  return JSON.stringify("address" in value ? printAddressLike(value.address, old) : printSizeLike(value.size, old));
}

/** With or without separators, upper or lower case digits, padded to the same width: as the address that it replaces. */
function printAddressLike(value: bigint, old: string): string {
  const isGrouped = !/^0x/i.test(old) || old.includes("_") || old.length <= 6;
  const oldWidth = old.slice(2).replaceAll("_", "").length;
  const hex = value.toString(16);
  // An address of seven digits among those of eight is one that readers miscount.
  const width = /^0x0/i.test(old) ? oldWidth : hex.length === 7 && oldWidth === 8 ? 8 : 0;
  let digits = hex.padStart(width, "0");
  if (/[A-F]/.test(old) && !/[a-f]/.test(old)) digits = digits.toUpperCase();
  return "0x" + (isGrouped ? digits.replace(/\B(?=(.{4})+$)/g, "_") : digits);
}

/** Hexadecimal stays hexadecimal; a unit stays a unit where the size can be said in one. */
function printSizeLike(value: bigint, old: string): string {
  if (/^0x/i.test(old)) return printAddressLike(value, old);
  const literal = printSizeLiteral(value);
  return /iB$/.test(old.trim()) && /[KMGTPE]$/.test(literal) ? `${literal}iB` : literal;
}

/** JSON on one line, with blanks inside braces as people write them. */
export function printJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printJson).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value as Record<string, Json>).map(([key, one]) => `${JSON.stringify(key)}: ${printJson(one)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
