// What each key and value is, for colours: names by what they name, words, numbers; what is switched off is marked. Knows nothing of colours.
import type { Range, SemanticTokens, SemanticTokensDelta, SemanticTokensEdit } from "vscode-languageserver";
import { SemanticTokensBuilder, SemanticTokenTypes } from "vscode-languageserver";
import type { ScalarType, WordType } from "../../../core/src/index";
import { fileTypes } from "../../../core/src/index";
import { namesInExpression } from "../jsonc/namesInExpression";
import type { Source } from "../jsonc/source";
import type { TypedObject } from "../jsonc/typedWalk";
import { innerSpan, walkTyped } from "../jsonc/typedWalk";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import type { Snapshot } from "../workspace/workspace";
import { TOKEN_TYPES } from "./capabilities";


type TokenType = (typeof TOKEN_TYPES)[number];

const KINDS: Readonly<Record<ScalarType["kind"], TokenType>> = {
  address: SemanticTokenTypes.number,
  size: SemanticTokenTypes.number,
  integer: SemanticTokenTypes.number,
  id: SemanticTokenTypes.number,
  range: SemanticTokenTypes.number,
  "bus-range": SemanticTokenTypes.number,
  "id-range": SemanticTokenTypes.number,
  boolean: SemanticTokenTypes.enumMember,
  "acs-bits": SemanticTokenTypes.enumMember,
  name: SemanticTokenTypes.class,
  reference: SemanticTokenTypes.variable,
  "pci-address": SemanticTokenTypes.variable,
  text: SemanticTokenTypes.string,
  pattern: SemanticTokenTypes.string,
  file: SemanticTokenTypes.string,
};

interface Sent {
  readonly resultId: string;
  readonly data: readonly number[];
}

/** The tokens of each document as they were sent last, for clients that ask what has changed since. */
export class SemanticTokensServer {
  private readonly sent = new Map<string, Sent>();
  private count = 0;

  full(snapshot: Snapshot): SemanticTokens {
    const { data } = tokensOf(snapshot, 0, Infinity);
    return { resultId: this.remember(snapshot.uri, data), data };
  }

  /** The edits since the tokens of that id; all tokens where those are no longer known. */
  delta(snapshot: Snapshot, previousId: string): SemanticTokens | SemanticTokensDelta {
    const before = this.sent.get(snapshot.uri);
    if (before?.resultId !== previousId) return this.full(snapshot);
    const { data } = tokensOf(snapshot, 0, Infinity);
    return { resultId: this.remember(snapshot.uri, data), edits: editsBetween(before.data, data) };
  }

  forget(uri: string): void {
    this.sent.delete(uri);
  }

  private remember(uri: string, data: readonly number[]): string {
    const resultId = String(++this.count);
    this.sent.set(uri, { resultId, data });
    return resultId;
  }
}

/** One edit: what is between the same beginning and the same end. */
function editsBetween(before: readonly number[], after: readonly number[]): SemanticTokensEdit[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  const [deleteCount, data] = [before.length - start - same, after.slice(start, after.length - same)];
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data }];
}

export function semanticTokensIn(snapshot: Snapshot, { start, end }: Range): SemanticTokens {
  const { source } = snapshot.checked;
  return tokensOf(snapshot, source.offset(start), source.offset(end));
}

/** The tokens that reach into a stretch of the text. */
function tokensOf({ checked: { source, kind } }: Snapshot, first: number, last: number): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  const add = ({ start, end }: { start: number; end: number }, type: TokenType, modifiers = 0): void => {
    if (start >= end || end < first || start > last) return;
    const { line, character } = source.position(start);
    builder.push(line, character, end - start, TOKEN_TYPES.indexOf(type), modifiers);
  };
  walkTyped(source, fileTypes[kind ?? "platform"], {
    key: (_, property) => add(innerSpan(source, property), SemanticTokenTypes.property),
    value({ object, node, type, key }) {
      const names = namesInExpression(source, node, type);
      for (const name of names) add(name, SemanticTokenTypes.variable);
      if (names.length === 0) add(innerSpan(source, node), typeOf(source, node, type), key === "name" ? nameModifiers(source, object) : 0);
    },
  });
  return builder.build();
}

function typeOf({ tree }: Source, node: Node, type: ScalarType | WordType): TokenType {
  const isWord = type.kind === "word" || tree.kind(node) === NodeKind.True || tree.kind(node) === NodeKind.False;
  return isWord ? SemanticTokenTypes.enumMember : KINDS[(type as ScalarType).kind];
}

function nameModifiers(source: Source, { node }: TypedObject): number {
  const property = source.propertyOf(node, "disabled");
  const value = property < 0 ? -1 : source.tree.firstChild(property);
  const isDisabled = value >= 0 && source.tree.kind(value) === NodeKind.True;
  return 1 | (isDisabled ? 2 : 0);
}
