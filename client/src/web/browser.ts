// What the extension has in a browser alone, without a machine behind it: the language server in a worker, and pages that findings link to.
import * as vscode from "vscode";
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient, type MessageTransports } from "vscode-languageclient/browser";
import { languageId } from "../languageId";
import type { Flavour } from "../parts";
import { RulePages } from "./rulePages";

const NO_MACHINE = "Captures are read where VS Code runs on a machine: open this folder on the desktop or in a remote window to import one.";

/** The browser's own class, as far as it is used here. */
declare class Worker {
  constructor(address: string);
  postMessage(message: unknown): void;
  terminate(): void;
}

/** The server is started when the client is. */
export const browserFlavour: Flavour = (context, _output, options) => {
  const server = new ServerWorker(context.extensionUri);
  context.subscriptions.push(
    server,
    new RulePages(context.extensionUri),
    vscode.commands.registerCommand("platmap.importPlatform", () => vscode.window.showInformationMessage(NO_MACHINE)),
  );
  return new LanguageClient(languageId, "Platmap", () => server.begin(), options);
};

/** A new worker each time, since one that was told to exit serves nobody any more. */
class ServerWorker implements vscode.Disposable {
  private worker: Worker | undefined;

  constructor(private readonly extension: vscode.Uri) {}

  /** What VS Code gives for a worker is none by its class, so the client library is told how to talk to it. */
  begin(): Promise<MessageTransports> {
    this.dispose();
    this.worker = new Worker(this.addressOf("dist/web/server.js"));
    this.worker.postMessage({ features: this.addressOf("dist/features.js") });
    return Promise.resolve({ reader: new BrowserMessageReader(this.worker), writer: new BrowserMessageWriter(this.worker) });
  }

  dispose(): void {
    this.worker?.terminate();
  }

  private addressOf(file: string): string {
    return vscode.Uri.joinPath(this.extension, file).toString(true);
  }
}
