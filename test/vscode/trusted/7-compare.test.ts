// The commands that compare, as VS Code runs them: with HEAD, with another file, with a revision.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { fileUri, open, until } from "../editor";

describe("comparing", () => {
  let document: vscode.TextDocument;
  const folder = (): string => fileUri("").fsPath;
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: folder(), env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } });
  const panels = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("platmap.comparison"));
  const titled = (title: string): Promise<vscode.Tab> => until(`there is a panel ${title}`, () => panels().find(({ label }) => label === title));

  before(async () => {
    git("init", "--quiet");
    git("add", "--all");
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "first");
    document = await open("overlap.platform.jsonc");
  });

  after(() => rmSync(fileUri(".git").fsPath, { recursive: true }));

  afterEach(() => vscode.window.tabGroups.close(panels()));

  it("shows what has changed since HEAD, and follows its text", async () => {
    await vscode.commands.executeCommand("platmap.compareWithHead");
    await titled("Compare: overlap.platform.jsonc");
    assert.equal(vscode.window.activeTextEditor?.document, document, "the text keeps the focus");
  });

  it("takes a file of the explorer, or a resource of the source control view", async () => {
    const uri = fileUri("shared.platform.jsonc");
    await vscode.commands.executeCommand("platmap.compareWithHead", uri, [uri]);
    await titled("Compare: shared.platform.jsonc");
    await vscode.commands.executeCommand("platmap.compareWithHead", { resourceUri: document.uri });
    await titled("Compare: overlap.platform.jsonc");
  });

  it("compares the two files that are selected in the explorer without asking", async () => {
    const [one, other] = [fileUri("d05.platform.jsonc"), fileUri("shared.platform.jsonc")];
    await vscode.commands.executeCommand("platmap.compareWith", one, [one, other]);
    await titled("Compare: d05.platform.jsonc");
  });

  it("shows a text of the past that cannot be edited, and keeps its findings out of the Problems view", async () => {
    await vscode.commands.executeCommand("platmap.compareWith", document.uri, "HEAD");
    await titled("Compare: overlap.platform.jsonc");
    const query = JSON.stringify({ uri: document.uri.toString(), revision: "HEAD" });
    const past = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: "platmap-past", path: "HEAD: overlap.platform.jsonc", query }));
    assert.equal(past.getText(), document.getText());
    assert.equal(past.languageId, "platmap");
    await vscode.window.showTextDocument(past);
    // An edit elsewhere makes the server check again; had it been told of the past, its findings would come with the others.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "\n");
    await vscode.workspace.applyEdit(edit);
    await until("the document is checked", () => vscode.languages.getDiagnostics(document.uri).some(({ range }) => range.start.line === 7) || undefined);
    assert.deepEqual(vscode.languages.getDiagnostics(past.uri), []);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
  });
});
