// The comparison of two descriptions beside the text: one panel that follows the edits of either side and leads back into both texts. Knows nothing of what
// differs or how it is drawn; the server says it, and the page draws.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { differenceRequest, type ComparedSide, type DifferenceParams, type DifferenceResult, type SideName, type TextLocation } from "../serverProtocol";
import type { ComparisonState, FromComparisonPage, ShownComparison, ToComparisonPage } from "../webview/comparison/messages";
import { PagePanel } from "../pages/pagePanel";
import { chooseOther } from "./chooseOther";
import { comparisonPage } from "./comparisonPage";
import { onHeadMoved } from "./gitHead";
import { fileOfPast, PastDocuments, pastUri } from "./pastDocuments";

const viewType = "platmap.comparison";
type Sides = Readonly<Record<SideName, ComparedSide>>;

export class Comparison implements vscode.Disposable, vscode.WebviewPanelSerializer<ComparisonState> {
  private readonly panel: PagePanel<ToComparisonPage, FromComparisonPage>;
  private sides: Sides | undefined;
  private options: unknown = {};
  private answer: DifferenceResult | undefined;
  private head: vscode.Disposable | undefined;
  private readonly past: PastDocuments;
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(
    private readonly client: BaseLanguageClient,
    extensionUri: vscode.Uri,
    private readonly languageId: string,
    private readonly output: vscode.LogOutputChannel,
    /** False where the server runs in a browser: neither git nor the readers of captures are there. */
    private readonly isOnMachine: boolean,
  ) {
    this.past = new PastDocuments(client);
    this.panel = new PagePanel<ToComparisonPage, FromComparisonPage>(extensionUri, {
      viewType,
      title: "Comparison",
      parts: comparisonPage,
      received: (message) => this.received(message),
      ask: () => this.ask(),
    });
    this.subscriptions = [
      this.panel,
      this.past,
      vscode.commands.registerCommand("platmap.compareWithHead", (target?: unknown) => this.compareWithHead(target)),
      vscode.commands.registerCommand("platmap.compareWith", (target?: unknown, other?: unknown) => this.compareWith(target, other)),
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      // A host's file changes its guests' plans, and a lower file those that extend it.
      vscode.workspace.onDidChangeTextDocument(({ document }) => document.languageId === languageId && this.panel.refresh()),
      vscode.workspace.onDidSaveTextDocument(({ languageId: id }) => id === languageId && this.panel.refresh()),
    ];
  }

  /** @param target a file, or a resource of the source control view; without it the one in front */
  async compareWithHead(target?: unknown): Promise<void> {
    const file = this.fileOf(target);
    if (file) await this.show({ left: { uri: this.protocolUri(file), revision: "HEAD" }, right: { uri: this.protocolUri(file) } });
  }

  /** @param other a file, a list of two as the explorer gives it, or a git revision; without it the user is asked */
  async compareWith(target?: unknown, other?: unknown): Promise<void> {
    const file = this.fileOf(target);
    if (!file) return;
    const left = this.givenOther(file, other) ?? (await chooseOther(file, this.isOnMachine));
    if (left) await this.show({ left: { ...left, uri: this.protocolUri(vscode.Uri.parse(left.uri)) }, right: { uri: this.protocolUri(file) } });
  }

