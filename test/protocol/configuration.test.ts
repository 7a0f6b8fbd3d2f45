// Configurations over the protocol: one that is edited shows in the documents below it at once, completion and findings in it, and the editor's settings on top.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CompletionItem, Diagnostic } from "vscode-languageserver";
import { PUSHING, TestClient } from "./client";

const OVERLAP = `{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [{ "name": "a", "base": "0x1000_0000", "size": "8K" }, { "name": "b", "base": "0x1000_1000", "size": "8K" }],
}
`;

describe("a configuration in an editor", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const board = (): string => uriOf("board.platform.jsonc");
  const said = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((one) => `${one.severity} ${one.code}`);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-config-"));
    client = await TestClient.start(PUSHING);
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  it("holds as it is typed, before it is saved", async () => {
    writeFileSync(path.join(folder, "platmap.config.jsonc"), "{}");
    await client.open(board(), OVERLAP);
    assert.deepEqual(said(await client.pushed(board(), 1)), ["1 overlapping-regions"]);
    client.published.length = 0;
    await client.open(uriOf("platmap.config.jsonc"), `{ "rules": { "overlapping-regions": "hint" } }`);
    assert.deepEqual(said(await client.pushed(board(), 1)), ["4 overlapping-regions"]);
  });

  it("holds when it comes to the disk", async () => {
    await client.open(board(), OVERLAP);
    await client.pushed(board(), 1);
    client.published.length = 0;
    writeFileSync(path.join(folder, "platmap.config.jsonc"), `{ "ignore": ["*"] }`);
    await client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("platmap.config.jsonc"), type: 1 }] });
    assert.deepEqual(said(await client.pushed(board(), 1)), []);
  });

  it("has findings and completion of its own", async () => {
    const text = `{ "rules": { "missing-acss": "off", "" } }`;
    await client.open(uriOf("platmap.config.jsonc"), text.replace(', ""', ""));
    assert.deepEqual((await client.pushed(uriOf("platmap.config.jsonc"), 1)).map((one) => one.message), ['rules has no key "missing-acss"; did you mean "missing-acs"?']);
    await client.change(uriOf("platmap.config.jsonc"), 2, [{ text }]);
    const ask = (character: number): Promise<CompletionItem[]> => client.request("textDocument/completion", { textDocument: { uri: uriOf("platmap.config.jsonc") }, position: { line: 0, character } });
    assert.ok((await ask(text.indexOf('""') + 1)).some((item) => item.label === "overlapping-regions"));
    assert.deepEqual((await ask(text.indexOf('"off"') + 1)).map((item) => item.label), ["error", "warning", "info", "hint", "off"]);
  });

  it("gives way to the editor's settings, which may change", async () => {
    writeFileSync(path.join(folder, "platmap.config.jsonc"), `{ "rules": { "overlapping-regions": "off" } }`);
    await client.open(board(), OVERLAP);
    assert.deepEqual(said(await client.pushed(board(), 1)), []);
    client.published.length = 0;
    await client.notify("workspace/didChangeConfiguration", { settings: { platmap: { rules: { "overlapping-regions": "warning", "missing-acs": 7 } } } });
    assert.deepEqual(said(await client.pushed(board(), 1)), ["2 overlapping-regions"]);
    client.published.length = 0;
    await client.notify("workspace/didChangeConfiguration", { settings: null });
    assert.deepEqual(said(await client.pushed(board(), 1)), []);
  });
});
