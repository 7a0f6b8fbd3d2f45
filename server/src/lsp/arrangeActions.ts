// Refactorings of an entry and its list: sort by address, another form of the place. Knows nothing of how they are done.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { TextEdit } from "../jsonc/edit";
import { sortEdits } from "../jsonc/sortList";
import type { CheckOptions } from "../workspace/check";
import { addressesIn, listAround } from "../workspace/listOrder";
import { triedFormChanges } from "../workspace/rewritings";
import type { Snapshot } from "../workspace/workspace";
import { editsOf } from "./convert";
import { isWorthWholeText } from "./effort";

export function arrangeActionsAt(snapshot: Snapshot, params: CodeActionParams, checking: CheckOptions): CodeAction[] {
  const { source } = snapshot.checked;
  const anchor = source.anchorAt(source.offset(params.range.start));
  if (!anchor) return [];
  const forms = triedFormChanges(snapshot.checked, anchor, checking).map(({ title, edits }) => rewrite(snapshot, title, edits));
  const list = isWorthWholeText(snapshot, params) ? listAround(source, anchor.path) : undefined;
  const sorted = list ? sortEdits(source, list, addressesIn(source, snapshot.checked.filePlan, list)) : [];
  return [...forms, ...(sorted.length > 0 ? [rewrite(snapshot, `Sort ${String(list?.at(-1))} by address`, sorted)] : [])];
}

function rewrite({ uri, checked: { source } }: Snapshot, title: string, edits: readonly TextEdit[]): CodeAction {
  return { title, kind: CodeActionKind.RefactorRewrite, edit: { changes: { [uri]: editsOf(source, edits) } } };
}
