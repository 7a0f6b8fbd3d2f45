// Navigation in a document: definition, references, highlights, rename, symbols of the workspace, links, selection ranges.
import assert from "node:assert/strict";
import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, DocumentHighlight, DocumentLink, Location, LocationLink, SelectionRange, SymbolInformation, WorkspaceEdit } from "vscode-languageserver";
import { BARE, MODERN, TestClient } from "./client";
import { applied, ask, placeOf, positionOf, textBetween, URI, withCursor } from "./documents";

const TEXT = `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "bl31", "base": "0x8000_0000", "size": "2M", "in": "dram" }, // in dram
    { "name": "bl32", "base": "0x8020_0000", "size": "2M", "in": "dram" },
  ],
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0x0-0xfff", "type": "direct", "devices": ["01:00.0"] }] }],
  "pci": [
    { "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [
      { "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01", "devices": [{ "at": "01:00.0", "name": "nic" }] } ] },
    { "name": "pcie1", "segment": 1, "devices": [{ "at": "01:00.0", "aliases": ["00:00.0"] }] },
  ],
  "captured": { "groups": [{ "id": 0, "devices": ["0000:01:00.0", "0001:01:00.0", "soc:uart"] }] },
}
`;
const LINKS = { textDocument: { ...MODERN.textDocument, definition: { linkSupport: true }, rename: { prepareSupport: true } } };

/** The place of a piece, `more` characters into it. */
function into(piece: string, more = 1): object {
  const { line, character } = placeOf(TEXT, piece);
  return { position: { line, character: character + more } };
}

function lines(locations: readonly Location[]): string[] {
  return locations.map(({ uri, range }) => {
    assert.equal(uri, URI);
    return `${range.start.line}: ${textBetween(TEXT, range)}`;
  });
}

describe("definition", () => {
  it("leads from a reference to the name of the entry", async () => {
    assert.deepEqual(lines(await ask<Location[]>(TEXT, "textDocument/definition", into('"dram" }, //'))), ["2: dram"]);
  });

  it("gives the whole entry to clients that take links", async () => {
    const [link, ...others] = await ask<LocationLink[]>(TEXT, "textDocument/definition", into('"smmu" }'), LINKS);
    assert.deepEqual(others, []);
    assert.equal(textBetween(TEXT, link?.originSelectionRange as never), "smmu");
    assert.match(textBetween(TEXT, link?.targetRange as never), /^\{ "name": "smmu".*\]\s*\}$/);
    assert.equal(textBetween(TEXT, link?.targetSelectionRange as never), "smmu");
  });

  it("leads from a PCI address to the function, the segment that of the host bridge around it", async () => {
    assert.deepEqual(lines(await ask<Location[]>(TEXT, "textDocument/definition", into('"01:00.0"] }'))), ["10: 01:00.0"]);
    assert.deepEqual(lines(await ask<Location[]>(TEXT, "textDocument/definition", into("0001:01:00.0"))), ["11: 01:00.0"]);
    assert.deepEqual(lines(await ask<Location[]>(TEXT, "textDocument/definition", into('"00:00.0"] }'))), [], "segment 1 has no 00:00.0");
  });

  it("gives nothing where nothing is named", async () => {
    assert.deepEqual(await ask<Location[]>(TEXT, "textDocument/definition", into('"1G"')), []);
    assert.deepEqual(await ask<Location[]>(`{ "guest": "g" }`, "textDocument/definition", { position: { line: 0, character: 12 } }), [{ uri: URI, range: { start: { line: 0, character: 12 }, end: { line: 0, character: 13 } } }], "the file itself");
  });
});

