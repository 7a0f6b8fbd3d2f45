// What a client is told when it says hello. A client waits for this answer before it does anything, so nothing that takes time to load may be needed for it.
// Knows nothing of how any of it is done.
import type { ClientCapabilities, FileOperationRegistrationOptions, InitializeParams, InitializeResult, SemanticTokensLegend, ServerCapabilities } from "vscode-languageserver";
import { CodeActionKind, SemanticTokenModifiers, SemanticTokenTypes, TextDocumentSyncKind } from "vscode-languageserver";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.platmap`;
export const TIDY_LITERALS = `${CodeActionKind.Source}.tidyLiterals.platmap`;

/** Writes the places that the planner finds into a guest. */
export const PLACE_COMMAND = "platmap.place";
/** Compares two files. */
export const DIFFERENCE_COMMAND = "platmap.difference";

export const TOKEN_TYPES = [SemanticTokenTypes.property, SemanticTokenTypes.class, SemanticTokenTypes.variable, SemanticTokenTypes.enumMember, SemanticTokenTypes.number, SemanticTokenTypes.string] as const;
const TOKEN_MODIFIERS = [SemanticTokenModifiers.declaration, SemanticTokenModifiers.deprecated] as const;
const LEGEND: SemanticTokensLegend = { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] };

/** What is typed for a line to be formatted. */
export const TYPED_FIRST = "\n";
const TYPED_MORE = ["}", "]"];

/** A folder that comes or goes takes files along of which no watcher speaks. */
const MOVED: FileOperationRegistrationOptions = {
  filters: [{ scheme: "file", pattern: { glob: "**/*.{json,jsonc}", matches: "file" } }, { scheme: "file", pattern: { glob: "**", matches: "folder" } }],
};

export function answerToHello({ capabilities }: InitializeParams, version: string): InitializeResult {
  return {
    serverInfo: { name: "platmap", version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      completionProvider: { triggerCharacters: ['"', ":", "{", "[", ","], resolveProvider: true },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, CodeActionKind.RefactorExtract, FIX_ALL, TIDY_LITERALS], resolveProvider: true },
      codeLensProvider: { resolveProvider: true },
      executeCommandProvider: { commands: [PLACE_COMMAND, DIFFERENCE_COMMAND] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true }, fileOperations: { didCreate: MOVED, didRename: MOVED, didDelete: MOVED } },
      ...(pullsDiagnostics(capabilities) && { diagnosticProvider: { identifier: "platmap", interFileDependencies: true, workspaceDiagnostics: true } }),
      ...ofDocuments(capabilities),
    },
  };
}

/** Some clients show everything twice when a server both pushes and answers pulls. */
export function pullsDiagnostics({ textDocument }: ClientCapabilities): boolean {
  return textDocument?.diagnostic !== undefined;
}

function ofDocuments({ textDocument }: ClientCapabilities): ServerCapabilities {
  return {
    hoverProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: textDocument?.rename?.prepareSupport === true ? { prepareProvider: true } : true,
    workspaceSymbolProvider: true,
    documentLinkProvider: {},
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    inlayHintProvider: true,
    semanticTokensProvider: { legend: LEGEND, full: { delta: true }, range: true },
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: TYPED_FIRST, moreTriggerCharacter: TYPED_MORE },
  };
}
