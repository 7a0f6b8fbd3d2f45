// The pages of the rules, for findings to link to: in the browser the extension is on no disk that an editor could open a file of. Knows no rule.
import * as vscode from "vscode";

/** As the server in the browser writes the links. */
const scheme = "platmap-rule";

export class RulePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly subscription = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  constructor(private readonly extension: vscode.Uri) {}

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.extension, "docs/rules", path)));
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
