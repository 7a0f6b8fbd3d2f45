// Code actions beyond the fixes of one finding: all fixes, all of a rule, a new layout, sorting, forms of a place, tidy literals.
import assert from "node:assert/strict";
import type { CodeAction } from "vscode-languageserver";
import { checkText } from "../../server/src/workspace/check";
import { BARE, MODERN, TestClient } from "./client";
import { applied, ask, placeOf, URI } from "./documents";

const TEXT = `{
  "platform": "board", "physicalAddressBits": 36,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" }, // the second one
    // the first one
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "gicd", "base": "0x0800_0000", "last": "0x0800_ffff" }
  ],
  "reserved": [
    { "name": "bl31", "base": "0x80000000", "size": "0x200000" },
    { "name": "optee", "range": "0x8010_0000-0x802f_ffff" },
    { "name": "shm", "base": "0x8020_0000", "size": "1M" },
  ],
}
`;
const EVERYTHING = { triggerKind: 1, diagnostics: [] };

async function actionsAt(text: string, piece: string, context: object = EVERYTHING, capabilities: object = BARE): Promise<CodeAction[]> {
  const start = placeOf(text, piece);
  return ask<CodeAction[]>(text, "textDocument/codeAction", { range: { start, end: start }, context }, capabilities as never);
}

function after(text: string, action: CodeAction | undefined): string {
  assert.ok(action?.edit?.changes?.[URI], action?.title);
  return applied(text, action.edit.changes[URI]);
}

const rulesOf = (text: string): string[] => checkText("a.platform.jsonc", text).findings.map(({ rule }) => rule);

describe("fixing all", () => {
  it("mends what can be mended, and nothing else", async () => {
    const [action, ...others] = await actionsAt(TEXT, "platform", { diagnostics: [], only: ["source.fixAll"] });
    assert.deepEqual([action?.kind, others], ["source.fixAll.platmap", []]);
    const text = after(TEXT, action);
    assert.deepEqual(rulesOf(text), []);
    assert.match(text, /\/\/ the second one\n {4}\/\/ the first one/);
  });

  it("is offered only to those who ask for it, or for everything", async () => {
    const kinds = async (context: object): Promise<boolean> => (await actionsAt(TEXT, "platform", context)).some(({ kind }) => kind === "source.fixAll.platmap");
    assert.deepEqual(await Promise.all([kinds({ diagnostics: [], triggerKind: 2 }), kinds({ diagnostics: [], only: ["quickfix"] }), kinds(EVERYTHING), kinds({ diagnostics: [], only: ["source"] })]), [false, false, true, true]);
  });

  it("of one rule leaves the findings of others", async () => {
    const text = TEXT.replace('"size": "8K" }, //', '"size": "8KB" }, //').replace('"1G"', '"1GB"');
    const action = (await actionsAt(text, '"8KB"')).find(({ title }) => title === "Fix all of ambiguous-unit in this file");
    const mended = after(text, action);
    assert.ok(rulesOf(text).includes("ambiguous-unit") && !rulesOf(mended).includes("ambiguous-unit"));
    assert.ok(rulesOf(mended).includes("overlapping-regions"));
  });

  it("is worked out when it is chosen, where the client can wait for it", async () => {
    const client = await TestClient.start({ textDocument: { ...MODERN.textDocument, codeAction: { dataSupport: true, resolveSupport: { properties: ["edit"] } } } });
    await client.open(URI, TEXT);
    const start = placeOf(TEXT, '"0x8010_0000');
    const text = TEXT.replace('"size": "1M"', '"size": "2M"');
    await client.change(URI, 2, [{ text }]);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: URI }, range: { start, end: start }, context: EVERYTHING });
    const action = actions.find(({ title }) => title.startsWith("Fix all of overlapping-reservations"));
    assert.deepEqual([action?.edit, action?.diagnostics?.length], [undefined, 2]);
    const resolved = await client.request<CodeAction>("codeAction/resolve", action);
    assert.ok(!rulesOf(after(text, resolved)).includes("overlapping-reservations"));
    await client.stop();
  });
});

