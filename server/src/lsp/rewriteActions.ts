// Refactorings that write the value under the cursor in another way, or the entry that it names over that of an extended file. Knows nothing of which ways there are.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { CheckOptions } from "../workspace/check";
import { overriddenEntry } from "../workspace/overrideEntry";
import { triedRewritings } from "../workspace/rewritings";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";

export function rewriteActionsAt(snapshot: Snapshot, { range }: CodeActionParams, checking: CheckOptions): CodeAction[] {
  const { checked, uri } = snapshot;
  const anchor = checked.source.anchorAt(checked.source.offset(range.start));
  if (!anchor) return [];
  const overridden = overriddenEntry(checked, checked.source.offset(range.start), checking);
  return [...triedRewritings(checked, anchor, checking), ...(overridden ? [overridden] : [])].map(({ title, edits }) => ({
    title,
    kind: CodeActionKind.RefactorRewrite,
    edit: { changes: { [uri]: edits.map((edit) => ({ range: rangeBetween(checked.source, edit.start, edit.end), newText: edit.text })) } },
  }));
}
