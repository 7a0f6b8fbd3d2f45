// JSONC text to a syntax tree, with recovery: it reports every fault and never fails.
// Knows nothing of the language's keys. The scanner is jsonc-parser's; its tree is not used, since it is slow, recurses without bound, and loses duplicate keys.
// Byte order marks are for whoever reads files.
import type { JSONScanner } from "jsonc-parser";
import { createScanner, ScanError, SyntaxKind } from "jsonc-parser";
import type { NodeTable, SyntaxFault } from "./tree";
import { ALONE, NodeKind, SyntaxTree } from "./tree";

/** Values nested deeper are passed over with a fault. */
export const DEPTH_LIMIT = 256;
/** More faults than this in one text are not reported; the last one says so. */
const FAULT_LIMIT = 1000;

/** Reads a whole text (without byte order mark). Trailing commas and comments are part of the language. */
export function parseJsonc(text: string): SyntaxTree {
  return new Parser(text).document();
}

/** Reads a stretch of a document that stands `depth` values deep, as if it were a whole text. */
export function parseNested(text: string, depth: number): SyntaxTree {
  return new Parser(text, depth).document();
}

class Parser {
  private readonly scanner: JSONScanner;
  private token: SyntaxKind = SyntaxKind.Unknown;
  private tokenStart = 0;
  private tokenEnd = 0;
  private previousEnd = 0;
  private kinds: Uint8Array;
  private starts: Int32Array;
  private ends: Int32Array;
  private size = 0;
  /** End, and first node after, of each object and list. */
  private closings: Int32Array;
  private containers = 0;
  /** Where the last text or property ended that lacks its own end: the comma may be in what is missing. */
  private openEnd = -1;
  private readonly comments: number[] = [];
  private readonly faults: SyntaxFault[] = [];

  constructor(
    private readonly text: string,
    private depth = 0,
  ) {
    this.scanner = createScanner(text, true);
    const guess = Math.max(16, text.length >> 3);
    this.kinds = new Uint8Array(guess);
    this.starts = new Int32Array(guess);
    this.ends = new Int32Array(guess);
    this.closings = new Int32Array(Math.max(16, guess >> 2));
  }

  document(): SyntaxTree {
    this.advance();
    if (this.token === SyntaxKind.EOF) this.fault("The file is empty: it holds one object, { … }", 0, this.text.length);
    while (this.token !== SyntaxKind.EOF && !startsValue(this.token)) this.skip("Expected a value here");
    if (this.token !== SyntaxKind.EOF) this.value();
    if (this.token !== SyntaxKind.EOF) this.fault("The file goes on after its end", this.tokenStart, this.text.trimEnd().length);
    return new SyntaxTree(this.text, this.table(), this.faults);
  }

  /** Copies of what is filled: the tree lives as long as the document, and the guess was generous. */
  private table(): NodeTable {
    const { size } = this;
    return {
      kinds: this.kinds.slice(0, size), starts: this.starts.slice(0, size), ends: this.ends.slice(0, size),
      closings: this.closings.slice(0, 2 * this.containers), comments: Int32Array.from(this.comments),
    };
  }

  private value(): void {
    switch (this.token) {
      case SyntaxKind.OpenBraceToken:
        return this.nested(NodeKind.Object, SyntaxKind.CloseBraceToken);
      case SyntaxKind.OpenBracketToken:
        return this.nested(NodeKind.Array, SyntaxKind.CloseBracketToken);
      case SyntaxKind.StringLiteral:
        return this.leaf(NodeKind.String);
      case SyntaxKind.NumericLiteral:
        return this.leaf(NodeKind.Number);
      case SyntaxKind.TrueKeyword:
        return this.leaf(NodeKind.True);
      case SyntaxKind.FalseKeyword:
        return this.leaf(NodeKind.False);
      default:
        return this.leaf(NodeKind.Null);
    }
  }

  private leaf(kind: NodeKind): void {
    const node = this.open(kind);
    this.ends[node] = this.tokenEnd;
    this.advance();
  }

  private nested(kind: NodeKind.Object | NodeKind.Array, close: SyntaxKind): void {
    if (this.depth >= DEPTH_LIMIT) return this.passOver();
    this.depth++;
    const node = this.open(kind);
    const container = this.containers++;
    this.ends[node] = container;
    this.advance();
    this.members(close);
    this.close(node, container, close);
    this.depth--;
  }