  /** After a reload of the window: the same two, as the page left them. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: ComparisonState | undefined): Promise<void> {
    if (!state?.left || !state.right) return panel.dispose();
    this.setSides({ left: state.left, right: state.right });
    this.panel.attach(panel);
    for (const side of [state.left, state.right]) if (side.revision === undefined) await vscode.workspace.openTextDocument(vscode.Uri.parse(side.uri)).then(undefined, () => undefined);
    this.panel.refresh();
  }

  dispose(): void {
    this.head?.dispose();
    this.subscriptions.forEach((one) => void one.dispose());
  }

  private fileOf(target: unknown): vscode.Uri | undefined {
    if (target instanceof vscode.Uri) return target;
    const { resourceUri } = (typeof target === "object" && target !== null ? target : {}) as { readonly resourceUri?: unknown };
    if (resourceUri instanceof vscode.Uri) return resourceUri;
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === this.languageId) return fileOfPast(document.uri) ?? document.uri;
    if (this.panel.isActive && this.sides) return vscode.Uri.parse(this.sides.right.uri);
    void vscode.window.showErrorMessage("Open a platform, guest or fleet description first: it is what is compared.");
    return undefined;
  }

  private givenOther(file: vscode.Uri, other: unknown): ComparedSide | undefined {
    if (typeof other === "string") return { uri: file.toString(), revision: other };
    const list: readonly unknown[] = Array.isArray(other) ? other : [other];
    const others = list.filter((one): one is vscode.Uri => one instanceof vscode.Uri && one.toString() !== file.toString());
    return others.length === 1 && others[0] ? { uri: others[0].toString() } : undefined;
  }

  private protocolUri(uri: vscode.Uri): string {
    return this.client.code2ProtocolConverter.asUri(uri);
  }

  /** Says why when the two cannot be compared, and opens nothing then. */
  private async show(sides: Sides): Promise<void> {
    try {
      await this.request(sides, undefined);
    } catch (error) {
      return void vscode.window.showErrorMessage(`Nothing to compare: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.setSides(sides);
    this.panel.show();
    this.panel.refresh();
  }

  private setSides(sides: Sides): void {
    this.sides = sides;
    this.head?.dispose();
    const past = [sides.left, sides.right].find(({ revision }) => revision !== undefined);
    this.head = past && onHeadMoved(vscode.Uri.parse(past.uri), () => {
      this.past.refresh();
      this.panel.refresh();
    });
  }

  private received(message: FromComparisonPage): void {
    switch (message.type) {
      case "ask":
        this.options = message.options;
        this.panel.refresh();
        break;
      case "reveal":
        void this.reveal(message);
        break;
      case "exchange":
        if (this.sides) this.setSides({ left: this.sides.right, right: this.sides.left });
        this.panel.refresh();
        break;
      case "leave":
        if (this.sides) void this.showSide(this.sides.right, undefined, true);
    }
  }

  private async ask(): Promise<void> {
    const { sides } = this;
    if (!sides) return;
    try {
      const answer = await this.request(sides, this.options);
      if (this.sides !== sides) return;
      this.answer = answer;
      this.panel.title = `Compare: ${answer.right.shown.split("/").at(-1) ?? ""}`;
      this.panel.post(shownComparison(sides, answer));
    } catch (error) {
      this.output.error(`Comparison: ${String(error)}`);
      this.panel.post({ type: "failed", because: error instanceof Error ? error.message : String(error) });
    }
  }

  private request({ left, right }: Sides, view: unknown): Promise<DifferenceResult> {
    const params: DifferenceParams = { left, right, ...(view !== undefined && { view }) };
    return this.client.sendRequest<DifferenceResult>(differenceRequest, params);
  }

  private async reveal({ side, item, region, takesFocus }: FromComparisonPage & { type: "reveal" }): Promise<void> {
    const location = item === undefined ? this.answer?.places?.[region ?? ""] : this.answer?.items[item - 1]?.[side];
    if (location && this.sides) await this.showSide(this.sides[side], location, takesFocus);
  }

  /** A place of a side in its own file, or in one that it names: of the same revision. */
  private async showSide(side: ComparedSide, location: TextLocation | undefined, takesFocus: boolean): Promise<void> {
    const at = { ...side, uri: location?.uri ?? side.uri };
    const isCapture = this.answer !== undefined && [this.answer.left, this.answer.right].some(({ uri, isCapture: is }) => is && uri === at.uri);
    const isPast = at.revision !== undefined || isCapture;
    const uri = isPast ? pastUri(at) : vscode.Uri.parse(at.uri);
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    const viewColumn = shown?.viewColumn ?? this.panel.columnForText;
    // In a preview it would take the place of the text that it is compared with.
    const editor = await vscode.window.showTextDocument(uri, { viewColumn, preserveFocus: !takesFocus, preview: !isPast });
    if (!location) return;
    const { start, end } = location.range;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function shownComparison({ left, right }: Sides, answer: DifferenceResult): ShownComparison {
  const both = [answer.left, answer.right];
  return {
    type: "comparison", left, right,
    names: { left: answer.left.shown, right: answer.right.shown },
    counts: answer.counts,
    items: answer.items.map(({ number, kinds, sentence, left: old, right: now }) => ({ number, kinds: kinds as ShownComparison["items"][number]["kinds"], sentence, sides: [...(old ? ["left" as const] : []), ...(now ? ["right" as const] : [])] })),
    notes: [
      ...both.filter(({ isStale }) => isStale).map(({ shown }) => `${shown} has syntax errors: this is its last text without any.`),
      ...both.filter(({ isIncomplete }) => isIncomplete).map(({ shown }) => `Not everything of ${shown} could be read, so a difference may be missing.`),
    ],
    ...(answer.view !== undefined && { view: answer.view as NonNullable<ShownComparison["view"]> }),
  };
}