describe("references", () => {
  it("are all places that mean the entry, with or without the entry itself", async () => {
    const all = await ask<Location[]>(TEXT, "textDocument/references", { ...into('"dram"'), context: { includeDeclaration: true } });
    assert.deepEqual(lines(all), ["2: dram", "4: dram", "5: dram"]);
    const others = await ask<Location[]>(TEXT, "textDocument/references", { ...into('"dram"'), context: { includeDeclaration: false } });
    assert.deepEqual(lines(others), ["4: dram", "5: dram"]);
  });

  it("of a function are by its name and by its address", async () => {
    const all = await ask<Location[]>(TEXT, "textDocument/references", { ...into('"nic"'), context: { includeDeclaration: true } });
    assert.deepEqual(lines(all), ["7: 01:00.0", "10: 01:00.0", "10: nic", "13: 0000:01:00.0"]);
  });

  it("are highlighted, the entry as what is written", async () => {
    const highlights = await ask<DocumentHighlight[]>(TEXT, "textDocument/documentHighlight", into('"smmu" }'));
    assert.deepEqual(highlights.map(({ range, kind }) => [textBetween(TEXT, range), range.start.line, kind]), [["smmu", 7, 3], ["smmu", 9, 2]]);
  });

  it("are found while the text is broken", async () => {
    const { text, position } = withCursor(`{ "platform": "p", "memory": [{ "name": "dram" }], "reserved": [{ "name": "r", "in": "dr|am"`);
    assert.equal((await ask<DocumentHighlight[]>(text, "textDocument/documentHighlight", { position })).length, 2);
  });
});

describe("a name in an expression", () => {
  const text = `{ "platform": "p", "memory": [{ "name": "a", "base": "0x0", "size": "1G" }, { "name": "b", "base": "align(a.next, 2M)", "size": "a.size - 64K" }] }`;
  const inName = { position: positionOf(text, text.indexOf("a.size")) };

  it("leads to the entry, and is one of its references", async () => {
    const found = await ask<Location[]>(text, "textDocument/definition", inName);
    assert.deepEqual(found.map(({ range }) => range.start.character), [text.indexOf('"a"') + 1]);
    const all = await ask<Location[]>(text, "textDocument/references", { ...inName, context: { includeDeclaration: true } });
    assert.deepEqual(all.map(({ range }) => text.slice(range.start.character, range.end.character + 2)), ['a",', "a.n", "a.s"]);
  });

  it("follows a rename", async () => {
    const edit = await ask<WorkspaceEdit>(text, "textDocument/rename", { ...inName, newName: "low" });
    assert.equal(applied(text, edit.changes?.[URI] ?? []), text.replace('"a"', '"low"').replace("a.next", "low.next").replace("a.size", "low.size"));
  });
});

describe("a guest and its host", () => {
  const GUEST_URI = "file:///hosts/web.guest.jsonc";
  const HOST_URI = "file:///hosts/d05.platform.jsonc";
  const guest = `{ "guest": "web", "hosts": ["d05.platform.jsonc"], "passthrough": [{ "host": "d05", "device": "05:00.0" }] }`;
  const host = `{ "platform": "d05", "pci": [{ "name": "pcie0", "segment": 2, "devices": [{ "at": "05:00.0", "name": "nic" }] }] }`;
  const at = (text: string, piece: string): object => ({ position: { line: 0, character: text.indexOf(piece) + 2 } });
  let client: TestClient;

  beforeEach(async () => {
    client = await TestClient.start(BARE);
    await client.open(GUEST_URI, guest);
    await client.open(HOST_URI, host);
  });
  afterEach(() => client.stop());

  it("are one for definitions and references", async () => {
    const shown = (locations: readonly Location[]): string[] =>
      locations.map(({ uri, range }) => `${uri.slice(14)} ${textBetween(uri === HOST_URI ? host : guest, range)} ${range.start.character}`);
    const ask = async (uri: string, method: string, params: object): Promise<string[]> => shown(await client.request(method, { textDocument: { uri }, context: { includeDeclaration: true }, ...params }));
    assert.deepEqual(await ask(GUEST_URI, "textDocument/definition", at(guest, '"d05"')), ["d05.platform.jsonc d05 15"]);
    assert.deepEqual(await ask(GUEST_URI, "textDocument/definition", at(guest, '"05:00.0"')), ["d05.platform.jsonc 05:00.0 83"]);
    const function0 = ["d05.platform.jsonc 05:00.0 83", "d05.platform.jsonc nic 102", "web.guest.jsonc 05:00.0 95"];
    assert.deepEqual(await ask(HOST_URI, "textDocument/references", at(host, '"nic"')), function0);
    assert.deepEqual(await ask(GUEST_URI, "textDocument/references", at(guest, '"05:00.0"')), function0);
  });

  it("are one for a rename of the host", async () => {
    const edit = await client.request<WorkspaceEdit>("textDocument/rename", { textDocument: { uri: GUEST_URI }, ...at(guest, '"d05"'), newName: "hisilicon" });
    assert.equal(applied(host, edit.changes?.[HOST_URI] ?? []), host.replace('"d05"', '"hisilicon"'));
    assert.equal(applied(guest, edit.changes?.[GUEST_URI] ?? []), guest.replace('"d05"', '"hisilicon"'));
  });
});

