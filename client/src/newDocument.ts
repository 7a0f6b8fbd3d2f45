// Shows a text as a new document that is not saved yet, under a name that no file has. Knows nothing of what the text says.
import * as vscode from "vscode";

/** Opens the text in an editor. The document has a name, so that the server knows its kind. */
export async function openAsNew(text: string, suggestedName: string, languageId: string): Promise<vscode.TextDocument> {
  const document = await vscode.languages.setTextDocumentLanguage(await emptyDocument(suggestedName), languageId);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  return document;
}

/** A new document under the first name that nothing has. What says something already is someone's. */
async function emptyDocument(suggestedName: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [, stem = suggestedName, ending = ""] = /^(.*?)((?:\.(?:platform|guest|fleet))?\.\w+)$/.exec(suggestedName) ?? [];
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? suggestedName : `${stem}-${number}${ending}`;
    const file = folder === undefined ? undefined : vscode.Uri.joinPath(folder, name);
    if (file !== undefined && (await exists(file))) continue;
    const untitled = vscode.Uri.from({ scheme: "untitled", path: file?.path ?? name });
    if (isOpen(untitled)) continue;
    const document = await vscode.workspace.openTextDocument(untitled);
    if (document.getText() === "") return document;
  }
}

/** A restored document has a tab before VS Code has read it, and names where it is from in its address. */
function isOpen({ scheme, path }: vscode.Uri): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
  return [...tabs, ...vscode.workspace.textDocuments.map(({ uri }) => uri)].some((uri) => uri.scheme === scheme && uri.path.endsWith(path));
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
