// A language server that follows the steps of a desk over the protocol, as an editor's client does, and what it says of the files. Knows nothing of who takes
// the steps, nor of what is right.
import path from "node:path";
import { rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { CodeLens, Diagnostic, InitializeParams, SemanticTokens, SemanticTokensDelta, WorkspaceDiagnosticReport } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { TestClient, testSettings } from "../protocol/client";
import type { Desk, Step } from "./desk";
import { changed } from "./desk";

/** How many places of a text are hovered over. */
const HOVERS = 14;
/** How many other requests a server may answer before it tells the findings of a text. */
const ROUNDS = 100;

interface Tokens {
  readonly resultId: string | undefined;
  readonly data: readonly number[];
}

export class DrivenServer {
  /** What the client shows in its list of problems, by URI. */
  private readonly shown = new Map<string, readonly Diagnostic[]>();
  private readonly tokens = new Map<string, Tokens>();
  private readonly awaited = new Map<string, number>();
  private version = 0;

  private constructor(
    private readonly client: TestClient,
    private readonly folder: string,
  ) {}

  /** A server with nothing open. What is on the desk's disk must be in the folder. @param capabilities of the client; one that asks is not told of files that nobody has open */
  static async start(folder: string, capabilities: InitializeParams["capabilities"]): Promise<DrivenServer> {
    const client = await TestClient.start(capabilities, testSettings, { workspaceFolders: [{ name: "desk", uri: pathToFileURL(folder).href }] });
    return new DrivenServer(client, folder);
  }

  uriOf(file: string): string {
    return pathToFileURL(path.join(this.folder, file)).href;
  }

  /** Tells the server of a step, before the desk takes it. What lies on the disk is written too, unless this server only follows another one. */
  async send(step: Step, desk: Desk): Promise<void> {
    const uri = this.uriOf(step.file);
    switch (step.kind) {
      case "edit":
        return this.change(uri, contentChanges(desk.openText(step.file), step.changes));
      case "replace":
        return this.change(uri, [{ text: step.text }]);
      case "open":
        return this.open(step.file, desk.disk.get(step.file) ?? "");
      case "close":
        this.tokens.delete(uri);
        this.awaited.delete(uri);
        return this.client.notify("textDocument/didClose", { textDocument: { uri } });
      case "save":
        writeOn(this.folder, step.file, desk.openText(step.file));
        await this.client.notify("textDocument/didSave", { textDocument: { uri } });
        return this.watched(uri);
      case "write":
        writeOn(this.folder, step.file, step.text);
        return this.watched(uri);
    }
  }

  open(file: string, text: string): Promise<void> {
    const uri = this.uriOf(file);
    this.await(uri);
    return this.client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "platmap", version: this.version, text } });
  }

  change(uri: string, contentChanges: readonly unknown[]): Promise<void> {
    this.await(uri);
    return this.client.change(uri, this.version, contentChanges);
  }

  /** Ends when the server has told the findings of all that was sent; throws when it does not, however often it is asked something else. */
  async settle(): Promise<void> {
    for (const [uri, version] of this.awaited) {
      for (let rounds = 0; !this.client.published.some((one) => one.uri === uri && one.version === version); rounds++) {
        if (rounds === ROUNDS) throw new Error(`nothing is told of ${uri}`);
        await this.roundTrip();
      }
    }
    this.awaited.clear();
    // What it finds in files that depend on those comes right behind, before the answer to a request.
    await this.roundTrip();
    for (const { uri, diagnostics } of this.client.published.splice(0)) this.shown.set(uri, diagnostics);
  }

  findings(file: string): readonly Diagnostic[] {
    return this.shown.get(this.uriOf(file)) ?? [];
  }

  /** The findings that the server has when it is asked. */
  async askedFindings(file: string): Promise<readonly Diagnostic[]> {
    return (await this.client.request<{ items: Diagnostic[] }>("textDocument/diagnostic", { textDocument: { uri: this.uriOf(file) } })).items;
  }

  /** The findings of all files of the folder, whether or not they are open. */
  async allFindings(): Promise<unknown> {
    const { items } = await this.client.request<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds: [] });
    return items.map((one) => [one.uri, one.kind === "full" ? one.items : one.kind]).sort();
  }

  /** What depends on the text alone. */
  async ofText(file: string): Promise<Readonly<Record<string, unknown>>> {
    const textDocument = { uri: this.uriOf(file) };
    const [symbols, folding, links, tokens] = await Promise.all([
      this.client.request("textDocument/documentSymbol", { textDocument }),
      this.client.request("textDocument/foldingRange", { textDocument }),
      this.client.request("textDocument/documentLink", { textDocument }),
      this.allTokens(file),
    ]);
    return { symbols, folding, links, tokens };
  }

  /** What the last text without syntax errors answers while this one is broken. */
  async ofPlan(file: string, text: string): Promise<Readonly<Record<string, unknown>>> {
    const textDocument = { uri: this.uriOf(file) };
    const document = TextDocument.create(textDocument.uri, "platmap", 1, text);
    const positions = Array.from({ length: HOVERS }, (_, index) => document.positionAt(Math.floor((text.length * (index + 0.5)) / HOVERS)));
    const range = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
    const [hovers, hints, lenses] = await Promise.all([
      Promise.all(positions.map((position) => this.client.request("textDocument/hover", { textDocument, position }))),
      this.client.request("textDocument/inlayHint", { textDocument, range }),
      this.client.request<CodeLens[]>("textDocument/codeLens", { textDocument }),
    ]);
    return { hovers, hints, lenses: await Promise.all(lenses.slice(0, HOVERS).map((lens) => this.client.request("codeLens/resolve", lens))), count: lenses.length };
  }

  stop(): Promise<void> {
    return this.client.stop();
  }

  /** The difference to the tokens that were asked for before, where there are any. */
  private async allTokens(file: string): Promise<readonly number[]> {
    const uri = this.uriOf(file);
    const before = this.tokens.get(uri);
    const answer = await (before?.resultId === undefined
      ? this.client.request<SemanticTokens>("textDocument/semanticTokens/full", { textDocument: { uri } })
      : this.client.request<SemanticTokens | SemanticTokensDelta>("textDocument/semanticTokens/full/delta", { textDocument: { uri }, previousResultId: before.resultId }));
    const data = "edits" in answer ? [...(before?.data ?? [])] : [...answer.data];
    if ("edits" in answer) for (const { start, deleteCount, data: put = [] } of [...answer.edits].reverse()) data.splice(start, deleteCount, ...put);
    this.tokens.set(uri, { resultId: answer.resultId, data });
    return data;
  }

  private roundTrip(): Promise<unknown> {
    return this.client.request("textDocument/foldingRange", { textDocument: { uri: this.uriOf("nothing.platform.jsonc") } });
  }

  private await(uri: string): void {
    this.awaited.set(uri, ++this.version);
  }

  private watched(uri: string): Promise<void> {
    return this.client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 2 }] });
  }
}

/** Puts a file on the disk, or takes it away. */
export function writeOn(folder: string, file: string, text: string | undefined): void {
  if (text === undefined) rmSync(path.join(folder, file), { force: true });
  else writeFileSync(path.join(folder, file), text);
}

function contentChanges(text: string, changes: Extract<Step, { kind: "edit" }>["changes"]): unknown[] {
  let now = text;
  return changes.map((change) => {
    const document = TextDocument.create("file:///x", "platmap", 1, now);
    now = changed(now, change);
    return { range: { start: document.positionAt(change.start), end: document.positionAt(change.end) }, text: change.text };
  });
}
