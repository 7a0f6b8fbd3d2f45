// What steps of the walkthrough do with a button where VS Code has no command for it: the fixes of a finding, and the script that captures a machine.
// A walkthrough has the focus itself, so that commands of the editor would find no editor. Knows nothing of how findings come about.
import * as vscode from "vscode";
import { openAsNew } from "./newDocument";

/** Puts the cursor on the worst finding of the document that is in sight, and opens the menu of its fixes. */
export async function showFixes(languageId: string): Promise<void> {
  const document = latestDocument(languageId);
  const finding = document && worstFinding(document);
  if (!finding) {
    return void vscode.window.showInformationMessage("No open platform description has a finding. Open an example first: Platmap: Open Example…");
  }
  const editor = await vscode.window.showTextDocument(document, columnOf(document));
  editor.selection = new vscode.Selection(finding.range.start, finding.range.start);
  editor.revealRange(finding.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand("editor.action.quickFix");
}

/** Opens the script that captures a machine as a new document: to read it, and to save it where it can be copied from. */
export async function showCaptureScript(folder: vscode.Uri): Promise<vscode.TextDocument> {
  const script = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "capture", "collect.sh"));
  return openAsNew(new TextDecoder().decode(script), "collect.sh", "shellscript");
}

/** The one that is edited, else one in sight, else the one that was opened last, of those with a finding where there are any. */
function latestDocument(languageId: string): vscode.TextDocument | undefined {
  const shown = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].flatMap((editor) => (editor ? [editor.document] : []));
  const open = [...vscode.workspace.textDocuments].reverse().filter((document) => columnOf(document) !== undefined);
  return [...shown, ...open].find((document) => document.languageId === languageId && worstFinding(document) !== undefined);
}

function worstFinding({ uri }: vscode.TextDocument): vscode.Diagnostic | undefined {
  return [...vscode.languages.getDiagnostics(uri)].sort((a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start))[0];
}

/** Where its tab is. */
function columnOf({ uri }: vscode.TextDocument): vscode.ViewColumn | undefined {
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()))?.viewColumn;
}
