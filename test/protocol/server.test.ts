// The language server over a pipe, as any editor sees it: diagnostics pushed or pulled, hover, quick fixes, symbols, folding, completion.
import assert from "node:assert/strict";
import type { CodeAction, CodeLens, CompletionItem, Diagnostic, DocumentDiagnosticReport, DocumentSymbol, FoldingRange, Hover, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { rules } from "../../core/src/index";
import { BARE, MODERN, PUSHING, TestClient, testSettings } from "./client";

const URI = "file:///board.platform.jsonc";
const TEXT = `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }], // all there is
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" }, // the second one
  ],
}
`;
const PCI = `{
  "platform": "board", "arch": "x86_64", "doorbells": [{ "name": "lapic", "type": "local-apic", "base": "0xfee0_0000", "size": "1M" }],
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }], "msi": "lapic", "devices": [
    { "at": "00:02.0", "name": "gpu0", "type": "integrated-endpoint", "assign": true } ] }]
}
`;
const UART1_BASE = { line: 5, character: 34 };

describe("language server", () => {
  let client: TestClient;
  afterEach(() => client.stop());

  it("pushes diagnostics to a client that cannot pull", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    const [diagnostic, ...others] = await client.pushed(URI, 1);
    assert.deepEqual(others, []);
    assertIsOverlap(diagnostic);
  });

  it("answers pulls, and then pushes nothing", async () => {
    client = await TestClient.start(MODERN);
    await client.open(URI, TEXT);
    const report = await client.request<DocumentDiagnosticReport>("textDocument/diagnostic", { textDocument: { uri: URI } });
    assert.equal(report.kind, "full");
    assertIsOverlap(report.kind === "full" ? report.items[0] : undefined);
    assert.deepEqual(client.published, []);
  });

  it("does not send a second time what the client has, and sends what has changed", async () => {
    client = await TestClient.start(MODERN);
    await client.open(URI, TEXT);
    const pull = (previousResultId?: string): Promise<DocumentDiagnosticReport> =>
      client.request("textDocument/diagnostic", { textDocument: { uri: URI }, ...(previousResultId !== undefined && { previousResultId }) });
    const { resultId } = await pull();
    assert.ok(resultId);
    await client.change(URI, 2, [{ text: `${TEXT}\n` }]);
    assert.deepEqual(await pull(resultId), { kind: "unchanged", resultId });
    await client.change(URI, 3, [{ text: `\n${TEXT}` }]);
    assert.equal((await pull(resultId)).kind, "full", "they have moved by a line");
    await client.change(URI, 4, [{ text: `{ "platform": "board" }` }]);
    const none = await pull(resultId);
    assert.deepEqual(none.kind === "full" && none.items, []);
  });

  it("sends the status with what it counted", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    await client.pushed(URI, 1);
    assert.deepEqual(client.statuses.at(-1), { uri: URI, findings: { error: 1, warning: 0, info: 0, hint: 0 }, skipped: [{ rule: "beyond-physical-address-bits", because: "physicalAddressBits is not known" }] });
  });

  it("follows incremental changes, and clears what is gone", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    await client.pushed(URI, 1);
    const digit = { line: 5, character: 39 };
    await client.change(URI, 2, [{ range: { start: digit, end: { ...digit, character: 40 } }, text: "3" }]);
    assert.deepEqual(await client.pushed(URI, 2), []);
    await client.notify("textDocument/didClose", { textDocument: { uri: URI } });
    await client.request("textDocument/hover", { textDocument: { uri: URI }, position: UART1_BASE });
    assert.deepEqual(client.published.at(-1), { uri: URI, diagnostics: [] });
  });

  it("offers quick fixes that remove the finding and keep the comments", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    const [diagnostic] = await client.pushed(URI, 1);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: URI }, range: { start: UART1_BASE, end: UART1_BASE }, context: { diagnostics: [diagnostic], only: ["quickfix"] } });
    assert.equal(actions[0]?.title, "Move uart1 to 0x1000_2000");
    assert.deepEqual(actions[0]?.diagnostics, [diagnostic]);
    for (const [index, action] of actions.filter((one) => one.kind === "quickfix").entries()) {
      const text = applied(action);
      await client.change(URI, 2 + index, [{ text }]);
      assert.deepEqual(await client.pushed(URI, 2 + index), [], action.title);
      assert.match(text, /\/\/ all there is[\s\S]*\/\/ the second one/);
    }
  });

  it("offers to allow a finding here, with a reason that is still to be written", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    const [diagnostic] = await client.pushed(URI, 1);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: URI }, range: { start: UART1_BASE, end: UART1_BASE }, context: { diagnostics: [diagnostic] } });
    const allow = actions.find((action) => action.title.startsWith("Allow"));
    assert.deepEqual([allow?.title, allow?.kind, allow?.diagnostics], ["Allow overlapping-regions here, because …", "refactor.rewrite", undefined]);
    const text = applied(allow);
    assert.ok(text.includes('\n    // platmap allow overlapping-regions: …\n    { "name": "uart1"'), text);
    await client.change(URI, 2, [{ text }]);
    assert.deepEqual((await client.pushed(URI, 2)).map((one) => one.code), ["waiver-without-reason", "overlapping-regions"]);
    await client.change(URI, 3, [{ text: text.replace("…", "they share a page") }]);
    assert.deepEqual(await client.pushed(URI, 3), []);
  });

  it("puts the cursor on the reason where the client takes snippets in edits", async () => {
    client = await TestClient.start({ ...PUSHING, workspace: { workspaceEdit: { documentChanges: true, snippetEditSupport: true } } });
    await client.open(URI, TEXT);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: URI }, range: { start: UART1_BASE, end: UART1_BASE }, context: { diagnostics: [], only: ["refactor.rewrite"] } });
    const [change] = actions.at(-1)?.edit?.documentChanges ?? [];
    const at = { line: 5, character: 0 };
    assert.deepEqual(change, {
      textDocument: { uri: URI, version: 1 },
      edits: [{ range: { start: at, end: at }, snippet: { kind: "snippet", value: "    // platmap allow overlapping-regions: ${1:reason}\n" } }],
    });
  });

  it("offers to write a literal as an expression and back, to who asks for refactorings", async () => {
    client = await TestClient.start(PUSHING);
    const text = TEXT.replace("0x1000_1000", "0x1000_2000");
    await client.open(URI, text);
    const ask = (): Promise<CodeAction[]> => client.request("textDocument/codeAction", { textDocument: { uri: URI }, range: { start: UART1_BASE, end: UART1_BASE }, context: { diagnostics: [], only: ["refactor"] } });
    const [toExpression] = await ask();
    assert.equal(toExpression?.title, 'Place after uart0: "uart0.next"');
    await client.change(URI, 2, [{ text: applied(toExpression, text) }]);
    assert.deepEqual(await client.pushed(URI, 2), []);
    const [back, ...others] = await ask();
    assert.equal(back && applied(back, applied(toExpression, text)), text);
    assert.deepEqual(others, []);
  });

  it("decodes values in hovers: range, size, neighbours", async () => {
    client = await TestClient.start(MODERN);
    await client.open(URI, TEXT);
    const hover = await client.request<Hover>("textDocument/hover", { textDocument: { uri: URI }, position: UART1_BASE });
    const text = (hover.contents as { value: string }).value;
    assert.match(text, /device uart1.*`0x1000_1000-0x1000_2fff`, 8 KiB, in the physical map/);
    assert.match(text, /overlaps device uart0/);
    assert.match(text, /after: memory dram/);
  });

  it("explains keys in hovers", async () => {
    client = await TestClient.start(MODERN);
    await client.open(URI, TEXT);
    const hover = await client.request<Hover>("textDocument/hover", { textDocument: { uri: URI }, position: { line: 2, character: 5 } });
    assert.match((hover.contents as { value: string }).value, /\*\*memory\*\* of platform file/);
  });

  it("keeps serving hovers and symbols while the text is broken", async () => {
    client = await TestClient.start(PUSHING);
    await client.open(URI, TEXT);
    await client.pushed(URI, 1);
    await client.change(URI, 2, [{ text: TEXT.replace('"size": "8K" },', '"size": "8K" ') }]);
    const diagnostics = await client.pushed(URI, 2);
    assert.deepEqual(diagnostics.map((one) => one.code), ["syntax-error"]);
    const hover = await client.request<Hover>("textDocument/hover", { textDocument: { uri: URI }, position: UART1_BASE });
    assert.match((hover.contents as { value: string }).value, /device uart1/);
    const symbols = await client.request<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri: URI } });
    assert.deepEqual(symbols.map((one) => one.name), ["memory", "devices"]);
  });

  it("sends related places to a client that does not say whether it takes them, and not to one that does not", async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    assertIsOverlap((await client.pushed(URI, 1))[0]);
    await client.stop();
    client = await TestClient.start({ textDocument: { publishDiagnostics: { relatedInformation: false } } });
    await client.open(URI, TEXT);
    assert.equal((await client.pushed(URI, 1))[0]?.relatedInformation, undefined);
  });

  it("gives an outline with names and places", async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    const symbols = await client.request<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri: URI } });
    assert.deepEqual(symbols.map((one) => [one.name, one.children?.map((child) => `${child.name} ${child.detail ?? ""}`)]), [
      ["memory", ["dram 0x8000_0000 1G"]],
      ["devices", ["uart0 0x1000_0000 8K", "uart1 0x1000_1000 8K"]],
    ]);
  });

  it("folds lists", async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    const ranges = await client.request<FoldingRange[]>("textDocument/foldingRange", { textDocument: { uri: URI } });
    assert.deepEqual(ranges, [{ startLine: 0, endLine: 6 }, { startLine: 3, endLine: 5 }]);
  });

  it("completes keys that are not there yet", async () => {
    client = await TestClient.start(MODERN);
    const text = '{ "platform": "board", "memory": [{ "name": "dram",  }] }';
    await client.open(URI, text);
    const items = await completions(client, text.indexOf("  }]") + 1);
    assert.ok(items.includes("base") && items.includes("type"), items.join(" "));
    assert.ok(!items.includes("name"), "name is there already");
  });

  it("completes a key in broken text", async () => {
    client = await TestClient.start(MODERN);
    const text = '{ "platform": "board", "memory": [{ "name": "dram", "ba }] }';
    await client.open(URI, text);
    const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri: URI }, position: { line: 0, character: text.indexOf('"ba') + 3 } });
    assert.ok(items.some((one) => one.label === "base"), items.map((one) => one.label).join(" "));
  });

  it("completes words and references", async () => {
    client = await TestClient.start(MODERN);
    const text = `{ "platform": "board", "doorbells": [{ "name": "its0", "type": "", "base": "0x0", "size": "128K" }], "pci": [{ "name": "pcie0", "msi": "" }] }`;
    await client.open(URI, text);
    assert.ok((await completions(client, text.indexOf('"type": "') + 9)).includes("gicv2m"));
    assert.ok((await completions(client, text.indexOf('"msi": "') + 8)).includes("its0"));
  });

  it("lists code lenses at once, and words them one by one", async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, PCI);
    const lenses = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: URI } });
    assert.deepEqual(lenses.map((one) => [one.range.start.line, one.command]), [[2, undefined], [4, undefined]]);
    const titles = await Promise.all(lenses.map((lens) => client.request<CodeLens>("codeLens/resolve", lens)));
    assert.deepEqual(titles.map((one) => one.command), [{ title: "serves 1 function; 1 reserved region", command: "" }, { title: "assignable, alone in its group", command: "" }]);
  });

  it("words a lens of a document that was closed as nothing", async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, PCI);
    const [lens] = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: URI } });
    await client.notify("textDocument/didClose", { textDocument: { uri: URI } });
    assert.equal((await client.request<CodeLens>("codeLens/resolve", lens)).command?.title, "…");
    assert.deepEqual(await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: URI } }), []);
  });

  it("tells in the hover of a PCI function whether it can be assigned", async () => {
    client = await TestClient.start(MODERN);
    await client.open(URI, PCI);
    const hover = await client.request<Hover>("textDocument/hover", { textDocument: { uri: URI }, position: { line: 4, character: 34 } });
    assert.match((hover.contents as { value: string }).value, /\*\*assignable\*\*[^]*Alone in its IOMMU group/);
  });

  it("loses only one rule when a rule crashes", async () => {
    const broken = { ...rules[0], id: "broken", run: () => { throw new Error("injected"); } } as unknown as (typeof rules)[number];
    client = await TestClient.start(PUSHING, { ...testSettings, rules: [broken, ...rules] });
    await client.open(URI, TEXT);
    const diagnostics = await client.pushed(URI, 1);
    assert.deepEqual(diagnostics.map((one) => one.code).sort(), ["internal-error", "overlapping-regions"]);
  });

  it("says which features it has, and offers pulls only to those who can pull", async () => {
    client = await TestClient.start(BARE);
    const { capabilities, serverInfo } = client.initialized;
    assert.equal(serverInfo?.name, "platmap");
    assert.deepEqual(Object.keys(capabilities).sort(), [
      "callHierarchyProvider", "codeActionProvider", "codeLensProvider", "completionProvider", "definitionProvider", "documentFormattingProvider", "documentHighlightProvider",
      "documentLinkProvider", "documentOnTypeFormattingProvider", "documentRangeFormattingProvider", "documentSymbolProvider", "executeCommandProvider", "foldingRangeProvider",
      "hoverProvider", "inlayHintProvider", "referencesProvider", "renameProvider", "selectionRangeProvider", "semanticTokensProvider", "textDocumentSync", "workspace", "workspaceSymbolProvider",
    ]);
    const pulling = await TestClient.start(MODERN);
    assert.ok(pulling.initialized.capabilities.diagnosticProvider);
    await pulling.stop();
  });
});

async function completions(client: TestClient, character: number): Promise<string[]> {
  const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri: URI }, position: { line: 0, character } });
  return items.map((one) => one.label);
}

function assertIsOverlap(diagnostic: Diagnostic | undefined): void {
  assert.equal(diagnostic?.code, "overlapping-regions");
  assert.equal(diagnostic.severity, 1);
  assert.equal(diagnostic.source, "platmap");
  assert.equal(diagnostic.codeDescription?.href, "file:///rules/overlapping-regions.md");
  assert.deepEqual(diagnostic.range, { start: { line: 5, character: 31 }, end: { line: 5, character: 44 } });
  assert.deepEqual(diagnostic.relatedInformation?.map((one) => one.location.range.start), [{ line: 4, character: 31 }]);
}

function applied(action: CodeAction | undefined, text = TEXT): string {
  const edits = action?.edit?.changes?.[URI] as TextEdit[];
  return TextDocument.applyEdits(TextDocument.create(URI, "platmap", 1, text), edits);
}
