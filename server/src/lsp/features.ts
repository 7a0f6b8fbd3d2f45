// The features that need one document and nothing else of the server, each with the request that asks for it.
// Knows nothing of how a feature comes to its answer, nor of diagnostics.
import type { CancellationToken, CompletionItem, CompletionList, Connection, Hover, SemanticTokens, SemanticTokensDelta } from "vscode-languageserver";
import type { NamingFile } from "../workspace/mentions";
import type { Snapshot } from "../workspace/workspace";
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from "./callHierarchy";
import type { ClientAbilities } from "./clientAbilities";
import { CompletionAnswers } from "./completionItems";
import { definitionAt } from "./definition";
import { documentLinks } from "./documentLinks";
import { foldingRangesOf } from "./folding";
import { formatDocument, formatOnType, formatRange } from "./formatting";
import { hoverAt } from "./hover";
import { inlayHintsIn } from "./inlayHints";
import { highlightsAt, referencesAt } from "./references";
import { prepareRename, renameAt } from "./rename";
import { selectionRangesAt } from "./selectionRanges";
import { semanticTokensIn, SemanticTokensServer } from "./semanticTokens";
import { symbolsOf } from "./symbols";
import { workspaceSymbols } from "./workspaceSymbols";

/** What the server lends to its features. */
export interface Serving {
  /** Answers with what `run` finds in the document as it is at this moment, with `empty` when it is not open. */
  ask<T>(what: string, token: CancellationToken, uri: string, empty: T, run: (snapshot: Snapshot) => T): T;
  answer<T>(what: string, token: CancellationToken, empty: T, run: () => T): T;
  /** The documents that are open, and the files that they name, each once. */
  files(): Iterable<NamingFile>;
  /** The same with all files of the folders that are open, whether or not anybody has opened them. */
  allFiles(): Iterable<NamingFile>;
  /** What the client can do; known once it has said hello. */
  client(): ClientAbilities;
}

/** The document was closed. */
export type Forget = (uri: string) => void;

export function serveFeatures(connection: Connection, { ask, answer, files, allFiles, client }: Serving): Forget {
  const tokens = new SemanticTokensServer();
  const completions = new CompletionAnswers();
  connection.onHover(({ textDocument, position }, token) => ask<Hover | null>("hover", token, textDocument.uri, null, (snapshot) => hoverAt(snapshot, position, files) ?? null));
  connection.onCompletion(({ textDocument, position }, token) =>
    ask<CompletionItem[] | CompletionList>("completion", token, textDocument.uri, [], (snapshot) => completions.answer(snapshot, position, client().completion)));
  connection.onCompletionResolve((item, token) => answer("completion", token, item, () => completions.resolve(item)));
  connection.onDocumentSymbol(({ textDocument }, token) => ask("symbols", token, textDocument.uri, [], ({ checked }) => symbolsOf(checked.source)));
  connection.onFoldingRanges(({ textDocument }, token) => ask("folding", token, textDocument.uri, [], ({ checked }) => foldingRangesOf(checked.source)));
  connection.onDefinition(({ textDocument, position }, token) =>
    ask("definition", token, textDocument.uri, [], (snapshot) => definitionAt(snapshot, position, allFiles, client().definitionLinks)));
  connection.onReferences(({ textDocument, position, context }, token) =>
    ask("references", token, textDocument.uri, [], (snapshot) => referencesAt(snapshot, position, allFiles, context.includeDeclaration)));
  connection.onDocumentHighlight(({ textDocument, position }, token) => ask("highlights", token, textDocument.uri, [], (snapshot) => highlightsAt(snapshot, position, files)));
  connection.onPrepareRename(({ textDocument, position }, token) => ask("rename", token, textDocument.uri, null, (snapshot) => prepareRename(snapshot, position, allFiles())));
  connection.onRenameRequest(({ textDocument, position, newName }, token) => ask("rename", token, textDocument.uri, null, (snapshot) => renameAt(snapshot, position, allFiles(), newName)));
  connection.onWorkspaceSymbol(({ query }, token) => answer("symbols of the workspace", token, [], () => workspaceSymbols(allFiles(), query)));
  connection.onDocumentLinks(({ textDocument }, token) => ask("links", token, textDocument.uri, [], documentLinks));
  connection.onSelectionRanges(({ textDocument, positions }, token) => ask("selection ranges", token, textDocument.uri, [], (snapshot) => selectionRangesAt(snapshot, positions)));
  connection.languages.inlayHint.on(({ textDocument, range }, token) => ask("inlay hints", token, textDocument.uri, [], (snapshot) => inlayHintsIn(snapshot, range)));
  connection.languages.semanticTokens.on(({ textDocument }, token) => ask("semantic tokens", token, textDocument.uri, { data: [] }, (snapshot) => tokens.full(snapshot)));
  connection.languages.semanticTokens.onDelta(({ textDocument, previousResultId }, token) =>
    ask<SemanticTokens | SemanticTokensDelta>("semantic tokens", token, textDocument.uri, { data: [] }, (snapshot) => tokens.delta(snapshot, previousResultId)));
  connection.languages.semanticTokens.onRange(({ textDocument, range }, token) =>
    ask("semantic tokens", token, textDocument.uri, { data: [] }, (snapshot) => semanticTokensIn(snapshot, range)));
  connection.languages.callHierarchy.onPrepare(({ textDocument, position }, token) =>
    ask("call hierarchy", token, textDocument.uri, [], (snapshot) => prepareCallHierarchy(snapshot, position)));
  connection.languages.callHierarchy.onIncomingCalls(({ item }, token) => ask("incoming calls", token, item.uri, [], (snapshot) => incomingCalls(snapshot, item)));
  connection.languages.callHierarchy.onOutgoingCalls(({ item }, token) => ask("outgoing calls", token, item.uri, [], (snapshot) => outgoingCalls(snapshot, item)));
  connection.onDocumentFormatting(({ textDocument }, token) => ask("formatting", token, textDocument.uri, [], formatDocument));
  connection.onDocumentRangeFormatting(({ textDocument, range }, token) => ask("formatting of lines", token, textDocument.uri, [], (snapshot) => formatRange(snapshot, range)));
  connection.onDocumentOnTypeFormatting(({ textDocument, position, ch }, token) =>
    ask("formatting on type", token, textDocument.uri, [], (snapshot) => formatOnType(snapshot, position, ch)));
  return (uri) => tokens.forget(uri);
}
