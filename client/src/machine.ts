// What the extension has on a machine alone: the language server as a program, the import of captures, and tasks. A bundle of its own, which takes the client
// library from the extension's.
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { importPlatform } from "./importPlatform";
import { languageId } from "./languageId";
import type { Flavour } from "./parts";
import { PlatmapTasks } from "./tasks";

/** The server is started when the client is. */
export const machineFlavour: Flavour = (context, output, options) => {
  const module = vscode.Uri.joinPath(context.extensionUri, "dist", "server.js").fsPath;
  const run = { module, transport: TransportKind.ipc };
  const debug = { ...run, options: { execArgv: ["--nolazy", "--inspect=6009"] } };
  const client = new LanguageClient(languageId, "Platmap", { run, debug }, options);
  context.subscriptions.push(
    vscode.commands.registerCommand("platmap.importPlatform", (sources?: readonly vscode.Uri[]) =>
      importPlatform(client, output, languageId, sources),
    ),
    new PlatmapTasks(),
  );
  return client;
};
