// A folder that is not trusted: the extension does all the same, since it runs nothing that it finds there.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { diagnosticsOf, extension, fileUri, open, ruleOf } from "../editor";

describe("Restricted Mode", () => {
  it("is what this window is in", () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it("shows findings", async () => {
    const document = await open("overlap.platform.jsonc");
    assert.deepEqual((await diagnosticsOf(document)).map(ruleOf), ["overlapping-regions"]);
    assert.equal(extension().isActive, true);
  });

  it("imports a platform", async () => {
    const sources = [fileUri("iomem.txt")];
    const document = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.importPlatform", sources);
    assert.match(document.getText(), /"platform":/);
  });
});
