// What the extension is made of wherever VS Code runs: the commands, the views and the status, around a language client that somebody else makes.
// Knows nothing of how the server is started.
import * as vscode from "vscode";
import { RevealOutputChannelOn, type BaseLanguageClient, type LanguageClientOptions } from "vscode-languageclient";
import { Comparison } from "./comparison/comparison";
import { withoutPastDocuments } from "./comparison/pastDocuments";
import { FindingsStatus } from "./findingsStatus";
import { GuestViews } from "./guestViews";
import type { HandedFiles } from "./handedFiles/handedFiles";
import { languageId } from "./languageId";
import { MemoryMap } from "./memoryMap/memoryMap";
import { openExample } from "./openExample";
import { showCaptureScript, showFixes } from "./walkthroughSteps";

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly client: BaseLanguageClient;
  readonly output: vscode.LogOutputChannel;
  readonly files: HandedFiles;
  /** The server runs on a machine, not in a browser. */
  readonly isOnMachine: boolean;
}

/** Makes the client of a server that runs in one way, and adds what is there in that way alone. */
export type Flavour = (context: vscode.ExtensionContext, output: vscode.LogOutputChannel, options: LanguageClientOptions) => BaseLanguageClient;

/** What the client library is told wherever it runs. */
export function clientOptions(output: vscode.LogOutputChannel, files: HandedFiles): LanguageClientOptions {
  return {
    documentSelector: [{ language: languageId }],
    // Other clients would not know what to do with platmap/status, nor have the commands that show views.
    initializationOptions: () => ({ status: true, views: true, files: files.all() }),
    middleware: withoutPastDocuments,
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  };
}

/** Registers the parts, then starts the server with the files that it cannot read by itself. */
export async function start({ context, client, output, files, isOnMachine }: Parts): Promise<void> {
  const status = new FindingsStatus(languageId, client, output);
  const views = new GuestViews(languageId, client);
  context.subscriptions.push(
    status,
    views,
    vscode.commands.registerCommand("platmap.showPlan", (uri?: string) => views.showPlan(uri)),
    vscode.commands.registerCommand("platmap.simulate", (uri?: string, steps?: string) => views.simulate(uri, steps)),
    vscode.commands.registerCommand("platmap.openExample", (name?: unknown) =>
      openExample(context.extensionUri, languageId, typeof name === "string" ? name : undefined),
    ),
    vscode.commands.registerCommand("platmap.showWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#platmap.firstHour`, false),
    ),
    vscode.commands.registerCommand("platmap.showFixes", () => showFixes(languageId)),
    vscode.commands.registerCommand("platmap.showCaptureScript", () => showCaptureScript(context.extensionUri)),
    vscode.commands.registerCommand("platmap.restartServer", async () => {
      await client.stop();
      await client.start();
    }),
    vscode.commands.registerCommand("platmap.showSkippedChecks", () => status.showSkipped()),
    new MemoryMap(client, context.extensionUri, languageId, output),
    new Comparison(client, context.extensionUri, languageId, output, isOnMachine),
    { dispose: () => void client.stop() },
  );
  // VS Code's menus of the source control view do not know a file's language: at least they are spared where there is no description.
  await vscode.commands.executeCommand("setContext", "platmap.isActive", true);
  await files.collect();
  const started = client.start();
  files.follow(client);
  await started;
}
