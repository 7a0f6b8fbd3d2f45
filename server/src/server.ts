// The language server: capabilities, and which feature answers which request. Knows nothing of how a feature comes to its answer,
// nor of the streams that it talks over.
import type { CancellationToken, CodeAction, CodeLens, Connection, Diagnostic, DocumentDiagnosticReport, InitializeParams, TextDocumentChangeEvent } from "vscode-languageserver";
import { DidChangeConfigurationNotification, DidChangeWatchedFilesNotification, ErrorCodes, LSPErrorCodes, ResponseError, TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Rule } from "../../core/src/index";
import { rules } from "../../core/src/index";
import { answerToHello, DIFFERENCE_COMMAND, PLACE_COMMAND } from "./lsp/capabilities";
import { abilitiesOf } from "./lsp/clientAbilities";
import { codeActionsAt } from "./lsp/codeActions";
import type { LensOptions } from "./lsp/codeLens";
import { codeLensesOf, documentOfLens, resolveCodeLens } from "./lsp/codeLens";
import { diagnosticsOf } from "./lsp/diagnostics";
import { platmapSection, severitiesIn } from "./lsp/editorSettings";
import { ClientFiles } from "./lsp/clientFiles";
import { EditorFiles } from "./lsp/editorFiles";
import type { Serving } from "./lsp/features";
import { serveFeatures } from "./lsp/features";
import { commandFor, placeEdit } from "./lsp/guestCommands";
import { Comparing } from "./lsp/difference";
import { documentReport } from "./lsp/resultId";
import { statusOf } from "./lsp/status";
import { serveViews } from "./lsp/views";
import type { WholeFileOptions } from "./lsp/wholeFileActions";
import { documentOfAction, resolveWholeFileAction } from "./lsp/wholeFileActions";
import { WorkspaceDiagnostics } from "./lsp/workspaceDiagnostics";
import type { Host } from "./host";
import type { CheckedFile } from "./workspace/check";
import { ClosedFiles } from "./workspace/closedFiles";
import { GuestFiles } from "./workspace/guestFiles";
import { joinFiles } from "./workspace/joinFiles";
import { LanguageFiles } from "./workspace/languageFiles";
import type { NamingFile } from "./workspace/mentions";
import { namingFile } from "./workspace/namingFiles";
import type { Surroundings } from "./workspace/surroundings";
import { isUnreadable } from "./workspace/surroundings";
import type { Snapshot } from "./workspace/workspace";
import { Workspace } from "./workspace/workspace";

/** The answer to `platmap/import`. */
export interface ImportAnswer {
  readonly text: string;
  readonly suggestedName: string;
  readonly notes: readonly string[];
}

export interface ServerSettings {
  readonly version: string;
  /** The disk, for files that are neither open nor handed over by the client. */
  readonly host: Host;
  /** The address of a rule's page. */
  pageOf(rule: string): string | undefined;
  /** Reads captures; throws an error with a message for people. */
  importPlatform(uris: readonly string[]): ImportAnswer;
  readonly rules?: readonly Rule[];
  /** Milliseconds after which a client is shown the progress of work on the workspace; absent: a second. */
  readonly longAfter?: number;
}

/** Serves one client until the connection closes. */
export function startServer(connection: Connection, settings: ServerSettings): void {
  const server = new LanguageServer(connection, settings);
  connection.onInitialize((params) => {
    server.meet(params);
    return answerToHello(params, settings.version);
  });
  server.listen();
  connection.listen();
}

/** Goes on serving a client that has said hello, and was answered, on a connection that listens already. */
export function continueServer(connection: Connection, settings: ServerSettings, hello: InitializeParams): { readonly initialized: () => void } {
  const server = new LanguageServer(connection, settings);
  server.meet(hello);
  server.listen();
  return server;
}

class LanguageServer {
  private readonly documents = new TextDocuments(TextDocument);
  private readonly workspace: Workspace;
  private readonly waiting = new Set<string>();
  private options: WholeFileOptions;
  /** Of a client that has not said anything yet: none. */
  private client = abilitiesOf({ capabilities: {} });
  private readonly surroundings: Surroundings;
  private readonly languageFiles: LanguageFiles;
  private readonly guests: GuestFiles;
  private readonly all: WorkspaceDiagnostics;
  private readonly lenses: LensOptions;
  private readonly comparing: Comparing;
  /** The URIs of the folders that are open. */
  private folders: readonly string[] = [];
  /** What the last search for files left out. */
  private leftOut: string | undefined;
  private readonly clientFiles = new ClientFiles();
  private readonly editorFiles: EditorFiles;
  /** How often a file has changed, in the editor or on the disk. */
  private changes = 0;

