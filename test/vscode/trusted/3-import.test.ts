// The command "Platmap: Import Platform…", given the captures that its dialog would have asked for.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { fileUri } from "../editor";

describe("importing a platform", () => {
  it("opens a new description, which is not saved", async () => {
    const document = await importIomem();
    assert.equal(document.isUntitled, true);
    assert.equal(document.languageId, "platmap");
    assert.match(document.getText(), /"platform":/);
    assert.match(document.getText(), /"memory":/);
    assert.match(document.fileName, /\.platform\.jsonc$/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), document.uri.toString());
  });

  it("never takes a name that is in use", async () => {
    const first = await importIomem();
    const second = await importIomem();
    assert.notEqual(second.uri.toString(), first.uri.toString());
    assert.equal(second.getText(), first.getText());
  });

  it("leaves the files of the workspace alone", async () => {
    const before = await filesOfWorkspace();
    await importIomem();
    assert.deepEqual(await filesOfWorkspace(), before);
  });
});

async function importIomem(): Promise<vscode.TextDocument> {
  const document = await vscode.commands.executeCommand<vscode.TextDocument | undefined>("platmap.importPlatform", [
    fileUri("iomem.txt"),
  ]);
  assert.ok(document !== undefined, "the command gives the new document");
  return document;
}

async function filesOfWorkspace(): Promise<string[]> {
  return (await vscode.workspace.findFiles("**")).map(String).sort();
}
