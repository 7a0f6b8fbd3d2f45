// Quick fixes of the findings under the cursor, each tried before it is offered, and other ways to write the value there. Knows nothing of what a fix changes.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { Finding } from "../../../core/src/index";
import { triedFixes } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";
import { allowActions } from "./allowActions";
import { rangeBetween } from "./convert";
import type { DiagnosticOptions } from "./diagnostics";
import { toDiagnostic } from "./diagnostics";
import { rewriteActionsAt } from "./rewriteActions";

/** Fixes of more findings at once are not worked out: a selection of a whole file asks for them all. */
const FINDING_LIMIT = 50;

export function codeActionsAt(snapshot: Snapshot, params: CodeActionParams, options: DiagnosticOptions): CodeAction[] {
  const fixes = isWanted(params, CodeActionKind.QuickFix) ? quickFixesAt(snapshot, params, options) : [];
  return isWanted(params, CodeActionKind.RefactorRewrite) ? [...fixes, ...rewriteActionsAt(snapshot, params)] : fixes;
}

/** A client that asks for a kind means the kinds below it too. */
function isWanted({ context: { only } }: CodeActionParams, kind: string): boolean {
  return !only || only.some((one) => one === kind || kind.startsWith(`${one}.`) || one === "");
}

function quickFixesAt(snapshot: Snapshot, params: CodeActionParams, options: DiagnosticOptions): CodeAction[] {
  const { source, findings } = snapshot.checked;
  const [start, end] = [source.offset(params.range.start), source.offset(params.range.end)];
  const touched = findings.filter((finding) => {
    const span = source.span(finding.at);
    return span.start <= end && start <= span.end;
  });
  return touched.slice(0, FINDING_LIMIT).flatMap((finding) => actionsOf(snapshot, finding, options));
}

function actionsOf(snapshot: Snapshot, finding: Finding, options: DiagnosticOptions): CodeAction[] {
  const { source } = snapshot.checked;
  const fixes = triedFixes(snapshot.checked, finding, options.checking).map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(snapshot, finding, options)],
    ...(index === 0 && { isPreferred: true }),
    edit: { changes: { [snapshot.uri]: fix.edits.map((edit) => ({ range: rangeBetween(source, edit.start, edit.end), newText: edit.text })) } },
  }));
  return [...fixes, ...allowActions(snapshot, finding, options)];
}