  constructor(
    private readonly connection: Connection,
    private readonly settings: ServerSettings,
  ) {
    const files = (this.editorFiles = new EditorFiles({ disk: settings.host, client: this.clientFiles, folders: () => this.folders, openText: (uri) => this.documents.get(uri)?.getText() }));
    const { host, surroundings } = files;
    this.surroundings = surroundings;
    this.workspace = new Workspace(settings.rules ?? rules, surroundings, () => (this.client.watches ? this.changes : undefined));
    this.languageFiles = new LanguageFiles({ host, folders: () => files.folders(), fileAt: (path) => files.fileAt(path), ended: (leftOut) => this.searched(leftOut?.replaceAll("\0", "")) });
    this.guests = new GuestFiles({ surroundings, files: () => this.languageFiles.all() });
    this.all = this.workspaceDiagnostics(new ClosedFiles(surroundings, this.workspace.options));
    this.lenses = { guestsOn: (plan) => this.guests.guestsOn(plan), commandFor: (action) => commandFor(action, this.client.showsViews) };
    this.comparing = new Comparing({
      host, surroundings, guests: this.guests,
      folders: () => files.folders(),
      pathOf: (uri) => files.pathOf(uri),
      open: (uri) => this.with(uri, (snapshot) => snapshot),
      importPlatform: (uris) => settings.importPlatform(uris),
    });
    this.options = this.actionOptions();
  }

  listen(): void {
    const { connection, documents } = this;
    connection.onInitialized(() => this.initialized());
    connection.onDidChangeWatchedFiles(() => this.filesChanged());
    connection.onNotification("platmap/files", (params: unknown) => this.filesHanded(params));
    connection.workspace.onDidCreateFiles(() => this.filesChanged());
    connection.workspace.onDidRenameFiles(() => this.filesChanged());
    connection.workspace.onDidDeleteFiles(() => this.filesChanged());
    documents.onDidOpen(({ document }) => this.all.opened(document.uri));
    documents.onDidChangeContent((event) => this.changed(event));
    connection.onCodeAction((params, token) => this.answer("code actions", token, [], () => this.with(params.textDocument.uri, (snapshot) => codeActionsAt(snapshot, params, this.options))));
    connection.onCodeActionResolve((action, token) => this.answer("a code action", token, action, () => this.resolveAction(action)));
    connection.onCodeLens((params, token) => this.answer("code lenses", token, [], () => this.with(params.textDocument.uri, (snapshot) => codeLensesOf(snapshot, this.lenses))));
    connection.onCodeLensResolve((lens, token) => this.answer("a code lens", token, lens, () => this.resolveLens(lens)));
    const serving: Serving = {
      ask: (what, token, uri, empty, run) => this.answer(what, token, empty, () => this.with(uri, run)),
      answer: (what, token, empty, run) => this.answer(what, token, empty, run),
      files: () => this.files().values(),
      allFiles: () => new Map([...this.files(), ...this.closedFiles()]).values(),
      client: () => this.client,
    };
    const forget = serveFeatures(connection, serving);
    serveViews(connection, serving, this.comparing);
    documents.onDidClose((event) => {
      forget(event.document.uri);
      this.closed(event);
    });
    connection.languages.diagnostics.on((params, token) =>
      this.answer<DocumentDiagnosticReport>("diagnostics", token, { kind: "full", items: [] }, () =>
        documentReport(this.with(params.textDocument.uri, (snapshot) => this.report(snapshot)) ?? [], params.previousResultId)),
    );
    connection.languages.diagnostics.onWorkspace((params, token, progress, partial) => {
      // Who watches no files says nothing of their changes.
      if (!this.client.watches) this.all.moved();
      return this.all.pull(params, token, progress, partial);
    });
    connection.onExecuteCommand(({ command, arguments: given = [] }, token) => this.answer<unknown>(command, token, null, () => this.execute(command, given)));
    connection.onRequest("platmap/import", (params: { uris?: unknown }) => this.importPlatform(params));
    connection.onDidChangeConfiguration(({ settings: pushed }) => void this.settingsChanged(pushed));
    documents.listen(connection);
  }

  /** Takes in what the client says of itself. */
  meet(hello: InitializeParams): void {
    this.client = abilitiesOf(hello);
    this.options = this.actionOptions();
    const { workspaceFolders, rootUri, initializationOptions } = hello;
    this.workspace.setSeverities(severitiesIn(initializationOptions));
    this.folders = workspaceFolders?.map((folder) => folder.uri) ?? (rootUri === null ? [] : [rootUri]);
    this.clientFiles.take((initializationOptions as { files?: unknown } | undefined)?.files);
  }

