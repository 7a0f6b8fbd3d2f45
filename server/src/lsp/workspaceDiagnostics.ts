// The findings of all files in the folders that are open: pushed for those that nobody has open, or handed out where the client asks for them.
// Knows nothing of how a file is checked, nor of how files are found.
import type { CancellationToken, Connection, Diagnostic, ResultProgressReporter, WorkDoneProgressReporter, WorkDoneProgressServerReporter, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportPartialResult, WorkspaceDocumentDiagnosticReport } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { FileId } from "../../../core/src/index";
import type { CheckedFile } from "../workspace/check";
import type { ClosedFiles } from "../workspace/closedFiles";
import type { LanguageFiles } from "../workspace/languageFiles";
import { resultIdOf } from "./resultId";
import { inSlices } from "./slices";

export interface WorkspaceDiagnosticsOptions {
  readonly connection: Connection;
  readonly files: LanguageFiles;
  readonly closed: ClosedFiles;
  /** A file's URI in one spelling: clients differ in what they escape. */
  nameOf(uri: string): FileId;
  /** Milliseconds after which a work counts as long. */
  readonly longAfter: number;
  /** Never throws, whatever the file. */
  report(checked: CheckedFile): Diagnostic[];
  /** Of a document that is open. */
  reportOpen(uri: string): { readonly version: number; readonly items: Diagnostic[] } | undefined;
  /** Runs what may throw; undefined when it did, and that is told to the people. */
  guard<T>(what: string, run: () => T): T | undefined;
}

/** What the client shows for a file that was open is not known. */
const UNKNOWN = "";

export class WorkspaceDiagnostics {
  /** Open documents' URIs as clients write them, by those that the search has. */
  private readonly open = new Map<FileId, string>();
  /** What the client shows for files that are not open. */
  private readonly shown = new Map<FileId, string>();
  /** Clients that ask do so every few seconds. */
  private readonly reported = new WeakMap<CheckedFile, Diagnostic[]>();
  private pushing: "not" | "runs" | "again" = "not";
  private isPushing = false;
  private showsProgress = false;

  constructor(private readonly options: WorkspaceDiagnosticsOptions) {}

  /** Pushes from now on, until the connection closes. */
  push(showsProgress: boolean): void {
    this.isPushing = true;
    this.showsProgress = showsProgress;
    this.run();
  }

  isOpen(file: FileId): boolean {
    return this.open.has(file);
  }

  opened(uri: string): void {
    const file = this.options.nameOf(uri);
    this.open.set(file, uri);
    this.shown.delete(file);
    this.options.closed.forget(file);
    this.changed();
  }

  edited(uri: string): void {
    if (this.options.closed.suspectReadersOf(this.options.nameOf(uri))) this.run();
  }

  /** What the client shows of it stays if the file is on the disk, else it goes. */
  closed(uri: string): void {
    const file = this.options.nameOf(uri);
    this.open.delete(file);
    this.shown.set(file, UNKNOWN);
    if (file !== uri) this.shown.set(uri as FileId, UNKNOWN);
    this.changed();
  }

  /** Files on the disk have changed, or how they are checked. */
  changed(): void {
    this.options.closed.suspectAll();
    this.run();
  }

  /** Other files are there than before. */
  moved(): void {
    this.options.files.forget();
    this.changed();
  }

  /** Answers a client that asks for all findings; a part of the answer at a time where it wants that. */
  async pull(
    { previousResultIds }: WorkspaceDiagnosticParams, token: CancellationToken, progress: WorkDoneProgressReporter, partial: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined,
  ): Promise<WorkspaceDiagnosticReport> {
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    const send = (): void => {
      if (partial && items.length > 0) partial.report({ items: items.splice(0) });
    };
    progress.begin("Platmap: checking the workspace", undefined, undefined, true);
    try {
      const done = await inSlices(this.reports(new Map(previousResultIds.map(({ uri, value }) => [uri, value])), items), () => {
        if (!token.isCancellationRequested) send();
        return token.isCancellationRequested;
      });
      if (done === undefined) throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    } finally {
      progress.done();
    }
    send();
    return { items };
  }

