// Where VS Code starts the extension: it starts the language server and wires the commands to it.
// Knows nothing of the language, the rules or captures; the server does.
import path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, TransportKind } from "vscode-languageclient/node";
import { importPlatform } from "./importPlatform";
import { openExample } from "./openExample";
import { FindingsStatus } from "./findingsStatus";
import { Comparison } from "./comparison/comparison";
import { withoutPastDocuments } from "./comparison/pastDocuments";
import { MemoryMap } from "./memoryMap/memoryMap";
import { GuestViews } from "./guestViews";
import { PlatmapTasks } from "./tasks";

/** The id of the language in package.json. */
const languageId = "platmap";

/** Starts the server. VS Code calls it when one of our documents is opened or one of our commands is run. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Platmap", { log: true });
  const client = createClient(context.asAbsolutePath(path.join("dist", "server.js")), output);
  const status = new FindingsStatus(languageId, client, output);
  const views = new GuestViews(languageId, client);
  context.subscriptions.push(
    output,
    status,
    views,
    vscode.commands.registerCommand("platmap.showPlan", (uri?: string) => views.showPlan(uri)),
    vscode.commands.registerCommand("platmap.simulate", (uri?: string, steps?: string) => views.simulate(uri, steps)),
    vscode.commands.registerCommand("platmap.importPlatform", (sources?: readonly vscode.Uri[]) =>
      importPlatform(client, output, languageId, sources),
    ),
    vscode.commands.registerCommand("platmap.openExample", (name?: unknown) =>
      openExample(vscode.Uri.joinPath(context.extensionUri, "examples"), languageId, typeof name === "string" ? name : undefined),
    ),
    vscode.commands.registerCommand("platmap.showWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#platmap.firstHour`, false),
    ),
    vscode.commands.registerCommand("platmap.restartServer", () => client.restart()),
    vscode.commands.registerCommand("platmap.showSkippedChecks", () => status.showSkipped()),
    new MemoryMap(client, context.extensionUri, languageId, output),
    new Comparison(client, context.extensionUri, languageId, output),
    new PlatmapTasks(),
    { dispose: () => void client.stop() },
  );
  // VS Code's menus of the source control view do not know a file's language: at least they are spared where there is no description.
  await vscode.commands.executeCommand("setContext", "platmap.isActive", true);
  await client.start();
}

function createClient(module: string, outputChannel: vscode.LogOutputChannel): LanguageClient {
  const run = { module, transport: TransportKind.ipc };
  const debug = { ...run, options: { execArgv: ["--nolazy", "--inspect=6009"] } };
  return new LanguageClient(
    languageId,
    "Platmap",
    { run, debug },
    {
      documentSelector: [{ language: languageId }],
      // Other clients would not know what to do with platmap/status, nor have the commands that show views.
      initializationOptions: { status: true, views: true },
      middleware: withoutPastDocuments,
      outputChannel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
}
