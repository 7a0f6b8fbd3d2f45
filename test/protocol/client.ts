// A language client over an in-memory pipe: a real connection on both ends, no process between. Knows nothing of features.
import { PassThrough } from "node:stream";
import type { Connection, Diagnostic, InitializeParams, InitializeResult, MessageConnection, PublishDiagnosticsParams, WorkspaceEdit } from "vscode-languageserver/node";
import { CancellationTokenSource, createConnection, createMessageConnection, ProgressType, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { nodeHost } from "../../server/src/nodeHost";
import type { ServerSettings } from "../../server/src/server";
import { startServer } from "../../server/src/server";

export const MODERN: InitializeParams["capabilities"] = {
  textDocument: {
    diagnostic: { relatedInformation: true } as never,
    completion: { completionItem: { snippetSupport: true } },
  },
};
export const PUSHING: InitializeParams["capabilities"] = { textDocument: { publishDiagnostics: { relatedInformation: true } } };
export const BARE: InitializeParams["capabilities"] = {};

export const testSettings: ServerSettings = {
  version: "0.0.0",
  host: nodeHost,
  pageOf: (rule) => `file:///rules/${rule}.md`,
  importPlatform: (uris) => ({ text: uris.join("\n"), suggestedName: "imported.platform.jsonc", notes: [] }),
};

/** One client with one server. */
export class TestClient {
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: unknown[] = [];
  /** Lines of the server's log. */
  readonly log: string[] = [];
  /** Edits that the server asked the client to make. */
  readonly applied: WorkspaceEdit[] = [];
  /** Progress that the server showed of its own accord. */
  readonly progress: { readonly kind: string }[] = [];
  initialized: InitializeResult = { capabilities: {} };
  private listeners: (() => void)[] = [];

  private constructor(private readonly connection: MessageConnection) {}

  /** @param more what the client says besides in its first request @param seen what the server sees of its end of the connection */
  static async start(
    capabilities: InitializeParams["capabilities"], settings: ServerSettings = testSettings, more: Partial<InitializeParams> = {}, seen: (connection: Connection) => Connection = (connection) => connection,
  ): Promise<TestClient> {
    const [up, down] = [new PassThrough(), new PassThrough()];
    startServer(seen(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down))), settings);
    const client = new TestClient(createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up)));
    client.connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      client.published.push(params);
      client.listeners.splice(0).forEach((listener) => listener());
    });
    client.connection.onNotification("window/logMessage", ({ message }: { message: string }) => void client.log.push(message));
    client.connection.onNotification("platmap/status", (params) => void client.statuses.push(params));
    client.connection.onRequest("workspace/applyEdit", ({ edit }: { edit: WorkspaceEdit }) => {
      client.applied.push(edit);
      client.listeners.splice(0).forEach((listener) => listener());
      return { applied: true };
    });
    client.connection.onRequest("window/workDoneProgress/create", ({ token }: { token: string }) => {
      client.connection.onProgress(new ProgressType<{ kind: string }>(), token, (value) => {
        client.progress.push(value);
        client.listeners.splice(0).forEach((listener) => listener());
      });
      return null;
    });
    client.connection.listen();
    client.initialized = await client.request<InitializeResult>("initialize", { processId: null, rootUri: null, capabilities, initializationOptions: { status: true }, ...more });
    await client.notify("initialized", {});
    return client;
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string): Promise<void> {
    return this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "platmap", version: 1, text } });
  }

  change(uri: string, version: number, contentChanges: readonly unknown[]): Promise<void> {
    return this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  }

  /** The diagnostics that the server pushes for a version of a document. */
  async pushed(uri: string, version: number): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.published.find((params) => params.uri === uri && params.version === version);
      if (found) return found.diagnostics;
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  /** Ends when the server has pushed diagnostics of a file, open or not, that are as wanted. */
  async publishes(uri: string, isWanted: (diagnostics: readonly Diagnostic[]) => boolean): Promise<void> {
    while (!this.published.some((params) => params.uri === uri && isWanted(params.diagnostics))) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  /** Ends when the server has shown a kind of progress. */
  async progressed(kind: string): Promise<void> {
    while (!this.progress.some((value) => value.kind === kind)) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  /** The parts of answers to requests with a token, as they come. */
  partsOf(token: string): readonly unknown[] {
    const parts: unknown[] = [];
    this.connection.onProgress(new ProgressType<unknown>(), token, (value) => void parts.push(value));
    return parts;
  }

  /** A request that is cancelled as soon as it is sent. */
  cancelled(method: string, params: unknown): Promise<unknown> {
    const source = new CancellationTokenSource();
    const answer = this.connection.sendRequest(method, params, source.token);
    source.cancel();
    return answer;
  }

  /** The first edit that the server asks for. */
  async appliedEdit(): Promise<WorkspaceEdit> {
    for (;;) {
      const [first] = this.applied;
      if (first) return first;
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  async stop(): Promise<void> {
    await this.request("shutdown", null);
    this.connection.dispose();
  }
}