describe("rename", () => {
  it("changes the entry and all references, and nothing in comments", async () => {
    const edit = await ask<WorkspaceEdit>(TEXT, "textDocument/rename", { ...into('"dram" }, //'), newName: "ddr0" });
    const text = applied(TEXT, edit.changes?.[URI] ?? []);
    assert.equal(text, TEXT.replaceAll('"dram"', '"ddr0"'));
    assert.match(text, /\/\/ in dram/);
  });

  it("shows what it would change", async () => {
    const prepared = await ask<{ range: never; placeholder: string }>(TEXT, "textDocument/prepareRename", into('"dram" }, //'), LINKS);
    assert.deepEqual([textBetween(TEXT, prepared.range), prepared.placeholder], ["dram", "dram"]);
  });

  const refused: readonly (readonly [place: string, newName: string, says: RegExp])[] = [
    ['"dram"', "bl31", /another entry has the name bl31/],
    ['"dram"', "d ram", /"d ram" is not a name: .*; "d-ram" is one/],
    ['"dram"', "dram.base", /does not end in \.base/],
    ['"0000:01:00.0"', "nic1", /only names can be renamed/],
    ['"1G"', "nic1", /only the name of an entry/],
  ];
  for (const [place, newName, says] of refused) {
    it(`of ${place} to "${newName}" is refused, and why`, async () => {
      await assert.rejects(ask(TEXT, "textDocument/rename", { ...into(place), newName }), says);
    });
  }

  it("is refused for a name that two entries have, or none", async () => {
    const twice = withCursor(`{ "platform": "p", "memory": [{ "name": "a|" }, { "name": "a" }] }`);
    await assert.rejects(ask(twice.text, "textDocument/rename", { position: twice.position, newName: "b" }), /2 entries have the name a/);
    const none = withCursor(`{ "platform": "p", "memory": [{ "name": "a", "in": "x|" }] }`);
    await assert.rejects(ask(none.text, "textDocument/prepareRename", { position: none.position }, LINKS), /nothing has the name x/);
  });
});

describe("symbols of the workspace", () => {
  it("are entries of all open documents whose names have the letters", async () => {
    const client = await TestClient.start(BARE);
    await client.open(URI, TEXT);
    await client.open("file:///other.platform.jsonc", `{ "platform": "p", "memory": [{ "name": "bl2-ram", "base": "0x0", "size": "1M" }] }`);
    const named = async (query: string): Promise<string[]> => {
      const symbols = await client.request<SymbolInformation[]>("workspace/symbol", { query });
      return symbols.map((one) => `${one.name} ${one.containerName ?? ""} ${one.location.uri.slice(8)}`);
    };
    assert.deepEqual(await named("B3"), ["bl31 reservation board.platform.jsonc", "bl32 reservation board.platform.jsonc"]);
    assert.deepEqual(await named("b2"), ["bl32 reservation board.platform.jsonc", "bl2-ram memory other.platform.jsonc"]);
    assert.equal((await named("")).length, 11);
    await client.stop();
  });
});