  /** Reads properties or elements up to the closing bracket. */
  private members(close: SyntaxKind): void {
    let needsComma = false;
    while (this.token !== close && this.token !== SyntaxKind.EOF) {
      if (this.token === SyntaxKind.CommaToken) {
        if (!needsComma) this.fault("A value is missing in front of this comma");
        needsComma = false;
        this.advance();
        continue;
      }
      if (isClosing(this.token)) return;
      const at = this.previousEnd;
      if (!(close === SyntaxKind.CloseBraceToken ? this.property() : this.element())) {
        this.resynchronise(close === SyntaxKind.CloseBraceToken ? "Expected a key in double quotes" : "Expected a value here");
        needsComma = this.isAt(SyntaxKind.CommaToken);
      } else {
        if (needsComma && at !== this.openEnd) this.fault("A comma is missing here", Math.max(0, at - 1), at);
        needsComma = true;
      }
    }
  }

  private property(): boolean {
    if (this.token !== SyntaxKind.StringLiteral) return false;
    const node = this.open(NodeKind.Property);
    const keyEnd = this.tokenEnd;
    this.ends[node] = keyEnd;
    this.advance();
    if (this.isAt(SyntaxKind.ColonToken)) this.advance();
    else if (startsValue(this.token)) this.fault("A colon is missing after this key", this.starts[node], keyEnd);
    if (startsValue(this.token) && !this.beginsProperty()) this.value();
    else {
      this.fault("A value is missing after this key", this.starts[node], keyEnd);
      this.openEnd = this.previousEnd;
    }
    if (this.size === node + 1) this.kinds[node] = NodeKind.Property | ALONE;
    return true;
  }

  private element(): boolean {
    if (!startsValue(this.token)) return false;
    this.value();
    return true;
  }

  /** After a key without colon or value, a string that is followed by a colon is the next key. */
  private beginsProperty(): boolean {
    if (this.token !== SyntaxKind.StringLiteral) return false;
    let next = this.tokenEnd;
    while (this.text.charCodeAt(next) <= 32) next++;
    return this.text.charCodeAt(next) === 58;
  }

  private close(node: number, container: number, close: SyntaxKind): void {
    let end = this.previousEnd;
    if (this.token === close) {
      end = this.tokenEnd;
      this.advance();
    } else {
      const start = this.starts[node] as number;
      const bracket = close === SyntaxKind.CloseBraceToken ? "}" : "]";
      this.fault(`This ${this.text[start] ?? ""} is never closed: a ${bracket} is missing`, start, start + 1);
    }
    if (2 * container + 2 > this.closings.length) this.closings = wider(this.closings, 2 * this.containers);
    this.closings[2 * container] = end;
    this.closings[2 * container + 1] = this.size;
  }

  /** Passes over a value that is nested too deeply, by counting brackets: the stack does not grow with the text. */
  private passOver(): void {
    this.fault(`Nested more than ${DEPTH_LIMIT} deep: what is inside is not read`);
    let open = 0;
    do {
      if (this.token === SyntaxKind.OpenBraceToken || this.token === SyntaxKind.OpenBracketToken) open++;
      else if (isClosing(this.token)) open--;
      this.advance();
    } while (open > 0 && this.token !== SyntaxKind.EOF);
  }

  private isAt(token: SyntaxKind): boolean {
    return this.token === token;
  }

  private open(kind: NodeKind): number {
    const node = this.size++;
    if (node === this.kinds.length) this.grow();
    this.kinds[node] = kind;
    this.starts[node] = this.tokenStart;
    return node;
  }

  private grow(): void {
    const length = this.kinds.length * 2;
    const kinds = new Uint8Array(length);
    kinds.set(this.kinds);
    this.kinds = kinds;
    this.starts = wider(this.starts, length);
    this.ends = wider(this.ends, length);
  }

