// The tokens of a text that has no syntax faults, comments among them, and what kind of blank lies in front of each. Knows nothing of how they are laid out.
import { createScanner, SyntaxKind } from "jsonc-parser";

/** Half-open. Numbered in the order of the text: the number of a token is its index. */
export interface Token {
  readonly kind: SyntaxKind;
  readonly start: number;
  readonly end: number;
  /** Line breaks between the token in front and this one. The inside of a comment does not count. */
  readonly breaks: number;
}

/** A comment that ends with its line. */
export function isLineComment(token: Token): boolean {
  return token.kind === SyntaxKind.LineCommentTrivia;
}

export function isComment(token: Token | undefined): token is Token {
  return token?.kind === SyntaxKind.LineCommentTrivia || token?.kind === SyntaxKind.BlockCommentTrivia;
}

/** All tokens of a text without faults. */
export function tokensOf(text: string): readonly Token[] {
  const scanner = createScanner(text, false);
  const tokens: Token[] = [];
  let breaks = 0;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EOF; kind = scanner.scan()) {
    const start = scanner.getTokenOffset();
    if (kind === SyntaxKind.LineBreakTrivia) breaks++;
    if (kind === SyntaxKind.LineBreakTrivia || kind === SyntaxKind.Trivia) continue;
    tokens.push({ kind, start, end: start + scanner.getTokenLength(), breaks });
    breaks = 0;
  }
  return tokens;
}

/** How many brackets are open at an offset: the depth of what stands there. Takes any text. */
export function depthAt(text: string, offset: number): number {
  const scanner = createScanner(text.slice(0, offset), true);
  let depth = 0;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EOF; kind = scanner.scan()) {
    if (kind === SyntaxKind.OpenBraceToken || kind === SyntaxKind.OpenBracketToken) depth++;
    else if (kind === SyntaxKind.CloseBraceToken || kind === SyntaxKind.CloseBracketToken) depth = Math.max(0, depth - 1);
  }
  return depth;
}
