// Where each token of a text goes: two blanks a level, a record a line where it fits, the columns of such records aligned. What the author put on one line stays together
// where it fits. Knows nothing of what keys mean. A second layout of its own result changes nothing.
import { FlatWidths } from "./flat";
import type { Container, Leaf, Member, Outline, TokenIndex, Value } from "./outline";
import { paddings } from "./table";

/** Columns of a line. Comments at the end of one may go beyond. */
export const LINE_WIDTH = 140;
const STEP = 2;

/** A token with what is in front of it: line breaks (`\n`) and blanks. */
export interface Placed {
  readonly blank: string;
  readonly token: TokenIndex;
}

/** All tokens of the outline, each once. */
export function layOut(outline: Outline): readonly Placed[] {
  return new Layout(outline).document();
}

class Layout {
  private readonly placed: Placed[] = [];
  private readonly widths: FlatWidths;
  private column = 0;
  private indent = 0;
  /** What goes in front of the next token. */
  private blank = "";

  constructor(private readonly outline: Outline) {
    this.widths = new FlatWidths(outline);
  }

  document(): readonly Placed[] {
    const { above, root, behind, under } = this.outline;
    this.ownLines(above);
    if (root) {
      this.newLine(this.hasBlankLineBefore(firstToken(root)));
      const isOpen = root.kind !== "leaf" && root.members.length > 0;
      if (isOpen) this.broken(root);
      else this.value(root, 0);
      this.endOfLine(behind);
    }
    this.ownLines(under);
    return this.placed;
  }

  /** A value from the current column on, with `more` columns behind it. */
  private value(value: Value, more: number): void {
    const width = this.widths.of(value);
    if (value.kind === "leaf") this.token(value.token);
    else if (width !== undefined && this.column + width + more <= LINE_WIDTH) this.flat(value);
    else this.broken(value);
  }

  private flat(value: Value, padding: readonly number[] = []): void {
    if (value.kind === "leaf") return this.token(value.token);
    const isSpaced = value.kind === "object" && value.members.length > 0;
    this.token(value.open);
    if (isSpaced) this.space();
    value.members.forEach((member, index) => {
      if (index > 0) this.space();
      this.flatMember(member);
      this.blank += " ".repeat(padding[index] ?? 0);
    });
    if (isSpaced) this.space();
    this.token(value.close);
  }

  private flatMember(member: Member): void {
    this.key(member);
    this.flat(member.value);
    this.ending(member);
  }

  /** Everything in front of a member's value. */
  private key({ front, key, beforeColon, colon, beforeValue }: Member): void {
    for (const comment of front) this.spaced(comment);
    if (key === undefined || colon === undefined) return;
    this.token(key);
    for (const comment of beforeColon) this.behindSpace(comment);
    this.token(colon);
    this.space();
    for (const comment of beforeValue) this.spaced(comment);
  }

  private ending({ afterValue, comma }: Member): void {
    for (const comment of afterValue) this.behindSpace(comment);
    if (comma !== undefined) this.token(comma);
  }

  private broken(value: Value): void {
    if (value.kind === "leaf") return this.token(value.token);
    const only = embraced(value);
    this.token(value.open);
    if (only) {
      this.broken(only.value);
      this.ending(only);
    } else {
      this.endOfLine(value.behindOpen);
      this.indent += STEP;
      if (isListOfContainers(value)) this.rows(value);
      else this.lines(value);
      this.ownLines(value.under, value.members.length === 0);
      this.indent -= STEP;
      this.newLine(false);
    }
    this.token(value.close);
  }

  /** Members on lines of their own, but for those that the author put on one, or that came from one. */
  private lines({ members, isOnOneLine }: Container): void {
    let isOpen = false;
    members.forEach((member, index) => {
      const width = this.widths.of(member.value);
      const room = this.memberWidth(member);
      const isShort = width !== undefined && (!isOnOneLine || isPlain(member.value));
      const joins = isOpen && isShort && member.above.length === 0 && (isOnOneLine || !member.startsLine) && room !== undefined && this.column + 1 + room <= LINE_WIDTH;
      if (joins) this.space();
      else this.beginMember(member, index === 0);
      isOpen = isShort && member.behind.length === 0 && room !== undefined && this.column + room <= LINE_WIDTH;
      this.member(member);
    });
  }

  /** Each element on a line of its own, those that fit with their columns aligned. */
  private rows({ members }: Container): void {
    for (let at = 0; at < members.length; ) {
      const run = this.runFrom(members, at);
      const aligned = this.paddingsOf(run);
      run.forEach((member, index) => {
        this.beginMember(member, at + index === 0);
        this.key(member);
        this.flat(member.value, aligned[index]);
        this.ending(member);
        this.endOfLine(member.behind);
      });
      at += run.length;
      const member = members[at];
      if (!member || run.length > 0) continue;
      this.beginMember(member, at === 0);
      this.member(member);
      at++;
    }
  }

