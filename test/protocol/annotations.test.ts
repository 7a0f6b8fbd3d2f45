// What the editor shows between the lines: inlay hints, lenses above lists, semantic tokens in full, of a range and as deltas.
import assert from "node:assert/strict";
import type { CodeLens, InlayHint, SemanticTokens, SemanticTokensDelta } from "vscode-languageserver";
import { BARE, MODERN, TestClient } from "./client";
import { ask, positionOf, URI } from "./documents";

const TEXT = `{
  "platform": "board",
  "memory": [
    { "name": "dram", "base": "0x8000_0000", "size": "1G" }, // low
    { "name": "high", "base": "0x8_0000_0000", "last": "0x8_3fff_ffff" },
  ],
  "reserved": [
    { "name": "bl31", "range": "0x8000_0000-0x801f_ffff" },
    { "name": "bl32", "ranges": ["0x8100_0000-0x810f_ffff", "0x8200_0000-0x8201_ffff"] },
    { "name": "cma", "size": "64M", "align": "2M" },
  ],
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    {
      "name": "uart1", "base": "0x1000_0000", "size": "64K",
      "disabled": true,
    },
  ],
}
`;
const WHOLE = { range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } };

describe("inlay hints", () => {
  it("tell the end where a size is written, and the size where an end is, behind entries of one line", async () => {
    const hints = await ask<InlayHint[]>(TEXT, "textDocument/inlayHint", WHOLE);
    assert.deepEqual(hints.map(({ position, label }) => `${position.line}: …${TEXT.split("\n")[position.line]?.slice(position.character - 6, position.character)} ${label as string}`), [
      `3: …1G" }, to 0xbfff_ffff`,
      `4: …ff" }, 1 GiB`,
      `7: …ff" }, 2 MiB`,
      `8: …f"] }, 1 MiB + 128 KiB`,
      `14: … "64K" to 0x1000_ffff`,
    ]);
  });

  it("tell what expressions come to", async () => {
    const text = `{ "platform": "p", "memory": [{ "name": "a", "base": "0x0", "size": "1G" }, { "name": "b", "base": "a.next", "size": "a.size * 2" }] }`;
    const hints = await ask<InlayHint[]>(text, "textDocument/inlayHint", WHOLE);
    assert.deepEqual(hints.map(({ position, label }) => `${text.slice(position.character - 4, position.character)} ${label as string}`), [`ext" = 0x4000_0000`, `* 2" = 2G`, `G" }, to 0x3fff_ffff`.slice(1), ` 2" } to 0xbfff_ffff`.slice(1)]);
  });

  it("are only those of the lines that are asked for", async () => {
    const range = { start: { line: 7, character: 0 }, end: { line: 7, character: 80 } };
    assert.deepEqual((await ask<InlayHint[]>(TEXT, "textDocument/inlayHint", { range })).map(({ label }) => label), ["2 MiB"]);
  });

  it("stay at the entries that did not change while the text is broken", async () => {
    const client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    const hints = async (): Promise<unknown[]> => (await client.request<InlayHint[]>("textDocument/inlayHint", { textDocument: { uri: URI }, ...WHOLE })).map(({ label }) => label);
    const before = await hints();
    await client.change(URI, 2, [{ text: TEXT.replace('"size": "1G" }', '"size": }') }]);
    assert.deepEqual(await hints(), before.slice(1));
    await client.stop();
  });
});

describe("lenses above lists", () => {
  it("tell what is taken and what is free, and how much overlaps", async () => {
    const client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    const lenses = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: URI } });
    const titles = await Promise.all(lenses.map(async (lens) => `${lens.range.start.line}: ${(await client.request<CodeLens>("codeLens/resolve", lens)).command?.title}`));
    assert.deepEqual(titles, [
      "2: 2 GiB, about 3.1 MiB taken; largest free piece 1 GiB at 0x8_0000_0000",
      "6: 2 reservations, about 3.1 MiB; 1 placed at boot, 64 MiB",
      "11: 1 overlap",
    ]);
    await client.stop();
  });
});

