// The command "Platmap: Import Platform…": asks for captures of a machine, has the server read them, and opens what it
// says in a new document that is not saved yet. Reads no capture itself, and writes no file.
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { importRequest, type ImportParams, type ImportResult } from "./serverProtocol";

/** An import that takes longer (milliseconds) shows that it runs, and can be cancelled. */
const silentFor = 1_000;

/**
 * Imports captures of one machine.
 * @param sources files, archives or folders; without them the user is asked
 * @returns the new document, or undefined when the user cancelled, or was told that the captures could not be read
 */
export async function importPlatform(
  client: LanguageClient,
  output: vscode.LogOutputChannel,
  languageId: string,
  sources?: readonly vscode.Uri[],
): Promise<vscode.TextDocument | undefined> {
  const uris = (sources ?? (await askForCaptures()))?.map(String);
  if (uris === undefined || uris.length === 0) {
    return undefined;
  }
  const result = await request(client, output, { uris });
  if (result === undefined) {
    return undefined;
  }
  sayNotes(output, uris, result);
  return openAsNew(result, languageId);
}

// One dialog cannot offer both files and folders on Linux and Windows.
async function askForCaptures(): Promise<readonly vscode.Uri[] | undefined> {
  const files = {
    label: "$(file) Files…",
    description: "a .tar or .tar.gz, /proc/iomem, lspci, dmesg, …",
    folders: false,
  };
  const folder = { label: "$(folder) Folder…", description: "a capture of a machine that is unpacked", folders: true };
  const chosen = await vscode.window.showQuickPick([files, folder], { title: "Import Platform: What Was Captured?" });
  if (chosen === undefined) {
    return undefined;
  }
  return vscode.window.showOpenDialog({
    title: "Import Platform",
    openLabel: "Import",
    canSelectFiles: !chosen.folders,
    canSelectFolders: chosen.folders,
    canSelectMany: !chosen.folders,
  });
}

async function request(
  client: LanguageClient,
  output: vscode.LogOutputChannel,
  params: ImportParams,
): Promise<ImportResult | undefined> {
  const cancellation = new vscode.CancellationTokenSource();
  const running = client.sendRequest<ImportResult>(importRequest, params, cancellation.token);
  const timer = setTimeout(() => showProgress(running, cancellation), silentFor);
  try {
    return await running;
  } catch (error) {
    if (!cancellation.token.isCancellationRequested) {
      report(error, output);
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    cancellation.dispose();
  }
}

function showProgress(running: Promise<unknown>, cancellation: vscode.CancellationTokenSource): void {
  const options = { location: vscode.ProgressLocation.Notification, title: "Importing platform", cancellable: true };
  void vscode.window.withProgress(options, async (_progress, token) => {
    token.onCancellationRequested(() => cancellation.cancel());
    await running.catch(() => undefined);
  });
}

function report(error: unknown, output: vscode.LogOutputChannel): void {
  const message = error instanceof Error ? error.message : String(error);
  output.error(`Import: ${message}`);
  void vscode.window.showErrorMessage(`Nothing was imported: ${message}`);
}

function sayNotes(
  output: vscode.LogOutputChannel,
  uris: readonly string[],
  { suggestedName, notes }: ImportResult,
): void {
  const sources = uris.map((uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri))).join(", ");
  output.info(`Imported ${sources} as ${suggestedName}.`);
  notes.forEach((note) => output.info(`  ${note}`));
  if (notes.length > 0) {
    output.show(true);
  }
}

async function openAsNew({ text, suggestedName }: ImportResult, languageId: string): Promise<vscode.TextDocument> {
  const untitled = await vscode.workspace.openTextDocument(await freeUri(suggestedName));
  const document = await vscode.languages.setTextDocumentLanguage(untitled, languageId);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  return document;
}

// A document that is not saved yet but has a name, so that the server knows its kind. The name is one that no file has.
async function freeUri(suggestedName: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [, stem = suggestedName, ending = ""] = /^(.*?)(\.platform\.jsonc?)$/.exec(suggestedName) ?? [];
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