  /** The elements from `start` on that are records of one line, without a blank line between. */
  private runFrom(members: readonly Member[], start: number): readonly Member[] {
    let end = start;
    for (; end < members.length; end++) {
      const member = members[end] as Member;
      const room = this.memberWidth(member);
      if (member.value.kind !== "object" || room === undefined || this.indent + room > LINE_WIDTH) break;
      if (end > start && this.hasBlankLineBefore(member.above[0] ?? firstOf(member))) break;
    }
    return members.slice(start, end);
  }

  /** Rows with comments in front or between their cells stand as they are. */
  private paddingsOf(run: readonly Member[]): readonly (readonly number[])[] {
    const isRow = run.map((member) => member.front.length === 0 && member.value.kind === "object" && member.value.members.every(isBare));
    const rows = run.filter((_, index) => isRow[index]).map((member) => ({ width: this.memberWidth(member) ?? 0, cells: this.cellsOf(member.value as Container) }));
    const padded = paddings(rows, LINE_WIDTH - this.indent);
    let next = 0;
    return run.map((_, index) => (isRow[index] ? (padded[next++] ?? []) : []));
  }

  private cellsOf({ members }: Container): { key: string; width: number }[] {
    return members.map((member) => ({ key: this.text(member.key as TokenIndex), width: this.widths.ofMember(member) ?? 0 }));
  }

  /** The width of a member on one line, the comments above it and behind it apart. */
  private memberWidth(member: Member): number | undefined {
    return this.widths.ofMember({ ...member, above: [], behind: [] });
  }

  private beginMember(member: Member, isFirst: boolean): void {
    this.ownLines(member.above, isFirst);
    const isTop = isFirst && member.above.length === 0;
    this.newLine(!isTop && this.hasBlankLineBefore(firstOf(member)));
  }

  private member(member: Member): void {
    this.key(member);
    this.value(member.value, (member.comma === undefined ? 0 : 1) + member.afterValue.reduce((sum, one) => sum + this.widths.ofToken(one) + 1, 0));
    this.ending(member);
    this.endOfLine(member.behind);
  }

  private ownLines(comments: readonly TokenIndex[], isTop = false): void {
    comments.forEach((comment, index) => {
      this.newLine(!(isTop && index === 0) && this.hasBlankLineBefore(comment));
      this.token(comment);
    });
  }

  private endOfLine(comments: readonly TokenIndex[]): void {
    for (const comment of comments) this.behindSpace(comment);
  }

  private spaced(comment: TokenIndex): void {
    this.token(comment);
    this.space();
  }

  private behindSpace(comment: TokenIndex): void {
    this.space();
    this.token(comment);
  }

  private newLine(isBlankLineWanted: boolean): void {
    if (this.placed.length === 0) return;
    this.blank = (isBlankLineWanted ? "\n\n" : "\n") + " ".repeat(this.indent);
    this.column = this.indent;
  }

  private space(): void {
    this.blank += " ";
  }

  private token(index: TokenIndex): void {
    if (!this.blank.startsWith("\n")) this.column += this.blank.length;
    this.placed.push({ blank: this.blank, token: index });
    this.blank = "";
    this.column += this.widths.ofToken(index);
  }

  private hasBlankLineBefore(index: TokenIndex): boolean {
    return (this.outline.tokens[index]?.breaks ?? 0) > 1;
  }

  private text(index: TokenIndex): string {
    const { start, end } = this.outline.tokens[index] as { start: number; end: number };
    return this.outline.text.slice(start, end);
  }
}

/** The one record of a list whose brackets hug it, as the author wrote it: `[{` and `}]`. */
function embraced({ kind, members, isOpened, behindOpen, under }: Container): Member | undefined {
  const [only] = members;
  const hugs = kind === "list" && members.length === 1 && !isOpened && behindOpen.length + under.length === 0;
  return hugs && only && only.value.kind === "object" && only.comma === undefined && isBare(only) && only.above.length + only.front.length + only.behind.length === 0 ? only : undefined;
}

function isListOfContainers({ kind, members }: Container): boolean {
  return kind === "list" && members.some((member) => member.value.kind !== "leaf");
}

/** A word, a number, or a list of such. */
function isPlain(value: Value): boolean {
  return value.kind === "leaf" || (value.kind === "list" && value.members.every((member) => member.value.kind === "leaf"));
}

/** Without a comment between its parts. */
function isBare({ front, beforeColon, beforeValue, afterValue }: Member): boolean {
  return front.length + beforeColon.length + beforeValue.length + afterValue.length === 0;
}

function firstOf({ front, key, value }: Member): TokenIndex {
  return front[0] ?? key ?? firstToken(value);
}

function firstToken(value: Leaf | Container): TokenIndex {
  return value.kind === "leaf" ? value.token : value.open;
}