describe("semantic tokens", () => {
  const client = async (text: string): Promise<TestClient> => {
    const one = await TestClient.start(MODERN);
    await one.open(URI, text);
    return one;
  };
  const { tokenTypes, tokenModifiers } = { tokenTypes: ["property", "class", "variable", "enumMember", "number", "string"], tokenModifiers: ["declaration", "deprecated"] };

  it("say what every key and value is", async () => {
    const text = `{ "platform": "p", "devices": [{ "name": "d", "base": "0x0", "disabled": true, "node": 1, "in": "e" }], "pci": [{ "iommu": "none" }] }`;
    const { data } = await ask<SemanticTokens>(text, "textDocument/semanticTokens/full", {});
    assert.deepEqual(decoded(text, data), [
      "platform property", "p class", "devices property", "name property", "d class declaration deprecated", "base property", "0x0 number",
      "disabled property", "true enumMember", "node property", "1 number", "in property", "e variable", "pci property", "iommu property", "none enumMember",
    ]);
  });

  it("of an expression are its names", async () => {
    const text = `{ "platform": "p", "memory": [{ "base": "align(a.next, 2M)" }] }`;
    const { data } = await ask<SemanticTokens>(text, "textDocument/semanticTokens/full", {});
    assert.deepEqual(decoded(text, data).slice(-2), ["base property", "a variable"]);
  });

  it("of a range are those in it", async () => {
    const text = `{ "platform": "p",\n "arch": "arm64",\n "pageSize": "4K" }`;
    const range = { start: positionOf(text, text.indexOf("arch")), end: positionOf(text, text.indexOf('",\n "page')) };
    const { data } = await ask<SemanticTokens>(text, "textDocument/semanticTokens/range", { range });
    assert.deepEqual(decoded(text, data), ["arch property", "arm64 enumMember"]);
  });

  it("as a delta give what tokens in full would", async () => {
    const one = await client(TEXT);
    const full = await one.request<SemanticTokens>("textDocument/semanticTokens/full", { textDocument: { uri: URI } });
    let known = { id: full.resultId ?? "", data: [...full.data] };
    const texts = [TEXT.replace('"disabled": true', '"disabled": false'), TEXT.replace('    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },\n', ""), TEXT, TEXT];
    for (const [index, text] of texts.entries()) {
      await one.change(URI, 2 + index, [{ text }]);
      const delta = await one.request<SemanticTokensDelta>("textDocument/semanticTokens/full/delta", { textDocument: { uri: URI }, previousResultId: known.id });
      assert.ok("edits" in delta && delta.edits.length <= 1);
      for (const edit of delta.edits) known.data.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
      known = { ...known, id: delta.resultId ?? "" };
      const fresh = await ask<SemanticTokens>(text, "textDocument/semanticTokens/full", {});
      assert.deepEqual(known.data, fresh.data);
    }
    await one.stop();
  });

  it("are sent in full where the client's are no longer known", async () => {
    const one = await client(TEXT);
    const answer = await one.request<SemanticTokens>("textDocument/semanticTokens/full/delta", { textDocument: { uri: URI }, previousResultId: "77" });
    assert.ok("data" in answer && answer.data.length > 0);
    await one.stop();
  });

  function decoded(text: string, data: readonly number[]): string[] {
    const lines = text.split("\n");
    let [line, character] = [0, 0];
    const tokens: string[] = [];
    for (let i = 0; i < data.length; i += 5) {
      const [down, along, length, type, modifiers] = data.slice(i, i + 5) as [number, number, number, number, number];
      character = down === 0 ? character + along : along;
      line += down;
      const marks = tokenModifiers.filter((_, bit) => (modifiers & (1 << bit)) !== 0);
      tokens.push([lines[line]?.slice(character, character + length), tokenTypes[type], ...marks].join(" "));
    }
    return tokens;
  }
});