describe("links", () => {
  it("lead to files beside the document and to schemas, and nowhere else", async () => {
    const text = `{ "$schema": "https://example.org/s.json", 
 "guest": "g", "hosts": ["./d05.platform.jsonc", "/etc/x.json", "file:///etc/x.json", "javascript:x.json", "d05", "\\ud800.platform.jsonc"], "fleet": "../rack 7.fleet.jsonc" }`;
    const links = await ask<DocumentLink[]>(text, "textDocument/documentLink", {});
    assert.deepEqual(links.map(({ range, target }) => [textBetween(text, range), target]), [
      ["https://example.org/s.json", "https://example.org/s.json"],
      ["./d05.platform.jsonc", "file:///d05.platform.jsonc"],
      ["../rack 7.fleet.jsonc", "file:///rack%207.fleet.jsonc"],
    ]);
  });
});

describe("selection ranges", () => {
  it("grow from the text of a value to the file", async () => {
    const text = `{ "memory": [{ "name": "dram" }] }`;
    const [range] = await ask<SelectionRange[]>(text, "textDocument/selectionRange", { positions: [positionOf(text, text.indexOf("ram"))] });
    const texts: string[] = [];
    for (let one = range; one; one = one.parent) texts.push(textBetween(text, one.range));
    assert.deepEqual(texts, [
      "dram", '"dram"', '"name": "dram"', ' "name": "dram" ', '{ "name": "dram" }', '[{ "name": "dram" }]', '"memory": [{ "name": "dram" }]', ' "memory": [{ "name": "dram" }] ', text,
    ]);
  });
});

describe("what reaches a doorbell", () => {
  const text = `{ "platform": "p", "doorbells": [{ "name": "its", "type": "its", "base": "0x0808_0000", "size": "128K" }, { "name": "spare", "type": "mbi", "base": "0x0800_0000", "size": "64K" }],
    "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x0905_0000", "size": "128K" }],
    "devices": [{ "name": "dma0", "base": "0x0900_0000", "size": "4K", "iommu": [{ "streams": "0", "to": "smmu" }] }],
    "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-00ff", "to": "smmu" }], "msi": "its", "devices": [{ "at": "00:01.0", "name": "nic" }, { "at": "01:00.0" }] }] }`;
  let client: TestClient;

  beforeEach(async () => {
    client = await TestClient.start(BARE);
    await client.open(URI, text);
  });
  afterEach(() => client.stop());

  const itemAt = async (piece: string): Promise<CallHierarchyItem | undefined> =>
    (await client.request<CallHierarchyItem[]>("textDocument/prepareCallHierarchy", { textDocument: { uri: URI }, position: placeOf(text, piece) }))[0];
  const callers = async (item: CallHierarchyItem | undefined): Promise<string[]> =>
    (await client.request<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", { item })).map(({ from, fromRanges }) => `${from.name}: ${from.detail ?? ""} @${fromRanges.map((one) => textBetween(text, one)).join()}`);

  it("is a call hierarchy: the functions whose MSIs go there, with the IOMMU that they go through", async () => {
    const item = await itemAt('"0x0808_0000"');
    assert.deepEqual([item?.name, item?.detail, textBetween(text, item?.selectionRange as never)], ["its", "its", '"its"']);
    assert.deepEqual(await callers(item), [`nic (0000:00:01.0): MSIs, through smmu @"nic"`, `0000:01:00.0: MSIs, not through an IOMMU @"01:00.0"`]);
    assert.deepEqual(await callers(await itemAt('"spare"')), []);
  });

  it("is the same of an IOMMU: what it translates for", async () => {
    assert.deepEqual(await callers(await itemAt('"smmu", "type"')), [`nic (0000:00:01.0): DMA @"nic"`, `dma0: DMA @"dma0"`]);
  });

  it("is told of a function the other way", async () => {
    const item = await itemAt('"nic"');
    const calls = await client.request<CallHierarchyOutgoingCall[]>("callHierarchy/outgoingCalls", { item });
    assert.deepEqual(calls.map(({ to }) => `${to.name} ${to.detail ?? ""}`), ["smmu DMA", "its MSIs"]);
    assert.equal(await itemAt('"p"'), undefined);
  });
});