  private actionOptions(): WholeFileOptions {
    return { ...this.client.actions, pageOf: (rule) => this.settings.pageOf(rule), checking: this.workspace.options };
  }

  /** Files change without being open, too. */
  initialized(): void {
    const { connection, client } = this;
    if (!client.pulls) this.all.push(client.showsProgress);
    if (client.watches) {
      const watchers = [{ globPattern: "**/*.{platform,guest,fleet}.{json,jsonc}" }, { globPattern: "**/platmap.config.{json,jsonc}" }];
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (client.answersForSettings) {
      if (client.registersForSettings) void connection.client.register(DidChangeConfigurationNotification.type, { section: "platmap" });
      void this.settingsChanged(undefined);
    }
    if (client.changesFolders) connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => this.foldersChanged(added, removed));
  }

  /** Settings are asked for where the client can be asked, else they are what it pushes. */
  private async settingsChanged(pushed: unknown): Promise<void> {
    const settings: unknown = this.client.answersForSettings ? await this.connection.workspace.getConfiguration("platmap") : platmapSection(pushed);
    if (!this.workspace.setSeverities(severitiesIn(settings))) return;
    this.all.changed();
    this.recheckStale();
  }

  private foldersChanged(added: readonly { uri: string }[], removed: readonly { uri: string }[]): void {
    const gone = new Set(removed.map((folder) => this.editorFiles.nameOf(folder.uri)));
    const kept = this.folders.filter((folder) => !gone.has(this.editorFiles.nameOf(folder)));
    this.folders = [...kept, ...added.map((folder) => folder.uri)];
    this.filesChanged();
  }

  private filesHanded(params: unknown): void {
    this.clientFiles.take(params);
    this.filesChanged();
  }

  /** Files of the workspace came, went or say something else. A client that pulls is told to pull again, since it may show files that are not open. */
  private filesChanged(): void {
    this.changes++;
    this.all.moved();
    if (!this.client.pulls) this.guard("checking files that depend on a change", () => this.recheckStale());
    else if (this.client.refreshes) void this.connection.languages.diagnostics.refresh();
  }

  /** Open documents whose findings depend on a file that has changed. A client that pulls is told to pull again. */
  private recheckStale(): void {
    const stale = this.documents.keys().filter((uri) => !this.waiting.has(uri) && this.workspace.isStale(uri));
    if (stale.length === 0) return;
    if (!this.client.pulls) stale.forEach((uri) => this.publish(uri));
    else if (this.client.refreshes) void this.connection.languages.diagnostics.refresh();
  }

  /** Changes that come in one burst are checked once, after the last of them, without waiting for more. */
  private changed({ document }: TextDocumentChangeEvent<TextDocument>): void {
    this.changes++;
    if (this.waiting.size === 0) setImmediate(() => this.checkWaiting());
    this.waiting.add(document.uri);
    this.all.edited(document.uri);
  }

  private checkWaiting(): void {
    const uris = [...this.waiting];
    this.waiting.clear();
    uris.forEach((uri) => this.publish(uri));
    this.guard("checking files that depend on a change", () => this.recheckStale());
  }

  private publish(uri: string): void {
    const diagnostics = this.guard("checking", () => this.with(uri, (snapshot) => (this.client.pulls ? [] : this.report(snapshot))));
    const document = this.documents.get(uri);
    if (!this.client.pulls && diagnostics && document) void this.connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  }

  private closed({ document }: TextDocumentChangeEvent<TextDocument>): void {
    this.changes++;
    this.waiting.delete(document.uri);
    this.workspace.close(document.uri);
    this.all.closed(document.uri);
    // What was typed and not saved no longer counts for the files that name this one.
    this.guard("checking files that depend on a closed one", () => this.recheckStale());
  }

  private workspaceDiagnostics(closed: ClosedFiles): WorkspaceDiagnostics {
    return new WorkspaceDiagnostics({
      connection: this.connection,
      files: this.languageFiles,
      closed,
      nameOf: (uri) => this.editorFiles.nameOf(uri),
      longAfter: this.settings.longAfter ?? 1000,
      report: (checked) => this.reportChecked(checked),
      reportOpen: (uri) => this.with(uri, ({ version, checked }) => ({ version, items: this.reportChecked(checked) })),
      guard: (what, run) => this.guard(what, run),
    });
  }

