// When the repository of a file moves to another commit, as VS Code's own git extension tells it. Without that extension nobody tells, and a comparison follows
// at the next edit. Reads no revision itself; the server does.
import * as vscode from "vscode";

/** What of the git extension's API (version 1) is used. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { getRepository(uri: vscode.Uri): { readonly state: { readonly HEAD?: { readonly commit?: string }; readonly onDidChange: vscode.Event<void> } } | null };
}

/** Calls back after each move, until it is disposed of. */
export function onHeadMoved(file: vscode.Uri, moved: () => void): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  let isOver = false;
  void watch(file, moved).then((subscription) => {
    if (isOver) subscription?.dispose();
    else if (subscription) subscriptions.push(subscription);
  });
  return new vscode.Disposable(() => {
    isOver = true;
    subscriptions.forEach((one) => void one.dispose());
  });
}

async function watch(file: vscode.Uri, moved: () => void): Promise<vscode.Disposable | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>("vscode.git");
  const git = await extension?.activate().then(undefined, () => undefined);
  const state = git?.enabled === true ? git.getAPI(1).getRepository(file)?.state : undefined;
  let commit = state?.HEAD?.commit;
  return state?.onDidChange(() => {
    if (state.HEAD?.commit === commit) return;
    commit = state.HEAD?.commit;
    moved();
  });
}
