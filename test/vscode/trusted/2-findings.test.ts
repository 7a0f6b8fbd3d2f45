// A finding from the squiggle to the mended text, as VS Code shows it.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { diagnosticsOf, open, positionOf, ruleOf, until } from "../editor";

describe("two devices that overlap", () => {
  let document: vscode.TextDocument;
  before(async () => {
    document = await open("overlap.platform.jsonc");
  });

  it("are one error, with the rule's page and the other device", async () => {
    const diagnostics = await diagnosticsOf(document);
    assert.deepEqual(diagnostics.map(ruleOf), ["overlapping-regions"]);
    const [overlap] = diagnostics;
    assert.equal(overlap?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(overlap.source, "platmap");
    assert.ok(typeof overlap.code === "object", "the code links to a page");
    await vscode.workspace.fs.stat(overlap.code.target);
    const related = overlap.relatedInformation?.map(({ location }) => document.lineAt(location.range.start).text) ?? [];
    assert.ok(
      related.some((line) => line.includes("uart0")),
      "the related places name uart0's line",
    );
  });

  it("are mended by a quick fix, which one undo takes back", async () => {
    const before = document.getText();
    const [overlap] = await diagnosticsOf(document);
    assert.ok(overlap !== undefined);
    const edit = await fixFor(document, overlap);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until("the finding is gone", () => vscode.languages.getDiagnostics(document.uri).length === 0 || undefined);
    assert.match(document.getText(), /\/\/ The console of the boot loader\./);
    assert.match(document.getText(), /\/\/ as in the data sheet/);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
    await diagnosticsOf(document);
  });
});

describe("the text under the pointer", () => {
  it("is explained: a key by its meaning, an address by what is there", async () => {
    const document = await open("overlap.platform.jsonc");
    assert.match(await hoverAt(document, '"devices"'), /MMIO|device/i);
    assert.match(await hoverAt(document, "0x0900_0000"), /0x0?900_?0fff/i);
  });

  it("is completed with the words that fit, each explained when it is looked at", async () => {
    const document = await open("unfinished.platform.jsonc");
    const position = positionOf(document, '"" }').translate(0, 1);
    const items = await until("there are completions", async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        document.uri,
        position,
        undefined,
        // So many are asked about, as the list does for the one that is chosen in it.
        100,
      );
      return list.items.length > 0 ? list.items : undefined;
    });
    const words = items.map(({ label }) => (typeof label === "string" ? label : label.label));
    const found = items.find((_, index) => words[index]?.includes("gicv2m"));
    assert.ok(found, words.join(", "));
    assert.match((found.documentation as vscode.MarkdownString).value, /frame/i);
    assert.equal(document.getText(found.range instanceof vscode.Range ? found.range : found.range?.inserting), '""');
  });
});

// Asked again and again, since VS Code gives no actions while it is busy with the editor itself.
async function fixFor(document: vscode.TextDocument, { range }: vscode.Diagnostic): Promise<vscode.WorkspaceEdit> {
  return until("a quick fix is offered", async () => {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
      1,
    );
    return actions.find(({ edit }) => edit !== undefined)?.edit;
  });
}

async function hoverAt(document: vscode.TextDocument, text: string): Promise<string> {
  const position = positionOf(document, text).translate(0, 2);
  return until(`${text} has a hover`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      position,
    );
    const words = hovers
      .flatMap(({ contents }) => contents)
      .map((part) => (typeof part === "string" ? part : part.value));
    return words.length > 0 ? words.join("\n") : undefined;
  });
}
