// A folder that is not trusted: the extension does all the same, since it runs nothing that it finds there.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { diagnosticsOf, extension, fileUri, open, ruleOf, until } from "../editor";

describe("Restricted Mode", () => {
  it("is what this window is in", () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it("shows findings", async () => {
    const document = await open("overlap.platform.jsonc");
    assert.deepEqual((await diagnosticsOf(document)).map(ruleOf), ["overlapping-regions"]);
    assert.equal(extension().isActive, true);
  });

  it("shows findings of files that nobody has opened", async () => {
    const found = await until("there are findings of a file that is closed", () => {
      const diagnostics = vscode.languages.getDiagnostics(fileUri("unfinished.platform.jsonc"));
      return diagnostics.length > 0 ? diagnostics : undefined;
    });
    assert.equal(vscode.workspace.textDocuments.some(({ uri }) => uri.path.endsWith("unfinished.platform.jsonc")), false);
    assert.equal(found[0]?.source, "platmap");
  });

  it("imports a platform", async () => {
    const sources = [fileUri("iomem.txt")];
    const document = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.importPlatform", sources);
    assert.match(document.getText(), /"platform":/);
  });
});
