// A text as nested values, each comment at the thing that it belongs to. Knows nothing of widths and lines to come.
//
// Where a comment goes: on the line of a bracket or a member and at its end, it stays behind that; between blanks on one line, it stays where it is;
// alone on its lines, it stands above what follows. One between a key and its value that ends its line goes above the member.
import { SyntaxKind } from "jsonc-parser";
import type { Token } from "./tokens";
import { isComment, isLineComment, tokensOf } from "./tokens";

/** The index of a token. */
export type TokenIndex = number;

export type Value = Leaf | Container;

export interface Leaf {
  readonly kind: "leaf";
  readonly token: TokenIndex;
}

export interface Container {
  readonly kind: "object" | "list";
  readonly open: TokenIndex;
  readonly close: TokenIndex;
  readonly members: readonly Member[];
  /** Comments on the line of the opening bracket, at its end. */
  readonly behindOpen: readonly TokenIndex[];
  /** Comments under the last member. */
  readonly under: readonly TokenIndex[];
  /** Both brackets stand on one line. */
  readonly isOnOneLine: boolean;
  /** The author began a new line after the opening bracket. */
  readonly isOpened: boolean;
}

/** A property or an element. */
export interface Member {
  /** Comments on lines of their own. */
  readonly above: readonly TokenIndex[];
  /** Comments in front, on the same line. */
  readonly front: readonly TokenIndex[];
  readonly key: TokenIndex | undefined;
  readonly beforeColon: readonly TokenIndex[];
  readonly colon: TokenIndex | undefined;
  readonly beforeValue: readonly TokenIndex[];
  readonly value: Value;
  /** Comments between the value and the comma, on the same line. */
  readonly afterValue: readonly TokenIndex[];
  readonly comma: TokenIndex | undefined;
  /** Comments behind, at the end of the line. */
  readonly behind: readonly TokenIndex[];
  /** It does not follow its neighbour on the same line. */
  readonly startsLine: boolean;
}

/** A whole text. */
export interface Outline {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly above: readonly TokenIndex[];
  readonly root: Value | undefined;
  readonly behind: readonly TokenIndex[];
  readonly under: readonly TokenIndex[];
}

/** The outline of a text without syntax faults. */
export function outlineOf(text: string): Outline {
  return new OutlineReader(text).outline();
}

class OutlineReader {
  private readonly tokens: readonly Token[];
  private next = 0;
  /** Comments that stand above whatever comes next. */
  private carried: TokenIndex[] = [];

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  outline(): Outline {
    const above = this.comments();
    const root = this.next < this.tokens.length ? this.value() : undefined;
    const behind = root ? this.behind() : [];
    return { text: this.text, tokens: this.tokens, above, root, behind, under: [...this.carried, ...this.comments()] };
  }

  private value(): Value {
    const kind = this.token()?.kind;
    if (kind === SyntaxKind.OpenBraceToken) return this.container("object", SyntaxKind.CloseBraceToken);
    if (kind === SyntaxKind.OpenBracketToken) return this.container("list", SyntaxKind.CloseBracketToken);
    return { kind: "leaf", token: this.next++ };
  }

  private container(kind: Container["kind"], closing: SyntaxKind): Container {
    const open = this.next++;
    const behindOpen = this.behind();
    const isOpened = (this.token()?.breaks ?? 0) > 0;
    const members: Member[] = [];
    for (;;) {
      const comments = [...this.take(), ...this.comments()];
      if (this.token() === undefined || this.token()?.kind === closing) {
        const close = this.next++;
        return { kind, open, close, members, behindOpen, under: comments, isOnOneLine: this.breaksBetween(open, close) === 0, isOpened };
      }
      members.push(this.member(comments, kind === "object"));
    }
  }

  private member(comments: readonly TokenIndex[], hasKey: boolean): Member {
    const first = this.next;
    const key = hasKey ? this.next++ : undefined;
    const beforeColon = hasKey ? this.comments() : [];
    const colon = hasKey ? this.next++ : undefined;
    const beforeValue = hasKey ? this.comments() : [];
    const front = this.sameLineAs(first, comments);
    const isPlain = [...beforeColon, ...beforeValue].every((one) => this.isSmall(one) && this.at(one).breaks === 0 && this.at(one + 1).breaks === 0);
    const value = this.value();
    const ending = this.ending();
    const above = comments.slice(0, comments.length - front.length);
    const startsLine = this.breaksBefore(front[0] ?? first) > 0 || above.length > 0;
    if (isPlain) return { above, front, key, beforeColon, colon, beforeValue, value, ...ending, startsLine };
    return { above: [...comments, ...beforeColon, ...beforeValue], front: [], key, beforeColon: [], colon, beforeValue: [], value, ...ending, startsLine };
  }

  /** Comments around the comma behind a value. */
  private ending(): Pick<Member, "afterValue" | "comma" | "behind"> {
    const end = this.next;
    const between = this.comments();
    const follower = this.token();
    const hasComma = follower?.kind === SyntaxKind.CommaToken;
    const isInLine = between.every((one) => this.isSmall(one) && this.at(one).breaks === 0) && follower?.breaks === 0;
    if (hasComma && (between.length === 0 || isInLine)) return { afterValue: between, comma: this.next++, behind: this.behind() };
    if (!hasComma && between.length > 0 && isInLine) return { afterValue: between, comma: undefined, behind: [] };
    this.next = end;
    const behind = this.behind();
    this.carried.push(...this.comments());
    if (!hasComma) return { afterValue: [], comma: undefined, behind };
    const comma = this.next++;
    const closed = this.carried.length > 0 || behind.some((one) => isLineComment(this.at(one)));
    if (closed) {
      this.carried.push(...this.behind());
      return { afterValue: [], comma, behind };
    }
    return { afterValue: [], comma, behind: [...behind, ...this.behind()] };
  }

  /** The comments from here on that stand on the line of the token in front, when nothing else follows on that line. */
  private behind(): TokenIndex[] {
    const start = this.next;
    while (isComment(this.token()) && this.token()?.breaks === 0 && this.isSmall(this.next)) this.next++;
    const isEnd = this.next === this.tokens.length || (this.token()?.breaks ?? 0) > 0;
    if (!isEnd) this.next = start;
    return range(start, this.next);
  }

  /** The comments from here on. */
  private comments(): TokenIndex[] {
    const start = this.next;
    while (isComment(this.token())) this.next++;
    return range(start, this.next);
  }

  /** Of the comments in front of a token, those on its line, which follow each other. */
  private sameLineAs(first: TokenIndex, comments: readonly TokenIndex[]): TokenIndex[] {
    let from = comments.length;
    while (from > 0 && this.isSmall(comments[from - 1] as number) && !isLineComment(this.at(comments[from - 1] as number)) && this.breaksBefore(comments[from] ?? first) === 0) from--;
    return comments.slice(from);
  }

  private take(): TokenIndex[] {
    const { carried } = this;
    this.carried = [];
    return carried;
  }

  /** A comment without a line break inside. */
  private isSmall(index: TokenIndex): boolean {
    const token = this.at(index);
    return !/[\r\n]/.test(this.text.slice(token.start, token.end));
  }

  private breaksBefore(index: TokenIndex): number {
    return this.at(index).breaks;
  }

  private breaksBetween(open: TokenIndex, close: TokenIndex): number {
    for (let one = open + 1; one <= close; one++) if (this.at(one).breaks > 0 || !this.isSmall(one)) return 1;
    return 0;
  }

  private token(): Token | undefined {
    return this.tokens[this.next];
  }

  private at(index: TokenIndex): Token {
    return this.tokens[index] as Token;
  }
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
