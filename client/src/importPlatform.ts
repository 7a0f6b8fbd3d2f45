// The command "Platmap: Import Platform…": asks for captures of a machine, has the server read them, and opens what it
// says in a new document that is not saved yet. Reads no capture itself, and writes no file.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { openAsNew } from "./newDocument";
import { importRequest, type ImportParams, type ImportResult } from "./serverProtocol";

/** An import that takes longer (milliseconds) shows that it runs, and can be cancelled. */
const silentFor = 1_000;

/**
 * Imports captures of one machine.
 * @param sources files, archives or folders; without them the user is asked
 * @returns the new document, or undefined when the user cancelled, or was told that the captures could not be read
 */
export async function importPlatform(
  client: BaseLanguageClient,
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
  return openAsNew(result.text, result.suggestedName, languageId);
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
  client: BaseLanguageClient,
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
