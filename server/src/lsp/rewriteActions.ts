// Refactorings that write the value under the cursor in another way. Knows nothing of which ways there are.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import { triedRewritings } from "../workspace/rewritings";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";

export function rewriteActionsAt(snapshot: Snapshot, { range }: CodeActionParams): CodeAction[] {
  const { checked, uri } = snapshot;
  const anchor = checked.source.anchorAt(checked.source.offset(range.start));
  if (!anchor) return [];
  return triedRewritings(checked, anchor).map(({ title, edits }) => ({
    title,
    kind: CodeActionKind.RefactorRewrite,
    edit: { changes: { [uri]: edits.map((edit) => ({ range: rangeBetween(checked.source, edit.start, edit.end), newText: edit.text })) } },
  }));
}
