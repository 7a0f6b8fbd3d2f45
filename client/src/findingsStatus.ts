// The language status item of our documents: how many findings the shown one has, and what could not be checked in it.
// Knows nothing of single findings; those are diagnostics.
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { statusNotification, type FindingCounts, type StatusParams } from "./serverProtocol";

/** Listens to the server's `platmap/status` and shows the status of the document in the active editor. */
export class FindingsStatus implements vscode.Disposable {
  private readonly statuses = new Map<string, StatusParams>();
  private readonly item: vscode.LanguageStatusItem;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    languageId: string,
    client: BaseLanguageClient,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.item = vscode.languages.createLanguageStatusItem("platmap.findings", { language: languageId });
    this.item.name = "Platmap";
    this.item.text = "Platmap";
    this.subscriptions = [
      this.item,
      client.onNotification(statusNotification, (status: StatusParams) => this.update(status)),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
    ];
  }

  /** Lists the checks that were skipped in the active document, in the output channel. */
  showSkipped(): void {
    const status = this.active();
    this.output.info(status === undefined ? "No platform description is active." : skippedText(status));
    this.output.show(true);
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => void subscription.dispose());
  }

  private update(status: StatusParams): void {
    // Through vscode.Uri, since the two sides may write the same URI differently.
    this.statuses.set(vscode.Uri.parse(status.uri).toString(), status);
    this.show();
  }

  private forget(document: vscode.TextDocument): void {
    this.statuses.delete(document.uri.toString());
  }

  private active(): StatusParams | undefined {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    return uri === undefined ? undefined : this.statuses.get(uri);
  }

  private show(): void {
    const status = this.active();
    if (status === undefined) {
      return;
    }
    this.item.text = findingsText(status.findings);
    const details = [...(status.skipped.length > 0 ? [`${count(status.skipped.length, "check")} skipped`] : []), ...(status.leftOut !== undefined ? ["not all files found"] : [])];
    if (details.length === 0) {
      delete this.item.detail;
      this.item.command = undefined;
    } else {
      this.item.detail = details.join(", ");
      this.item.command = { title: "Show Why", command: "platmap.showSkippedChecks" };
    }
  }
}

function findingsText({ error, warning, info, hint }: FindingCounts): string {
  const counts = [count(error, "error"), count(warning, "warning"), count(info, "note"), count(hint, "hint")];
  return counts.filter((text) => !text.startsWith("0 ")).join(", ") || "No findings";
}

function skippedText({ uri, skipped, leftOut }: StatusParams): string {
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  const search = leftOut === undefined ? [] : [`The workspace: ${leftOut}.`];
  const lines = skipped.map(({ rule, because }) => `  ${rule}: ${because}`);
  return [...(lines.length === 0 ? [`${file}: no check was skipped.`] : [`${file}: checks that were skipped:`, ...lines]), ...search].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
