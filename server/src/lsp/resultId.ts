// By what a client says which findings it has already, so that they are not sent to it again. Knows nothing of where findings come from.
import { createHash } from "node:crypto";
import type { Diagnostic, DocumentDiagnosticReport } from "vscode-languageserver";

/** The same findings have the same id, in another run of the server, too. */
export function resultIdOf(items: readonly Diagnostic[]): string {
  return createHash("sha256").update(JSON.stringify(items)).digest("hex").slice(0, 20);
}

/** The findings of one document, unless they are those that the client has. */
export function documentReport(items: Diagnostic[], previousResultId: string | undefined): DocumentDiagnosticReport {
  const resultId = resultIdOf(items);
  return previousResultId === resultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
}
