// The refactoring that moves a selection to a new base file, for clients that can make files. Knows nothing of how the two files come about.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind, CodeActionTriggerKind } from "vscode-languageserver";
import { extractedBase } from "../workspace/extractBase";
import type { Snapshot } from "../workspace/workspace";
import { editsOf } from "./convert";
import type { WholeFileOptions } from "./wholeFileActions";

/** In larger texts the two files are worked out only when somebody asks for refactorings, not while a selection grows. */
const AT_ONCE = 100_000;

export function extractActionsAt({ uri, version, checked }: Snapshot, { range, context }: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  const { source } = checked;
  const isAsked = context.only !== undefined || context.triggerKind !== CodeActionTriggerKind.Automatic;
  if (!options.createsFiles || (source.text.length > AT_ONCE && !isAsked)) return [];
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
