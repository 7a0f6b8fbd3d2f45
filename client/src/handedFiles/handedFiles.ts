// The descriptions of folders that the server cannot read by itself, such as a repository in the browser: all of them before the server starts, then what changes.
// Knows nothing of what they say.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { filesNotification, type FilesParams, type HandedFile } from "../serverProtocol";
import { findFiles, isOurs, readFiles } from "./findFiles";

/** Collecting that takes longer (milliseconds) is shown, at the window's edge. */
const silentFor = 1_000;

export class HandedFiles implements vscode.Disposable {
  private readonly files = new Map<string, HandedFile>();
  private readonly changed = new Map<string, vscode.Uri>();
  private folders: readonly vscode.Uri[] = [];
  private watchers: readonly vscode.Disposable[] = [];
  private client: BaseLanguageClient | undefined;
  /** What is under way: one after the other, so that the server hears of changes in their order. */
  private work: Promise<void> = Promise.resolve();
  private readonly subscriptions: readonly vscode.Disposable[];

  /** @param isHanded whether the server cannot read a folder */
  constructor(private readonly isHanded: (folder: vscode.Uri) => boolean) {
    const again = (): void => void this.collect();
    this.subscriptions = [
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      // Not every file system tells of what VS Code itself has done to it.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.touched(uri)),
      vscode.workspace.onDidCreateFiles(({ files }) => files.forEach((uri) => this.touched(uri))),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => this.touched(uri))),
      vscode.workspace.onDidRenameFiles(again),
    ];
  }

  /** What the server starts with; undefined when it can read everything by itself. */
  all(): FilesParams | undefined {
    return this.folders.length === 0 ? undefined : { folders: this.folders.map(String), files: [...this.files.values()] };
  }

  /** Tells the server of what changes from now on. */
  follow(client: BaseLanguageClient): void {
    this.client = client;
  }

  /** Reads everything anew. */
  collect(): Promise<void> {
    return this.next(async () => {
      const had = this.folders.length > 0;
      this.folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(this.isHanded);
      if (!had && this.folders.length === 0) return;
      this.watch();
      await shownWhenLong(this.readAll());
      this.send(this.all() ?? { folders: [], files: [] });
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, ...this.watchers).dispose();
  }

  private async readAll(): Promise<void> {
    this.changed.clear();
    const found = await Promise.all(this.folders.map(findFiles));
    const files = await readFiles(found.flat());
    this.files.clear();
    for (const file of files) if (!isGone(file)) this.files.set(file.uri, file);
  }

  private watch(): void {
    vscode.Disposable.from(...this.watchers).dispose();
    this.watchers = this.folders.flatMap((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "**/*"));
      return [watcher, ...[watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete].map((event) => event((uri) => this.touched(uri)))];
    });
  }

  /** A file, or a folder that took its files along. What comes in one burst is read once. */
  private touched(uri: vscode.Uri): void {
    const below = [...this.files.keys()].filter((one) => one.startsWith(`${uri.toString()}/`));
    const touched = isOurs(uri) && this.folders.some((folder) => isBelow(folder, uri)) ? [uri] : below.map((one) => vscode.Uri.parse(one));
    if (touched.length === 0) return;
    if (this.changed.size === 0) void this.next(() => this.readChanged());
    for (const one of touched) this.changed.set(one.toString(), one);
  }

  private async readChanged(): Promise<void> {
    const touched = [...this.changed.values()];
    this.changed.clear();
    const files = (await readFiles(touched)).filter((file) => !isSame(file, this.files.get(file.uri)));
    for (const file of files) {
      if (isGone(file)) this.files.delete(file.uri);
      else this.files.set(file.uri, file);
    }
    if (files.length > 0) this.send({ files });
  }

  private send(params: FilesParams): void {
    void this.client?.sendNotification(filesNotification, params).catch(() => undefined);
  }

  private next(run: () => Promise<void>): Promise<void> {
    this.work = this.work.then(run);
    return this.work;
  }
}

function isGone({ text, because }: HandedFile): boolean {
  return text === undefined && because === undefined;
}

function isSame(file: HandedFile, known: HandedFile | undefined): boolean {
  return file.text === known?.text && file.because === known?.because;
}

function isBelow(folder: vscode.Uri, uri: vscode.Uri): boolean {
  const top = folder.path.endsWith("/") ? folder.path : `${folder.path}/`;
  return folder.scheme === uri.scheme && folder.authority === uri.authority && uri.path.startsWith(top);
}

async function shownWhenLong(running: Promise<void>): Promise<void> {
  const options = { location: vscode.ProgressLocation.Window, title: "Platmap: reading the workspace's descriptions" };
  const timer = setTimeout(() => void vscode.window.withProgress(options, () => running.catch(() => undefined)), silentFor);
  try {
    await running;
  } finally {
    clearTimeout(timer);
  }
}
