// The memory map beside the text: one panel that follows the active description, its edits and the cursor, and leads back into the text.
// Knows nothing of what is drawn; the page draws, and the server lays out.
import path from "node:path";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { mapPictureRequest, mapRequest, type MapResult } from "../serverProtocol";
import type { FromPage, PageState, ToPage } from "../webview/messages";
import { MapPlaces } from "./mapPlaces";
import { panelPage } from "./panelPage";

const viewType = "platmap.memoryMap";
const NOTHING = "There is no memory map of this document: it describes no machine, or it has had syntax errors since it was opened.";

export class MemoryMap implements vscode.Disposable, vscode.WebviewPanelSerializer<PageState> {
  private panel: vscode.WebviewPanel | undefined;
  private document: vscode.Uri | undefined;
  private options: unknown = {};
  private places = new MapPlaces();
  private isReady = false;
  private isAsking = false;
  private isOutdated = false;
  private isLocating = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly client: LanguageClient,
    private readonly extensionUri: vscode.Uri,
    private readonly languageId: string,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      vscode.commands.registerCommand("platmap.showMemoryMap", () => this.show()),
      vscode.commands.registerCommand("platmap.locateAddress", () => this.locate()),
      vscode.commands.registerCommand("platmap.exportMap", () => this.exportPicture()),
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.cursorMoved(event)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.isShown(document.uri) && this.refresh()),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.some((uri) => this.isShown(uri)) && this.refresh()),
    ];
  }

  /** Opens the panel beside the active description, or brings it forward. */
  show(): void {
    this.follow(vscode.window.activeTextEditor);
    if (this.panel) return this.panel.reveal(undefined, true);
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.attach(vscode.window.createWebviewPanel(viewType, "Memory Map", column, { enableFindWidget: false }));
  }

  /** After a reload of the window: the same document, as the page left it. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: PageState | undefined): Promise<void> {
    if (state?.uri !== undefined) this.document = vscode.Uri.parse(state.uri);
    this.follow(vscode.window.activeTextEditor);
    this.attach(panel);
    if (this.document) await vscode.workspace.openTextDocument(this.document).then(undefined, () => undefined);
    this.refresh();
  }

  dispose(): void {
    this.panel?.dispose();
    this.subscriptions.forEach((subscription) => void subscription.dispose());
  }

  private attach(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.isReady = false;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, "dist")] };
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, "media", "icon.png");
    webview.onDidReceiveMessage((message: FromPage) => this.received(message));
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    webview.html = panelPage(webview, this.extensionUri);
  }

  private received(message: FromPage): void {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        if (this.isLocating) this.post({ type: "locate" });
        this.isLocating = false;
        break;
      case "ask":
        this.options = message.options;
        this.refresh();
        break;
      case "reveal":
        void this.reveal(message.place, message.takesFocus);
        break;
      case "leave":
        if (this.document) void this.showText();
    }
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.languageId !== this.languageId || this.isShown(editor.document.uri)) return;
    this.document = editor.document.uri;
    this.places = new MapPlaces();
    this.refresh();
  }

  private isShown(uri: vscode.Uri): boolean {
    return uri.toString() === this.document?.toString();
  }

  /** One request at a time; what changes meanwhile is asked for when it is answered. */
  private refresh(): void {
    this.isOutdated = true;
    if (!this.isAsking && this.isReady && this.panel) void this.ask();
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    try {
      while (this.isOutdated && this.document && this.panel) {
        this.isOutdated = false;
        await this.askOnce(this.document);
      }
    } catch (error) {
      this.output.error(`Memory map: ${String(error)}`);
    } finally {
      this.isAsking = false;
    }
  }

  private async askOnce(document: vscode.Uri): Promise<void> {
    const uri = this.client.code2ProtocolConverter.asUri(document);
    const answer = await this.client.sendRequest<MapResult | null>(mapRequest, { uri, options: this.options });
    if (!this.isShown(document) || !this.panel) return;
    const file = path.posix.basename(document.path);
    const name = file.replace(/\.(?:platform|guest|fleet)\.jsonc?$/, "");
    this.panel.title = `Map: ${name}`;
    this.places = new MapPlaces(answer?.places);
    if (!answer) return this.post({ type: "nothing", uri: document.toString(), file, because: NOTHING });
    this.post({ type: "map", uri: document.toString(), file, isStale: answer.isStale, view: answer.view as (ToPage & { type: "map" })["view"] });
  }

  private post(message: ToPage): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }

  private cursorMoved({ textEditor, selections }: vscode.TextEditorSelectionChangeEvent): void {
    const [selection] = selections;
    if (!this.isShown(textEditor.document.uri) || !selection) return;
    const [regions, functions] = [this.places.at("region", selection.active), this.places.at("function", selection.active)];
    if (regions.length + functions.length > 0) this.post({ type: "cursor", regions, functions });
  }

  private async reveal(place: string, takesFocus: boolean): Promise<void> {
    const found = this.places.of(place);
    if (!found) return;
    const { range, uri } = found;
    // The map goes on showing the machine: an extended file does not get the focus, which the map would follow.
    const editor = await (uri === undefined ? this.showText(takesFocus) : this.showText(false, this.client.protocol2CodeConverter.asUri(uri)));
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** The editor of the document where it is in sight, else a new one beside the panel. */
  private async showText(takesFocus = true, document = this.document as vscode.Uri): Promise<vscode.TextEditor> {
    const shown = vscode.window.visibleTextEditors.find((editor) => this.isShown(editor.document.uri));
    const viewColumn = shown?.viewColumn ?? (this.panel?.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One);
    return vscode.window.showTextDocument(document, { viewColumn, preserveFocus: !takesFocus });
  }

  private locate(): void {
    this.isLocating = !this.isReady || !this.panel;
    this.show();
    this.panel?.reveal(undefined, false);
    this.post({ type: "locate" });
  }

  /** Asks where to, and writes the lanes that are shown as a picture that stands by itself. */
  private async exportPicture(): Promise<void> {
    this.follow(vscode.window.activeTextEditor);
    if (!this.document) return void vscode.window.showErrorMessage("Open a platform description first: its map is what is exported.");
    const uri = this.client.code2ProtocolConverter.asUri(this.document);
    const picture = await this.client.sendRequest<string | null>(mapPictureRequest, { uri, options: this.panel ? this.options : {} });
    if (picture === null) return void vscode.window.showErrorMessage(NOTHING);
    const defaultUri = this.document.with({ path: this.document.path.replace(/(?:\.platform|\.guest)?\.jsonc?$/, "") + ".svg" });
    const target = await vscode.window.showSaveDialog({ title: "Export Map", defaultUri, filters: { Picture: ["svg"] } });
    if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(picture));
  }
}
