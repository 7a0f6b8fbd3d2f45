// JSONC text to a syntax tree, with recovery: it reports every fault and never fails.
// Knows nothing of the language's keys. The scanner is jsonc-parser's; its tree is not used, since it is slow, recurses without bound, and loses duplicate keys.
import type { JSONScanner } from "jsonc-parser";
import { createScanner, ScanError, SyntaxKind } from "jsonc-parser";
import type { SyntaxFault } from "./tree";
import { NodeKind, SyntaxTree } from "./tree";

/** Values nested deeper are passed over with a fault. */
export const DEPTH_LIMIT = 256;
/** More faults than this in one text are not reported. */
const FAULT_LIMIT = 1000;

/** Reads a whole text (without byte order mark). Trailing commas and comments are part of the language. */
export function parseJsonc(text: string): SyntaxTree {
  return new Parser(text).document();
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
  private afters: Int32Array;
  private size = 0;
  private depth = 0;
  private readonly comments: number[] = [];
  private readonly faults: SyntaxFault[] = [];

  constructor(private readonly text: string) {
    this.scanner = createScanner(text, false);
    const guess = Math.max(16, text.length >> 3);
    this.kinds = new Uint8Array(guess);
    this.starts = new Int32Array(guess);
    this.ends = new Int32Array(guess);
    this.afters = new Int32Array(guess);
  }

  document(): SyntaxTree {
    this.advance();
    if (this.token === SyntaxKind.EOF) this.fault("The file is empty: a platform file begins with { \"platform\": … }", 0, this.text.length);
    while (this.token !== SyntaxKind.EOF && !startsValue(this.token)) this.skip("Expected a value here");
    if (this.token !== SyntaxKind.EOF) this.value();
    if (this.token !== SyntaxKind.EOF) this.fault("The file goes on after its end", this.tokenStart, this.text.trimEnd().length);
    const size = this.size;
    return new SyntaxTree(
      this.text, this.kinds.slice(0, size), this.starts.slice(0, size), this.ends.slice(0, size), this.afters.slice(0, size),
      size, Int32Array.from(this.comments), this.faults,
    );
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
    this.afters[node] = this.size;
  }

  private nested(kind: NodeKind.Object | NodeKind.Array, close: SyntaxKind): void {
    if (this.depth >= DEPTH_LIMIT) return this.passOver();
    this.depth++;
    const node = this.open(kind);
    this.advance();
    this.members(close);
    this.close(node, close);
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
        if (needsComma) this.fault("A comma is missing here", Math.max(0, at - 1), at);
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
    else this.fault("A value is missing after this key", this.starts[node], keyEnd);
    this.afters[node] = this.size;
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

  private close(node: number, close: SyntaxKind): void {
    if (this.token === close) {
      this.ends[node] = this.tokenEnd;
      this.advance();
    } else {
      this.ends[node] = this.previousEnd;
      const start = this.starts[node] as number;
      const bracket = close === SyntaxKind.CloseBraceToken ? "}" : "]";
      this.fault(`This ${this.text[start] ?? ""} is never closed: a ${bracket} is missing`, start, start + 1);
    }
    this.afters[node] = this.size;
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
    const wider = (old: Int32Array): Int32Array => {
      const next = new Int32Array(length);
      next.set(old);
      return next;
    };
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
    this.afters = wider(this.afters);
  }

  private advance(): void {
    this.previousEnd = this.tokenEnd;
    const scanner = this.scanner;
    for (;;) {
      const token = scanner.scan();
      if (token === SyntaxKind.Trivia || token === SyntaxKind.LineBreakTrivia) continue;
      const start = scanner.getTokenOffset();
      const end = Math.min(start + scanner.getTokenLength(), this.text.length);
      const error = scanner.getTokenError();
      if (error !== ScanError.None) this.fault(SCAN_FAULTS[error] ?? "This cannot be read", start, end);
      if (token === SyntaxKind.LineCommentTrivia || token === SyntaxKind.BlockCommentTrivia) {
        this.comments.push(start, end);
        continue;
      }
      this.token = token;
      this.tokenStart = start;
      this.tokenEnd = end;
      return;
    }
  }

  /** One fault for everything up to where a member may begin again. */
  private resynchronise(message: string): void {
    this.skip(message);
    while (!startsValue(this.token) && !isClosing(this.token) && this.token !== SyntaxKind.CommaToken && this.token !== SyntaxKind.EOF) this.advance();
    if (this.previousEnd > 0 && this.text[this.previousEnd - 1] === ":" && startsValue(this.token)) {
      const before = this.size;
      this.value();
      this.size = before;
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
    this.faults.push({ start: Math.min(start, room), end: Math.min(Math.max(end, start), room), message });
  }
}

const SCAN_FAULTS: Readonly<Record<number, string>> = {
  [ScanError.UnexpectedEndOfComment]: "This comment is never closed: */ is missing",
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

function isClosing(token: SyntaxKind): boolean {
  return token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken;
}
