// Shows a text as a new document that is not saved yet, under a name that no file has. Knows nothing of what the text says.
import * as vscode from "vscode";

/** Opens the text in an editor. The document has a name, so that the server knows its kind. */
export async function openAsNew(text: string, suggestedName: string, languageId: string): Promise<vscode.TextDocument> {
  const untitled = await vscode.workspace.openTextDocument(await freeUri(suggestedName));
  const document = await vscode.languages.setTextDocumentLanguage(untitled, languageId);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  return document;
}

async function freeUri(suggestedName: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [, stem = suggestedName, ending = ""] = /^(.*?)(\.(?:platform|guest|fleet)\.jsonc?)$/.exec(suggestedName) ?? [];
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? suggestedName : `${stem}-${number}${ending}`;
    const file = folder === undefined ? undefined : vscode.Uri.joinPath(folder, name);
    const untitled = vscode.Uri.from({ scheme: "untitled", path: file?.path ?? name });
    if (!isOpen(untitled) && (file === undefined || !(await exists(file)))) {
      return untitled;
    }
  }
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