  /**
   * Reads the next token. Blanks, brackets, colons, commas and texts without escapes are nearly all of a document, and are read here;
   * everything else, and everything that is wrong, is for the scanner.
   */
  private advance(): void {
    this.previousEnd = this.tokenEnd;
    const { text } = this;
    let at = this.tokenEnd;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 10 || code === 13 || code === 9) at++;
      else if (code === 47 && isComment(text, at)) at = this.comment(at);
      else {
        const end = code === 34 ? endOfPlainText(text, at + 1) : code === 116 ? endOfTrue(text, at) : at + 1;
        const token = code === 34 ? SyntaxKind.StringLiteral : code === 116 ? SyntaxKind.TrueKeyword : punctuation(code);
        if (end < 0 || token === SyntaxKind.Unknown) return this.scan(at);
        this.token = token;
        this.tokenStart = at;
        this.tokenEnd = end;
        return;
      }
    }
  }

  private scan(at: number): void {
    const { scanner } = this;
    scanner.setPosition(at);
    this.token = scanner.scan();
    this.tokenStart = scanner.getTokenOffset();
    this.tokenEnd = Math.min(scanner.getPosition(), this.text.length);
    const error = scanner.getTokenError();
    if (error !== ScanError.None) this.fault(SCAN_FAULTS[error] ?? "This cannot be read");
    if (error === ScanError.UnexpectedEndOfString) this.openEnd = this.tokenEnd;
  }

  /** Notes the comment that begins here; gives the offset after it. */
  private comment(start: number): number {
    const { text } = this;
    const isBlock = text.charCodeAt(start + 1) === 42;
    const close = isBlock ? text.indexOf("*/", start + 2) : -1;
    const end = close >= 0 ? close + 2 : isBlock ? text.length : lineEnd(text, start);
    if (isBlock && close < 0) this.fault("This comment is never closed: */ is missing", start, end);
    this.comments.push(start, end);
    return end;
  }

  /** One fault for everything up to where a member may begin again. */
  private resynchronise(message: string): void {
    this.skip(message);
    while (!startsValue(this.token) && !isClosing(this.token) && this.token !== SyntaxKind.CommaToken && this.token !== SyntaxKind.EOF) this.advance();
    if (this.previousEnd > 0 && this.text[this.previousEnd - 1] === ":" && startsValue(this.token)) {
      const { size, containers } = this;
      this.value();
      this.size = size;
      this.containers = containers;
    }
  }

  private skip(message: string): void {
    this.fault(message);
    this.advance();
  }

  private fault(message: string, start = this.tokenStart, end = this.tokenEnd): void {
    const last = this.faults.at(-1);
    if (this.faults.length >= FAULT_LIMIT || (last && last.start === start)) return;
    const room = this.text.length;
    const said = this.faults.length < FAULT_LIMIT - 1 ? message : `There are ${FAULT_LIMIT} syntax errors or more: those from here on are not listed`;
    this.faults.push({ start: Math.min(start, room), end: Math.min(Math.max(end, start), room), message: said });
  }
}

const SCAN_FAULTS: Readonly<Record<number, string>> = {
  [ScanError.UnexpectedEndOfString]: "This text is never closed: a double quote is missing",
  [ScanError.UnexpectedEndOfNumber]: "This number is not finished",
  [ScanError.InvalidUnicode]: "\\u needs four hexadecimal digits",
  [ScanError.InvalidEscapeCharacter]: "This escape is not one of JSON's: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
  [ScanError.InvalidCharacter]: "A text cannot hold a raw control character",
};

function startsValue(token: SyntaxKind): boolean {
  switch (token) {
    case SyntaxKind.OpenBraceToken:
    case SyntaxKind.OpenBracketToken:
    case SyntaxKind.StringLiteral:
    case SyntaxKind.NumericLiteral:
    case SyntaxKind.TrueKeyword:
    case SyntaxKind.FalseKeyword:
    case SyntaxKind.NullKeyword:
      return true;
    default:
      return false;
  }
}

/** A longer copy, at least twice as long. */
function wider(old: Int32Array, length: number): Int32Array {
  const next = new Int32Array(Math.max(length, 2 * old.length));
  next.set(old);
  return next;
}

function isComment(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 47 || next === 42;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
  return at;
}

function punctuation(code: number): SyntaxKind {
  switch (code) {
    case 123:
      return SyntaxKind.OpenBraceToken;
    case 125:
      return SyntaxKind.CloseBraceToken;
    case 91:
      return SyntaxKind.OpenBracketToken;
    case 93:
      return SyntaxKind.CloseBracketToken;
    case 58:
      return SyntaxKind.ColonToken;
    case 44:
      return SyntaxKind.CommaToken;
    default:
      return SyntaxKind.Unknown;
  }
}

/** The offset after `true`, which flags are made of; −1 when it is another word. */
function endOfTrue(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== 114 || text.charCodeAt(at + 2) !== 117 || text.charCodeAt(at + 3) !== 101) return -1;
  return isWordCharacter(text.charCodeAt(at + 4)) ? -1 : at + 4;
}

function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 36;
}

/** The offset after the closing quote, or −1 when there is an escape, a control character or no quote before the end of the line. */
function endOfPlainText(text: string, from: number): number {
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) return at + 1;
    if (!(code >= 32) || code === 92) return -1;
  }
}

function isClosing(token: SyntaxKind): boolean {
  return token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken;
}
