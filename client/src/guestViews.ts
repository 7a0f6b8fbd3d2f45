// The commands "Platmap: Show Plan" and "Platmap: Simulate…": what the server says of a guest or a fleet, in a document beside it that cannot be edited and
// follows the file. Works nothing out itself.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { PlanParams, SimulateParams, SimulateResult, SimulationChoices } from "./serverProtocol";
import { planRequest, simulateRequest, simulationChoicesRequest } from "./serverProtocol";

/** The scheme of the views' documents. */
const scheme = "platmap-view";

/** What a view shows. */
interface View {
  readonly uri: string;
  /** Of a simulation. */
  readonly steps?: string;
}

export class GuestViews implements vscode.TextDocumentContentProvider {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable[];
  /** The steps that somebody gave last, by the guest's file. */
  private readonly lastSteps = new Map<string, string>();

  constructor(
    private readonly languageId: string,
    private readonly client: BaseLanguageClient,
  ) {
    this.subscriptions = [
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.changed(document)),
    ];
  }

  /** @param uri the guest's or fleet's file; without it the one in front */
  async showPlan(uri = this.inFront()): Promise<void> {
    if (uri === undefined) {
      return;
    }
    await this.show({ uri }, "plan");
  }

  /** Asks for the steps unless they are given. */
  async simulate(uri = this.inFront(), steps?: string): Promise<void> {
    if (uri === undefined) {
      return;
    }
    const chosen = steps ?? (await this.askForSteps(uri));
    if (chosen === undefined) {
      return;
    }
    this.lastSteps.set(uri, chosen);
    await this.show({ uri, steps: chosen }, "simulation");
  }

  async provideTextDocumentContent(document: vscode.Uri): Promise<string> {
    const { uri, steps } = JSON.parse(document.query) as View;
    if (steps === undefined) {
      return (await this.client.sendRequest<string | null>(planRequest, { uri } satisfies PlanParams)) ?? "This file is open no longer, or is no guest or fleet.\n";
    }
    const answer = await this.client.sendRequest<SimulateResult | null>(simulateRequest, { uri, steps } satisfies SimulateParams);
    return answer?.text ?? `${answer?.wrong ?? "This file is open no longer."}\n`;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private inFront(): string | undefined {
    const document = vscode.window.activeTextEditor?.document;
    return document?.languageId === this.languageId ? document.uri.toString() : undefined;
  }

  private async askForSteps(uri: string): Promise<string | undefined> {
    const choices = await this.client.sendRequest<SimulationChoices | null>(simulationChoicesRequest, { uri });
    if (choices === null) {
      void vscode.window.showWarningMessage("This is no guest file that can be read.");
      return undefined;
    }
    return vscode.window.showInputBox({
      title: "Simulate: Steps of the Guest's Life",
      prompt: `${choices.forms}. Hosts: ${choices.hosts.join(", ")}`,
      value: this.lastSteps.get(uri) ?? choices.suggestion,
      validateInput: async (steps) => {
        const answer = await this.client.sendRequest<SimulateResult | null>(simulateRequest, { uri, steps });
        return answer?.wrong;
      },
    });
  }

  private async show(view: View, noun: string): Promise<void> {
    const name = vscode.Uri.parse(view.uri).path.split("/").at(-1) ?? "";
    const uri = vscode.Uri.from({ scheme, path: `${name} (${noun}).txt`, query: JSON.stringify(view) });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  // A host's file changes its guests' plans, so any of our documents makes every view that is open ask again.
  private changed({ languageId }: vscode.TextDocument): void {
    if (languageId !== this.languageId) {
      return;
    }
    vscode.workspace.textDocuments.filter((one) => one.uri.scheme === scheme).forEach((one) => this.changes.fire(one.uri));
  }
}
