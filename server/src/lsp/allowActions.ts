// "Allow here, because …": a waiver above the line of a finding, whose reason the author writes. Knows nothing of what waivers do.
import type { CodeAction, TextDocumentEdit } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { Finding } from "../../../core/src/index";
import { placeForWaiver } from "../jsonc/waivers";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";
import type { WholeFileOptions } from "./wholeFileActions";

/** Rules about waivers cannot be waived, and while the text is broken nothing can. */
const NOT_ALLOWED: ReadonlySet<string> = new Set(["unused-waiver", "waiver-without-reason", "waiver-of-unknown-rule", "syntax-error"]);

/**
 * One action or none. It is no quick fix: those mend what is found, and whoever applies one may count on the finding being gone. A client that takes snippets gets the cursor on the reason; with another, the
 * waiver counts once its "…" is replaced.
 */
export function allowActions(snapshot: Snapshot, finding: Finding, options: WholeFileOptions): CodeAction[] {
  const { source } = snapshot.checked;
  const place = finding.at.file === source.file && !NOT_ALLOWED.has(finding.rule) ? placeForWaiver(source, source.span(finding.at).start) : undefined;
  if (!place) return [];
  const range = rangeBetween(source, place.offset, place.offset);
  const waiver = (reason: string): string => `${place.indent}// platmap allow ${finding.rule}: ${reason}${place.lineBreak}`;
  const inDocument = (edit: TextDocumentEdit["edits"][number]): TextDocumentEdit => ({ textDocument: { uri: snapshot.uri, version: snapshot.version }, edits: [edit] });
  return [
    {
      title: `Allow ${finding.rule} here, because …`,
      kind: CodeActionKind.RefactorRewrite,
      edit: options.snippetEdits
        ? { documentChanges: [inDocument({ range, snippet: { kind: "snippet", value: waiver("${1:reason}") } })] }
        : { changes: { [snapshot.uri]: [{ range, newText: waiver("…") }] } },
    },
  ];
}