  /** People are told once what the search for files left out. */
  private searched(leftOut: string | undefined): void {
    if (leftOut === this.leftOut) return;
    this.leftOut = leftOut;
    if (leftOut !== undefined) this.connection.console.warn(`Platmap: ${leftOut}`);
    // A request may be under way, on one of the documents.
    if (this.client.showsStatus) setImmediate(() => this.documents.keys().forEach((uri) => this.guard("the status", () => this.with(uri, (snapshot) => this.sendStatus(snapshot)))));
  }

  private sendStatus(snapshot: Snapshot): void {
    void this.connection.sendNotification("platmap/status", statusOf(snapshot, this.leftOut));
  }

  private report(snapshot: Snapshot): Diagnostic[] {
    if (this.client.showsStatus) this.sendStatus(snapshot);
    return this.reportChecked(snapshot.checked);
  }

  private reportChecked(checked: CheckedFile): Diagnostic[] {
    for (const { rule, error } of checked.crashed) this.connection.console.error(`Rule ${rule} on ${checked.source.file}: ${describeError(error)}`);
    return diagnosticsOf({ checked }, this.options);
  }

  /** Runs on the document's text of this moment; undefined when the document is not open. */
  private with<T>(uri: string, run: (snapshot: Snapshot) => T): T | undefined {
    const document = this.documents.get(uri);
    return document && run(this.workspace.update(uri, document.version, document.getText()));
  }

  /** The open documents, and the files that they name. */
  private files(): ReadonlyMap<string, NamingFile> {
    const open = this.documents.all().map((document) => this.workspace.update(document.uri, document.version, document.getText()).checked);
    const named = open.flatMap((checked) => [...checked.others.values()].map((one) => namingFile(one, this.surroundings, () => joinFiles(one, this.surroundings).others)));
    return new Map([...named, ...open.map((one) => namingFile(one, this.surroundings, () => one.others))].map((file) => [file.source.file, file]));
  }

  /** The files of the folders that nobody has open. */
  private closedFiles(): ReadonlyMap<string, NamingFile> {
    const closed = this.languageFiles.all().filter((file) => !this.all.isOpen(file)).flatMap((file) => {
      const reading = this.surroundings.read(file);
      return isUnreadable(reading) ? [] : [[file, namingFile(reading, this.surroundings, () => joinFiles(reading, this.surroundings).others)] as const];
    });
    return new Map(closed);
  }

  private resolveAction(action: CodeAction): CodeAction {
    const uri = documentOfAction(action);
    return (uri === undefined ? undefined : this.with(uri, (snapshot) => resolveWholeFileAction(snapshot, action, this.options))) ?? action;
  }

  private resolveLens(lens: CodeLens): CodeLens {
    const uri = documentOfLens(lens);
    return (uri === undefined ? undefined : this.with(uri, (snapshot) => resolveCodeLens(snapshot, lens, this.lenses))) ?? resolveCodeLens(undefined, lens, this.lenses);
  }

  /** The client is asked to make the edit, so that it is one that can be undone. */
  private execute(command: string, [uri, other]: readonly unknown[]): unknown {
    if (command === DIFFERENCE_COMMAND) return this.comparing.compare({ left: uri, right: other });
    if (command !== PLACE_COMMAND || typeof uri !== "string") throw new ResponseError(ErrorCodes.InvalidParams, `${command} wants the URI of a guest file that is open`);
    const placed = this.with(uri, placeEdit) ?? { cannot: "The document is not open." };
    if ("edit" in placed) void this.connection.workspace.applyEdit({ label: "Place memory", edit: placed.edit });
    else this.connection.window.showWarningMessage(placed.cannot);
    return null;
  }

  /** One crashing request costs one request. */
  private answer<T>(what: string, token: CancellationToken, empty: T, run: () => T | undefined): T {
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    try {
      return run() ?? empty;
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      this.connection.console.error(`${what}: ${describeError(error)}`);
      throw new ResponseError(ErrorCodes.InternalError, `Platmap could not answer (${what}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private guard<T>(what: string, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.connection.console.error(`${what}: ${describeError(error)}`);
      return undefined;
    }
  }

  private importPlatform(params: { uris?: unknown }): ImportAnswer | ResponseError<void> {
    const uris = Array.isArray(params.uris) ? params.uris.filter((uri): uri is string => typeof uri === "string") : [];
    try {
      return this.settings.importPlatform(uris);
    } catch (error) {
      return new ResponseError(ErrorCodes.InvalidParams, error instanceof Error ? error.message : String(error));
    }
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

