// The first hour of a newcomer: the walkthrough, the examples, formatting, and what completion suggests, in the real VS Code.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { open, positionOf, until } from "../editor";

describe("a newcomer", () => {
  it("opens the walkthrough", async () => {
    await vscode.commands.executeCommand("platmap.showWalkthrough");
    await until("the walkthrough is shown", () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).find((tab) => /Platmap|Welcome|Walkthrough/.test(tab.label)));
  });

  it("opens an example as a new document, and sees what is wrong with it", async () => {
    const document = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.openExample", "first-steps.platform.jsonc");
    assert.deepEqual([document.isUntitled, document.languageId], [true, "platmap"]);
    await until("its mistakes are found", () => vscode.languages.getDiagnostics(document.uri).length >= 4 || undefined);
  });

  it("opens the same example again as a document of its own", async () => {
    const open = (): Thenable<vscode.TextDocument> => vscode.commands.executeCommand<vscode.TextDocument>("platmap.openExample", "first-steps.platform.jsonc");
    const [first, second] = [await open(), await open()];
    assert.notEqual(first.uri.toString(), second.uri.toString());
    assert.equal(second.getText(), first.getText());
  });

  it("sees the fixes of the worst finding, though the walkthrough has the focus", async () => {
    const document = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.openExample", "first-steps.platform.jsonc");
    await until("its mistakes are found", () => vscode.languages.getDiagnostics(document.uri).length >= 4 || undefined);
    await vscode.commands.executeCommand("platmap.showWalkthrough");
    await until("no editor has the focus", () => vscode.window.activeTextEditor === undefined || undefined);
    await vscode.commands.executeCommand("platmap.showFixes");
    const { selection } = await until("the editor is there", () => vscode.window.activeTextEditor);
    const found = vscode.languages.getDiagnostics(vscode.window.activeTextEditor?.document.uri ?? document.uri);
    assert.ok(found.some(({ range, severity }) => severity === vscode.DiagnosticSeverity.Error && range.start.isEqual(selection.active)));
  });

  it("reads the script that captures a machine", async () => {
    const script = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.showCaptureScript");
    assert.match(script.getText(), /^#!\/bin\/sh\n/);
    assert.equal(script.languageId, "shellscript");
  });

  it("sees ends and sizes behind entries, and what is free above lists", async () => {
    const document = await vscode.commands.executeCommand<vscode.TextDocument>("platmap.openExample", "first-steps.platform.jsonc");
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await until("there are hints", async () => {
      const found = await vscode.commands.executeCommand<vscode.InlayHint[]>("vscode.executeInlayHintProvider", document.uri, whole);
      return found.length > 0 ? found : undefined;
    });
    assert.ok(hints.some(({ label }) => label === "to 0xffff_ffff"), hints.map(({ label }) => label as string).join());
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 20);
    assert.ok(lenses.some(({ command }) => /^2 GiB, 16 MiB taken/.test(command?.title ?? "")), lenses.map(({ command }) => command?.title).join("\n"));
  });

  it("formats a document, and loses nothing", async () => {
    const document = await open("shared.platform.jsonc");
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>("vscode.executeFormatDocumentProvider", document.uri, { tabSize: 2, insertSpaces: true });
    assert.ok(Array.isArray(edits ?? []));
    assert.ok((edits ?? []).every(({ newText }) => newText.trim() === ""));
  });

  it("renames an entry with its references", async () => {
    const document = await open("overlap.platform.jsonc");
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>("vscode.executeDocumentRenameProvider", document.uri, positionOf(document, "uart0"), "console0");
    assert.ok(edit.get(document.uri).length >= 1);
    assert.ok(edit.get(document.uri).every((one) => "newText" in one && one.newText === "console0"));
  });
});