  private *reports(previous: ReadonlyMap<string, string>, into: WorkspaceDocumentDiagnosticReport[]): Generator<undefined, true> {
    const told = new Set<string>();
    const tell = (uri: string, version: number | null, items: Diagnostic[]): void => {
      told.add(uri);
      const resultId = resultIdOf(items);
      into.push(previous.get(uri) === resultId ? { kind: "unchanged", uri, version, resultId } : { kind: "full", uri, version, resultId, items });
    };
    for (const file of yield* this.options.files.inSteps()) {
      const items = this.open.has(file) ? undefined : this.found(file);
      if (items) tell(file, null, items);
      yield;
    }
    for (const uri of [...this.open.values()]) {
      const found = this.options.guard(`checking ${uri}`, () => this.options.reportOpen(uri));
      if (found) tell(uri, found.version, found.items);
      yield;
    }
    for (const uri of previous.keys()) if (!told.has(uri)) into.push({ kind: "full", uri, version: null, items: [] });
    return true;
  }

  private run(): void {
    if (!this.isPushing) return;
    if (this.pushing === "not") void this.pushAll();
    else this.pushing = "again";
  }

  private async pushAll(): Promise<void> {
    const progress = this.showsProgress ? new LateProgress(this.options.connection, this.options.longAfter) : undefined;
    this.showsProgress = false;
    do {
      this.pushing = "runs";
      await inSlices(this.pass(), () => progress?.isCancelled() ?? false);
    } while (this.isToRunAgain());
    this.pushing = "not";
    progress?.done();
  }

  private isToRunAgain(): boolean {
    return this.pushing === "again";
  }

  private *pass(): Generator<undefined, true> {
    const files = yield* this.options.files.inSteps();
    const known = new Set(files);
    for (const file of [...this.shown.keys()]) if (!known.has(file)) this.show(file, []);
    for (const file of files) {
      if (!this.open.has(file)) this.show(file, this.found(file) ?? []);
      yield;
    }
    return true;
  }

  private found(file: FileId): Diagnostic[] | undefined {
    return this.options.guard(`checking ${file}`, () => {
      const checked = this.options.closed.check(file);
      if (!checked) return undefined;
      const diagnostics = this.reported.get(checked) ?? this.options.report(checked);
      this.reported.set(checked, diagnostics);
      return diagnostics;
    });
  }

  private show(file: FileId, diagnostics: Diagnostic[]): void {
    const text = JSON.stringify(diagnostics);
    if ((this.shown.get(file) ?? "[]") === text) return;
    if (diagnostics.length === 0) this.shown.delete(file);
    else this.shown.set(file, text);
    void this.options.connection.sendDiagnostics({ uri: file, diagnostics });
  }
}

/** Shown only when the work takes long. */
class LateProgress {
  private readonly began = performance.now();
  private isAsked = false;
  private isEnded = false;
  private bar: WorkDoneProgressServerReporter | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly longAfter: number,
  ) {}

  /** Asks for a bar when it is time; true once somebody has ended the work at the bar. */
  isCancelled(): boolean {
    if (!this.isAsked && performance.now() - this.began >= this.longAfter) {
      this.isAsked = true;
      this.connection.window.createWorkDoneProgress().then((bar) => this.begin(bar), (error: unknown) => this.connection.console.error(String(error)));
    }
    return this.bar?.token.isCancellationRequested ?? false;
  }

  done(): void {
    this.isEnded = true;
    this.bar?.done();
  }

  /** The client may have taken longer to answer than the work took. */
  private begin(bar: WorkDoneProgressServerReporter): void {
    bar.begin("Platmap: checking the workspace", undefined, undefined, true);
    if (this.isEnded) bar.done();
    else this.bar = bar;
  }
}
