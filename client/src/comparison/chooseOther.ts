// Asks what a description is to be compared with: another file of its kind, a git revision of itself, or a capture of a machine. Compares nothing.
import * as vscode from "vscode";
import type { ComparedSide } from "../serverProtocol";

interface Choice extends vscode.QuickPickItem {
  /** Absent for a line between choices. */
  choose?(): Thenable<ComparedSide | undefined> | ComparedSide;
}

/**
 * Undefined when the user thought better of it.
 * @param isOnMachine whether the server runs on a machine: only there it can ask git and read captures
 */
export async function chooseOther(file: vscode.Uri, isOnMachine: boolean): Promise<ComparedSide | undefined> {
  const ofMachine: Choice[] = [
    { label: "$(git-commit) Git Revision…", description: "a branch, a tag or a commit", choose: () => askForRevision(file) },
    { label: "$(server) Capture of a Machine…", description: "as the import reads it", choose: () => askForCapture() },
  ];
  const choices: Choice[] = [...(isOnMachine ? ofMachine : []), { label: "$(file) Other File…", choose: () => askForFile() }];
  const others = (await filesLike(file)).map((uri): Choice => ({ label: `$(map) ${nameOf(uri)}`, description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, "..")), choose: () => ({ uri: uri.toString() }) }));
  const separator = { label: "files", kind: vscode.QuickPickItemKind.Separator };
  const chosen = await vscode.window.showQuickPick<Choice>([...choices, ...(others.length > 0 ? [separator, ...others] : [])], { title: `Compare ${nameOf(file)} With`, matchOnDescription: true });
  return chosen?.choose?.();
}

/** Files of the same kind, by their names. */
async function filesLike(file: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const kind = /\.(platform|guest|fleet)\.jsonc?$/.exec(file.path)?.[1] ?? "platform";
  const found = await vscode.workspace.findFiles(`**/*.${kind}.{json,jsonc}`, "**/node_modules/**", 1000);
  return found.filter((uri) => uri.toString() !== file.toString()).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function askForRevision(file: vscode.Uri): Promise<ComparedSide | undefined> {
  const revision = await vscode.window.showInputBox({ title: `Compare ${nameOf(file)} With a Git Revision`, prompt: "A branch, a tag or a commit, such as HEAD~1 or main", value: "HEAD" });
  return revision === undefined || revision.trim() === "" ? undefined : { uri: file.toString(), revision: revision.trim() };
}

async function askForCapture(): Promise<ComparedSide | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: "Compare With a Capture", openLabel: "Compare" })) ?? [];
  return uri && { uri: uri.toString() };
}

async function askForFile(): Promise<ComparedSide | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: "Compare With", openLabel: "Compare", filters: { Descriptions: ["jsonc", "json"] } })) ?? [];
  return uri && { uri: uri.toString() };
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.split("/").at(-1) ?? "";
}
