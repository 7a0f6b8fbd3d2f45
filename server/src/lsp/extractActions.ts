// The refactoring that moves a selection to a new base file, for clients that can make files. Knows nothing of how the two files come about.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import { extractedBase } from "../workspace/extractBase";
import type { Snapshot } from "../workspace/workspace";
import { editsOf } from "./convert";
import { isWorthWholeText } from "./effort";
import type { WholeFileOptions } from "./wholeFileActions";

export function extractActionsAt(snapshot: Snapshot, params: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  const { uri, version, checked } = snapshot;
  const { range } = params;
  const { source } = checked;
  if (!options.createsFiles || !isWorthWholeText(snapshot, params)) return [];
  const made = extractedBase(checked, { start: source.offset(range.start), end: source.offset(range.end) }, options.checking);
  if (!made) return [];
  const start = { line: 0, character: 0 };
  return [{
    title: made.title,
    kind: CodeActionKind.RefactorExtract,
    edit: {
      documentChanges: [
        { kind: "create", uri: made.file, options: { overwrite: false, ignoreIfExists: false } },
        { textDocument: { uri: made.file, version: null }, edits: [{ range: { start, end: start }, newText: made.text }] },
        { textDocument: { uri, version }, edits: editsOf(source, made.edits) },
      ],
    },
  }];
}
