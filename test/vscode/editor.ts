// Opens documents of the test's workspace in the real VS Code, and waits for what the extension makes of them.
// Knows no rule of the language.
import assert from "node:assert/strict";
import * as vscode from "vscode";

export const extensionId = "platmap.platmap";

/** The extension under test. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(extensionId);
  assert.ok(found !== undefined, `VS Code knows the extension ${extensionId}`);
  return found;
}

/** The place of a file of the workspace. */
export function fileUri(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder !== undefined, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens a file of the workspace in an editor. */
export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(fileUri(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Where the first occurrence of a text begins in a document. */
export function positionOf(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, `${text} is in the document`);
  return document.positionAt(offset);
}

/** The diagnostics of a document, as soon as there are any. */
export async function diagnosticsOf(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  return until("there are diagnostics", () => {
    const diagnostics = vscode.languages.getDiagnostics(document.uri);
    return diagnostics.length > 0 ? diagnostics : undefined;
  });
}

/** A diagnostic's rule. */
export function ruleOf({ code }: vscode.Diagnostic): unknown {
  return typeof code === "object" ? code.value : code;
}

/** Asks until there is an answer. The limit is for a server that never answers; no test depends on the time. */
export async function until<Value>(
  what: string,
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain until ${what}.`);
}
