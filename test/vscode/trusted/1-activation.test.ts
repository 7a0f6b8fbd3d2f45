// When the extension starts, and which files are its own. The first file, since an extension that is active stays so.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { extension, fileUri, open, until } from "../editor";

describe("activation", () => {
  it("does not happen for other files, JSON with comments included", async () => {
    const document = await open("settings.jsonc");
    assert.equal(document.languageId, "jsonc");
    await vscode.commands.executeCommand("vscode.executeDocumentSymbolProvider", document.uri);
    assert.equal(extension().isActive, false);
  });

  it("happens when a platform description is opened", async () => {
    const document = await open("overlap.platform.jsonc");
    assert.equal(document.languageId, "platmap");
    await until("the extension is active", () => extension().isActive || undefined);
  });

  it("knows plain .json of the same names as the same language", async () => {
    const document = await vscode.workspace.openTextDocument(fileUri("web.guest.json"));
    assert.equal(document.languageId, "platmap");
  });
});
