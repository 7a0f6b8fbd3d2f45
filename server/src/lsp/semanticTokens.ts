// What each key and value is, for colours: names by what they name, words, numbers; what is switched off is marked. Knows nothing of colours.
import type { Range, SemanticTokens, SemanticTokensDelta, SemanticTokensEdit } from "vscode-languageserver";
import { SemanticTokensBuilder, SemanticTokenTypes } from "vscode-languageserver";
import type { FileKind, ScalarType, WordType } from "../../../core/src/index";
import { fileTypes } from "../../../core/src/index";
import { namesInExpression } from "../jsonc/namesInExpression";
import { entryBetween } from "../jsonc/reparse";
import type { Source } from "../jsonc/source";
import type { Stretch, TypedObject } from "../jsonc/typedWalk";
import { innerSpan, walkTyped } from "../jsonc/typedWalk";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import type { CheckedFile } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";
import { TOKEN_TYPES } from "./capabilities";
import { findToken, lastToken, ORIGIN, placeFirst, TOKEN } from "./tokenPlaces";

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
  readonly source: Source;
  readonly kind: FileKind | undefined;
}

/** The tokens of each document as they were sent last, for clients that ask what has changed since. */
export class SemanticTokensServer {
  private readonly sent = new Map<string, Sent>();
  private count = 0;

  full(snapshot: Snapshot): SemanticTokens {
    const data = tokensOf(snapshot.checked);
    return { resultId: this.remember(snapshot, data), data };
  }

  /** The edits since the tokens of that id; all tokens where those are no longer known. */
  delta(snapshot: Snapshot, previousId: string): SemanticTokens | SemanticTokensDelta {
    const before = this.sent.get(snapshot.uri);
    if (before?.resultId !== previousId) return this.full(snapshot);
    const { source, kind } = snapshot.checked;
    const edit = kind === before.kind ? editOfEntry(before, snapshot.checked) : undefined;
    const data = edit ? before.data.slice(0, edit.start).concat(edit.data ?? [], before.data.slice(edit.start + edit.deleteCount)) : source === before.source ? before.data : tokensOf(snapshot.checked);
    return { resultId: this.remember(snapshot, data), edits: edit ? [edit] : editsBetween(before.data, data) };
  }

  forget(uri: string): void {
    this.sent.delete(uri);
  }

  private remember({ uri, checked: { source, kind } }: Snapshot, data: readonly number[]): string {
    const resultId = String(++this.count);
    this.sent.set(uri, { resultId, data, source, kind });
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

/**
 * What has changed where two texts differ inside one entry: its tokens, and the place of the one behind it. What a token is follows from what is around it
 * in its entry. Undefined where more may have changed.
 */
function editOfEntry({ data, source: old }: Sent, now: Pick<CheckedFile, "source" | "kind">): SemanticTokensEdit | undefined {
  const entry = entryBetween(old.tree, now.source.tree);
  if (!entry) return undefined;
  const [begin, oldEnd, newEnd] = [old.position(entry.start), old.position(entry.oldEnd), now.source.position(entry.newEnd)];
  const from = findToken(data, { index: 0, line: 0, character: 0, before: ORIGIN }, begin);
  const behind = findToken(data, from, oldEnd);
  const tokens = tokensOf(now, { start: entry.start, end: entry.newEnd });
  const last = lastToken(tokens) ?? from.before;
  placeFirst(tokens, from.before);
  if (behind.index === data.length) return { start: from.index, deleteCount: behind.index - from.index, data: tokens };
  const moved = { line: behind.line + newEnd.line - oldEnd.line, character: behind.line === oldEnd.line ? behind.character + newEnd.character - oldEnd.character : behind.character };
  const following = [moved.line, moved.character, ...data.slice(behind.index + 2, behind.index + TOKEN)];
  placeFirst(following, last);
  return { start: from.index, deleteCount: behind.index + TOKEN - from.index, data: tokens.concat(following) };
}

export function semanticTokensIn(snapshot: Snapshot, { start, end }: Range): SemanticTokens {
  const { source } = snapshot.checked;
  return { data: tokensOf(snapshot.checked, { start: source.offset(start), end: source.offset(end) }) };
}

/** The tokens that reach into a stretch of the text, each five numbers, of which the place is counted from the token before. */
function tokensOf({ source, kind }: Pick<CheckedFile, "source" | "kind">, within?: Stretch): number[] {
  const builder = new SemanticTokensBuilder();
  const add = ({ start, end }: Stretch, type: TokenType, modifiers = 0): void => {
    if (start >= end || (within && (end < within.start || start > within.end))) return;
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
  }, within);
  return builder.build().data;
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