describe("a new layout", () => {
  const title = "Lay out anew: move optee to 0x8030_0000 and uart0 to 0x0fff_e000";

  it("moves the fewest entries, and says which before it does", async () => {
    const action = (await actionsAt(TEXT, '"0x8010_0000')).find((one) => one.title.startsWith("Lay out"));
    assert.equal(action?.title, title);
    const text = after(TEXT, action);
    assert.deepEqual(rulesOf(text).filter((rule) => rule.startsWith("overlapping")), []);
    assert.match(text, /"optee", "range": "0x8030_0000-0x804f_ffff"/);
  });

  it("is shown before it is done, where the client can", async () => {
    const workspace = { workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} } };
    const action = (await actionsAt(TEXT, '"0x8010_0000', EVERYTHING, { workspace })).find((one) => one.title === title);
    assert.deepEqual(action?.edit?.changeAnnotations, {
      layout: {
        label: title,
        needsConfirmation: true,
        description: "reservation optee: 0x8010_0000-0x802f_ffff to 0x8030_0000-0x804f_ffff (2 MiB); device uart0: 0x1000_0000-0x1000_1fff to 0x0fff_e000-0x0fff_ffff (8 KiB)",
      },
    });
  });

  it("is not offered for one overlap, nor where none is under the cursor", async () => {
    const layouts = async (text: string, piece: string): Promise<number> => (await actionsAt(text, piece)).filter((one) => one.title.startsWith("Lay out")).length;
    assert.equal(await layouts(TEXT, '"1G"'), 0);
    assert.equal(await layouts(`{ "platform": "p", "devices": [{ "name": "a", "base": "0x0", "size": "8K" }, { "name": "b", "base": "0x1000", "size": "8K" }] }`, '"0x1000"'), 0);
  });
});

describe("sorting a list", () => {
  it("moves entries with their comments, and leaves commas and blanks where they are", async () => {
    const action = (await actionsAt(TEXT, '"uart0"')).find((one) => one.title === "Sort devices by address");
    assert.equal(
      /"devices": \[\n([^]*?)\n {2}\]/.exec(after(TEXT, action))?.[1],
      `    { "name": "gicd", "base": "0x0800_0000", "last": "0x0800_ffff" },
    // the first one
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" } // the second one`,
    );
  });

  it("puts those without an address behind, and PCI functions in the order of their addresses", async () => {
    const text = `{ "platform": "p", "reserved": [{ "name": "cma", "size": "1M" }, { "name": "b", "range": "0x1000-0x1fff" }, { "name": "a", "base": "0x0", "size": "4K" }], "pci": [{ "name": "x", "devices": [{ "at": "00:02.0" }, { "at": "00:01.0" }] }] }`;
    const sorted = async (piece: string): Promise<string> => after(text, (await actionsAt(text, piece)).find((one) => one.title.startsWith("Sort")));
    assert.match(await sorted('"cma"'), /\[\{ "name": "a",[^]*\{ "name": "b",[^]*\{ "name": "cma", "size": "1M" \}\]/);
    assert.match(await sorted('"00:02.0"'), /"devices": \[\{ "at": "00:01.0" \}, \{ "at": "00:02.0" \}\]/);
  });

  it("is not offered for a list that is sorted", async () => {
    assert.ok((await actionsAt(TEXT, '"bl31"')).every(({ title }) => !title.startsWith("Sort")));
  });
});

describe("the form of a place", () => {
  it("is nothing that elements of a list of texts have: they get the other actions", async () => {
    for (const [text, at] of [
      [`{ "guest": "web", "hosts": ["a.platform.jsonc"] }`, "a.platform"], [`{ "fleet": "rack", "platforms": ["a.platform.jsonc"] }`, "a.platform"],
      [`{ "platform": "b", "extends": ["a.platform.jsonc"], "remove": ["uart"] }`, "uart"], [`{ "platform": "b", "extends": ["a.platform.jsonc"] }`, "a.platform"],
    ] as const) {
      const position = placeOf(text, at);
      const actions = await ask<CodeAction[]>(text, "textDocument/codeAction", { range: { start: position, end: position }, context: { diagnostics: [] } }, MODERN);
      assert.ok(Array.isArray(actions), text);
    }
  });

  const forms: readonly (readonly [piece: string, title: string, becomes: RegExp])[] = [
    ['"uart0"', "Write with base and last byte", /"uart0", "base": "0x1000_0000", "last": "0x1000_1fff" \}/],
    ['"uart0"', "Write as one range", /"uart0", "range": "0x1000_0000-0x1000_1fff" \}/],
    ['"gicd"', "Write with base and size", /"gicd", "base": "0x0800_0000", "size": "64K" \}/],
    ['"optee"', "Write with base and size", /"optee", "base": "0x8010_0000", "size": "2M" \}/],
    ['"optee"', "Write with base and last byte", /"optee", "base": "0x8010_0000", "last": "0x802f_ffff" \}/],
  ];
  for (const [piece, title, becomes] of forms) {
    it(`${title}: ${piece}`, async () => {
      assert.match(after(TEXT, (await actionsAt(TEXT, piece)).find((one) => one.title === title)), becomes);
    });
  }
});

describe("tidy literals", () => {
  it("writes addresses and sizes the usual way, and changes no value", async () => {
    const [action] = await actionsAt(TEXT, "platform", { diagnostics: [], only: ["source.tidyLiterals"] });
    const text = after(TEXT, action);
    assert.equal(text, TEXT.replace('"0x80000000", "size": "0x200000"', '"0x8000_0000", "size": "2M"'));
  });

  it("is not offered where all is tidy", async () => {
    assert.deepEqual(await actionsAt(`{ "platform": "p", "pageSize": "4K" }`, "platform", { diagnostics: [], only: ["source.tidyLiterals"] }), []);
  });
});
