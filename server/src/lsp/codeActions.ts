// Quick fixes of the findings under the cursor, in this file or in one that it names, each tried before it is offered, other ways to write what is there, waivers, and actions on the whole file.
// Knows nothing of what a fix changes.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { Finding } from "../../../core/src/index";
import { shownText } from "../../../core/src/index";
import { triedFixes } from "../workspace/check";
import { equalizedGuests } from "../workspace/equalizedGuests";
import type { Snapshot } from "../workspace/workspace";
import { allowActions } from "./allowActions";
import { arrangeActionsAt } from "./arrangeActions";
import { editsOf } from "./convert";
import type { DiagnosticOptions } from "./diagnostics";
import { toDiagnostic } from "./diagnostics";
import { extractActionsAt } from "./extractActions";
import { placeActionsAt } from "./placeActions";
import { rewriteActionsAt } from "./rewriteActions";
import type { WholeFileOptions } from "./wholeFileActions";
import { furtherFixes, sourceActions } from "./wholeFileActions";

/** Fixes of more findings at once are not worked out: a selection of a whole file asks for them all. */
const FINDING_LIMIT = 50;

export function codeActionsAt(snapshot: Snapshot, params: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  const touched = findingsAt(snapshot, params);
  const { checking } = options;
  const fixes = isWanted(params, CodeActionKind.QuickFix) ? quickFixesOf(snapshot, touched, params, options) : [];
  const rewritings = isWanted(params, CodeActionKind.RefactorRewrite) ? [...rewriteActionsAt(snapshot, params, checking), ...arrangeActionsAt(snapshot, params, checking), ...placeActionsAt(snapshot, params, checking)] : [];
  const waivers = isWanted(params, CodeActionKind.RefactorRewrite) ? touched.flatMap((finding) => allowActions(snapshot, finding, options)) : [];
  const extracting = isWanted(params, CodeActionKind.RefactorExtract) ? extractActionsAt(snapshot, params, options) : [];
  const actions = [...fixes, ...rewritings, ...extracting, ...waivers, ...sourceActions(snapshot, params, options)];
  return actions.map((action) => ({ ...action, title: shownText(action.title) }));
}

/** A client that asks for a kind means the kinds below it too. */
function isWanted({ context: { only } }: CodeActionParams, kind: string): boolean {
  return !only || only.some((one) => one === kind || kind.startsWith(`${one}.`) || one === "");
}

function findingsAt(snapshot: Snapshot, { range }: CodeActionParams): readonly Finding[] {
  const { source, findings } = snapshot.checked;
  const [start, end] = [source.offset(range.start), source.offset(range.end)];
  const touched = findings.filter((finding) => {
    const span = source.span(finding.at);
    return span.start <= end && start <= span.end;
  });
  return touched.slice(0, FINDING_LIMIT);
}

function quickFixesOf(snapshot: Snapshot, findings: readonly Finding[], params: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  return [...findings.flatMap((finding) => fixesOf(snapshot, finding, options)), ...furtherFixes(snapshot, findings, params, options)];
}

function fixesOf(snapshot: Snapshot, finding: Finding, options: DiagnosticOptions): CodeAction[] {
  const { source } = snapshot.checked;
  const about = { kind: CodeActionKind.QuickFix, diagnostics: [toDiagnostic(snapshot, finding, options)] };
  const own = triedFixes(snapshot.checked, finding, options.checking).map((fix, index) => ({
    title: fix.title,
    ...about,
    ...(index === 0 && { isPreferred: true }),
    edit: { changes: { [snapshot.uri]: editsOf(source, fix.edits) } },
  }));
  const ofOthers = equalizedGuests(snapshot.checked, finding, options.checking).map((one) => ({ title: one.title, ...about, edit: { changes: { [one.source.file]: editsOf(one.source, one.edits) } } }));
  return [...own, ...ofOthers];
}
