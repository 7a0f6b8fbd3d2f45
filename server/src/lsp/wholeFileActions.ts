// Actions on a whole file: all fixes, all of one rule, a new layout, tidy literals. What takes long is worked out when the action is chosen, where the client can wait for it.
// Knows nothing of what they change.
import type { CodeAction, CodeActionParams, WorkspaceEdit } from "vscode-languageserver";
import { CodeActionKind, CodeActionTriggerKind } from "vscode-languageserver";
import type { Finding } from "../../../core/src/index";
import { fileTypes } from "../../../core/src/index";
import { applyTextEdits } from "../jsonc/edit";
import { lineEdits } from "../jsonc/lineEdits";
import { tidyLiteralEdits } from "../jsonc/tidyLiterals";
import { fixAll } from "../workspace/fixAll";
import { FIX_ALL, TIDY_LITERALS } from "./capabilities";
import type { ActionAbilities } from "./clientAbilities";
import type { TriedLayout } from "../workspace/triedLayout";
import { triedLayout } from "../workspace/triedLayout";
import type { Snapshot } from "../workspace/workspace";
import { editsOf } from "./convert";
import type { DiagnosticOptions } from "./diagnostics";
import { toDiagnostic } from "./diagnostics";

/** The rules that a new layout can mend. */
const OVERLAPS: ReadonlySet<string> = new Set(["overlapping-regions", "overlapping-reservations", "duplicate-range", "memory-over-mmio"]);

/** What an action carries until it is chosen. */
interface Chosen {
  readonly uri: string;
  readonly fix: "all" | "rule";
  readonly rule?: string;
}

export type WholeFileOptions = DiagnosticOptions & ActionAbilities;

/** All fixes of the file, and tidy literals: only for who asks for them, or for everything there is. */
export function sourceActions(snapshot: Snapshot, params: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  if (!params.context.only && params.context.triggerKind !== CodeActionTriggerKind.Invoked) return [];
  return [...fixAllAction(snapshot, params, options), ...tidyAction(snapshot, params)];
}

/** For the findings under the cursor: all of the same rule, and a new layout. */
export function furtherFixes(snapshot: Snapshot, touched: readonly Finding[], params: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  const rules = [...new Set(touched.filter((finding) => finding.fixes.length > 0).map(({ rule }) => rule))];
  const ofRules = rules.flatMap((rule) => fixRuleAction(snapshot, rule, params, options));
  const overlapping = touched.filter(({ rule }) => OVERLAPS.has(rule));
  return [...ofRules, ...(overlapping.length > 0 ? layoutAction(snapshot, overlapping, options) : [])];
}

/** The action with its edit; it changes nothing when the document has gone on since. */
export function resolveWholeFileAction(snapshot: Snapshot | undefined, action: CodeAction, options: WholeFileOptions): CodeAction {
  return snapshot && isChosen(action.data) ? { ...action, edit: mended(snapshot, action.data.rule, options) ?? { changes: {} } } : action;
}

/** The document that an unresolved action is about. */
export function documentOfAction({ data }: CodeAction): string | undefined {
  return isChosen(data) ? data.uri : undefined;
}

function fixAllAction(snapshot: Snapshot, { context: { only } }: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  if (only && !only.some((kind) => covers(kind, FIX_ALL))) return [];
  const edit = mended(snapshot, undefined, options);
  return edit ? [{ title: "Fix all that can be fixed", kind: FIX_ALL, edit }] : [];
}

function tidyAction({ uri, checked: { source, kind } }: Snapshot, { context: { only } }: CodeActionParams): CodeAction[] {
  if ((only && !only.some((one) => covers(one, TIDY_LITERALS))) || !kind || source.tree.faults.length > 0) return [];
  const edits = tidyLiteralEdits(source, fileTypes[kind]);
  return edits.length === 0 ? [] : [{ title: "Write addresses and sizes the usual way", kind: TIDY_LITERALS, edit: { changes: { [uri]: editsOf(source, edits) } } }];
}

function fixRuleAction(snapshot: Snapshot, rule: string, { context: { triggerKind } }: CodeActionParams, options: WholeFileOptions): CodeAction[] {
  const findings = snapshot.checked.findings.filter((finding) => finding.rule === rule);
  if (findings.length < 2) return [];
  const action = { title: `Fix all of ${rule} in this file`, kind: CodeActionKind.QuickFix, diagnostics: findings.map((one) => toDiagnostic(snapshot, one, options)) };
  if (options.resolvesEdits) return [{ ...action, data: { uri: snapshot.uri, fix: "rule", rule } satisfies Chosen }];
  const edit = triggerKind === CodeActionTriggerKind.Automatic ? undefined : mended(snapshot, rule, options);
  return edit ? [{ ...action, edit }] : [];
}

/** With one overlap its own fixes say as much. */
function layoutAction(snapshot: Snapshot, touched: readonly Finding[], options: WholeFileOptions): CodeAction[] {
  if (snapshot.checked.findings.filter(({ rule }) => OVERLAPS.has(rule)).length < 2) return [];
  const layout = triedLayout(snapshot.checked, options.checking);
  if (!layout) return [];
  const diagnostics = touched.map((one) => toDiagnostic(snapshot, one, options));
  return [{ title: layout.title, kind: CodeActionKind.QuickFix, diagnostics, edit: layoutEdit(snapshot, layout, options) }];
}

/** A client that can shows the moves before they are done. */
function layoutEdit({ uri, version, checked: { source } }: Snapshot, { title, details, edits }: TriedLayout, { annotations }: WholeFileOptions): WorkspaceEdit {
  const changes = editsOf(source, edits);
  if (!annotations) return { changes: { [uri]: changes } };
  return {
    documentChanges: [{ textDocument: { uri, version }, edits: changes.map((edit) => ({ ...edit, annotationId: "layout" })) }],
    changeAnnotations: { layout: { label: title, description: details.join("; "), needsConfirmation: true } },
  };
}

/** Undefined where no fix holds. */
function mended({ uri, checked: { source } }: Snapshot, rule: string | undefined, { checking }: WholeFileOptions): WorkspaceEdit | undefined {
  const { text } = fixAll(source.file, source.text, { isWanted: (finding) => rule === undefined || finding.rule === rule, checking });
  const edits = lineEdits(source.text, text);
  if (applyTextEdits(source.text, edits) !== text) throw new Error("the edits do not make the text that was tried");
  return edits.length === 0 ? undefined : { changes: { [uri]: editsOf(source, edits) } };
}

/** A client that asks for a kind means the kinds below it too. */
function covers(asked: string, kind: string): boolean {
  return asked === "" || asked === kind || kind.startsWith(`${asked}.`);
}

function isChosen(data: unknown): data is Chosen {
  return typeof data === "object" && data !== null && "uri" in data && typeof data.uri === "string" && "fix" in data && (!("rule" in data) || typeof data.rule === "string");
}
