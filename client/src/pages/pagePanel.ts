// A panel with a page of ours beside the text: how it is opened, what its page may load, when the page takes messages, and one question at a time for what
// it shows. Knows nothing of what that is.
import * as vscode from "vscode";
import { pageFrame, type PageParts } from "./pageFrame";

export interface PagePanelOptions<From> {
  /** VS Code's name for the kind of panel. */
  readonly viewType: string;
  readonly title: string;
  readonly parts: PageParts;
  /** What the page says, once its first `ready` has been noted. */
  received(message: From): void;
  /** Asks the server for what is to be shown, and posts it. Not called while the answer to the last call is awaited. */
  ask(): Promise<void>;
}

/** One panel at a time. `To` is what the page is told, `From` what it says. */
export class PagePanel<To, From extends { readonly type: string }> implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private isPageReady = false;
  private isAsking = false;
  private isOutdated = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly options: PagePanelOptions<From>,
  ) {}

  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** The page is there and takes messages. */
  get isReady(): boolean {
    return this.panel !== undefined && this.isPageReady;
  }

  get isActive(): boolean {
    return this.panel?.active === true;
  }

  set title(title: string) {
    if (this.panel) this.panel.title = title;
  }

  /** Brings the panel forward, or opens it beside the text, which keeps the focus. */
  show(): void {
    if (this.panel) return this.reveal(true);
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.attach(vscode.window.createWebviewPanel(this.options.viewType, this.options.title, column, { enableFindWidget: false }));
  }

  reveal(preserveFocus: boolean): void {
    this.panel?.reveal(undefined, preserveFocus);
  }

  /** Puts the page into a panel, in place of the one that there was. */
  attach(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.isPageReady = false;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, "dist")] };
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, "media", "icon.png");
    webview.onDidReceiveMessage((message: From) => {
      if (message.type === "ready") this.isPageReady = true;
      this.options.received(message);
    });
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    webview.html = pageFrame(webview, this.extensionUri, this.options.parts);
  }

  post(message: To): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }

  /** One question at a time; what changes meanwhile is asked for when it is answered. */
  refresh(): void {
    this.isOutdated = true;
    if (!this.isAsking && this.isReady) void this.ask();
  }

  /** Where a text goes that has no editor in sight: not over the panel. */
  get columnForText(): vscode.ViewColumn {
    return this.panel?.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    try {
      while (this.isOutdated && this.panel) {
        this.isOutdated = false;
        await this.options.ask();
      }
    } finally {
      this.isAsking = false;
    }
  }
}
