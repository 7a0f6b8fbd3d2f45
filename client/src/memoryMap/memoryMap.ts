// The memory map beside the text: one panel that follows the active description, its edits and the cursor, and leads back into the text.
// Knows nothing of what is drawn; the page draws, and the server lays out.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { mapPictureRequest, mapRequest, type MapResult } from "../serverProtocol";
import type { FromPage, PageState, ToPage } from "../webview/messages";
import { PagePanel } from "../pages/pagePanel";
import { MapPlaces } from "./mapPlaces";
import { memoryMapPage } from "./memoryMapPage";

const viewType = "platmap.memoryMap";

export class MemoryMap implements vscode.Disposable, vscode.WebviewPanelSerializer<PageState> {
  private readonly panel: PagePanel<ToPage, FromPage>;
  private document: vscode.Uri | undefined;
  private options: unknown = {};
  private places = new MapPlaces();
  private isLocating = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly client: BaseLanguageClient,
    extensionUri: vscode.Uri,
    private readonly languageId: string,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.panel = new PagePanel<ToPage, FromPage>(extensionUri, {
      viewType,
      title: "Memory Map",
      parts: memoryMapPage,
      received: (message) => this.received(message),
      ask: () => this.ask(),
    });
    this.subscriptions = [
      this.panel,
      vscode.commands.registerCommand("platmap.showMemoryMap", () => this.show()),
      vscode.commands.registerCommand("platmap.locateAddress", () => this.locate()),
      vscode.commands.registerCommand("platmap.exportMap", () => this.exportPicture()),
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.cursorMoved(event)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.isShown(document.uri) && this.panel.refresh()),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.some((uri) => this.isShown(uri)) && this.panel.refresh()),
    ];
  }

  /** Opens the panel beside the active description, or brings it forward. */
  show(): void {
    this.follow(vscode.window.activeTextEditor);
    this.panel.show();
  }

  /** After a reload of the window: the same document, as the page left it. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: PageState | undefined): Promise<void> {
    if (state?.uri !== undefined) this.document = vscode.Uri.parse(state.uri);
    this.follow(vscode.window.activeTextEditor);
    this.panel.attach(panel);
    if (this.document) await vscode.workspace.openTextDocument(this.document).then(undefined, () => undefined);
    this.panel.refresh();
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => void subscription.dispose());
  }

  private received(message: FromPage): void {
    switch (message.type) {
      case "ready":
        if (this.isLocating) this.panel.post({ type: "locate" });
        this.isLocating = false;
        break;
      case "ask":
        this.options = message.options;
        this.panel.refresh();
        break;
      case "reveal":
        void this.reveal(message.place, message.takesFocus);
        break;
      case "leave":
        if (this.document) void this.showText();
    }
  }

  /** The extended file that a click in the map led to. */
  private led: string | undefined;

  /** VS Code calls the text active that was opened last: that the map itself opened it is no wish to see its map. Whoever goes on in it has that wish. */
  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.languageId !== this.languageId || this.isShown(editor.document.uri)) return;
    if (editor.document.uri.toString() === this.led) return;
    this.led = undefined;
    this.document = editor.document.uri;
    this.places = new MapPlaces();
    this.panel.refresh();
  }

  private isShown(uri: vscode.Uri): boolean {
    return uri.toString() === this.document?.toString();
  }

  private async ask(): Promise<void> {
    try {
      if (this.document) await this.askFor(this.document);
    } catch (error) {
      this.output.error(`Memory map: ${String(error)}`);
    }
  }

  private async askFor(document: vscode.Uri): Promise<void> {
    const uri = this.client.code2ProtocolConverter.asUri(document);
    const answer = await this.client.sendRequest<MapResult | null>(mapRequest, { uri, options: this.options });
    if (!this.isShown(document)) return;
    const file = nameOf(document);
    const name = file.replace(/\.(?:platform|guest|fleet)\.jsonc?$/, "");
    this.panel.title = `Map: ${name}`;
    this.places = new MapPlaces(answer?.places);
    if (!answer) return this.panel.post({ type: "nothing", uri: document.toString(), file, because: withoutMap(file) });
    this.panel.post({ type: "map", uri: document.toString(), file, isStale: answer.isStale, view: answer.view as (ToPage & { type: "map" })["view"] });
  }

  private cursorMoved({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
    const [selection] = selections;
    // What the map selects itself comes as a command.
    const isByHand = kind === vscode.TextEditorSelectionChangeKind.Keyboard || kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (isByHand && textEditor.document.uri.toString() === this.led) {
      this.led = undefined;
      this.follow(textEditor);
    }
    if (!this.isShown(textEditor.document.uri) || !selection) return;
    const [regions, functions] = [this.places.at("region", selection.active), this.places.at("function", selection.active)];
    if (regions.length + functions.length > 0) this.panel.post({ type: "cursor", regions, functions });
  }

  private async reveal(place: string, takesFocus: boolean): Promise<void> {
    const found = this.places.of(place);
    if (!found) return;
    const { range, uri } = found;
    // The map goes on showing the machine: an extended file does not get the focus, which the map would follow.
    const extended = uri === undefined ? undefined : this.client.protocol2CodeConverter.asUri(uri);
    this.led = extended?.toString();
    const editor = await (extended ? this.showText(false, extended) : this.showText(takesFocus));
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** The editor of the document where it is in sight, else a new one beside the panel. */
  private async showText(takesFocus = true, document = this.document as vscode.Uri): Promise<vscode.TextEditor> {
    const shown = vscode.window.visibleTextEditors.find((editor) => this.isShown(editor.document.uri));
    const viewColumn = shown?.viewColumn ?? this.panel.columnForText;
    return vscode.window.showTextDocument(document, { viewColumn, preserveFocus: !takesFocus });
  }

  private locate(): void {
    this.isLocating = !this.panel.isReady;
    this.show();
    this.panel.reveal(false);
    this.panel.post({ type: "locate" });
  }

  /** Asks where to, and writes the lanes that are shown as a picture that stands by itself. */
  private async exportPicture(): Promise<void> {
    this.follow(vscode.window.activeTextEditor);
    if (!this.document) return void vscode.window.showErrorMessage("Open a platform description first: its map is what is exported.");
    const uri = this.client.code2ProtocolConverter.asUri(this.document);
    const picture = await this.client.sendRequest<string | null>(mapPictureRequest, { uri, options: this.panel.isOpen ? this.options : {} });
    if (picture === null) return void vscode.window.showErrorMessage(withoutMap(nameOf(this.document)));
    const defaultUri = this.document.with({ path: this.document.path.replace(/(?:\.platform|\.guest)?\.jsonc?$/, "") + ".svg" });
    const target = await vscode.window.showSaveDialog({ title: "Export Map", defaultUri, filters: { Picture: ["svg"] } });
    if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(picture));
  }
}

function nameOf({ path }: vscode.Uri): string {
  return path.split("/").at(-1) ?? "";
}

/** Why a file of this name has no map. */
function withoutMap(file: string): string {
  if (/\.fleet\.jsonc?$/.test(file)) return "A fleet has no memory map of its own. Open one of its guests or platforms.";
  if (/^platmap\.config\.jsonc?$/.test(file)) return "A configuration has no memory map. Open a platform or a guest.";
  return "The text has had syntax errors since it was opened. The map is drawn as soon as they are mended: the Problems view lists them.";
}
