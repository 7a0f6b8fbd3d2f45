// Platform files that extend one another, over the protocol: names across files that are open, closed and not saved.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CodeAction, CompletionItem, CreateFile, DocumentHighlight, Hover, Location, Position, SymbolInformation, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver";
import { MODERN, TestClient, testSettings } from "./client";
import { applied, placeOf, textBetween, withCursor } from "./documents";

const SOC = `{
  "platform": "soc", "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" }, // the console, uart0
    { "name": "uart1", "base": "uart0.next", "size": "uart0.size" },
  ],
  "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{ "name": "pcie0", "segment": 2, "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:01.0", "name": "nic", "type": "integrated-endpoint" }] }],
}
`;
/** Open, and not as it is on the disk. */
const BOARD = `{
  "platform": "board", "extends": "soc.platform.jsonc",
  "memory": [{ "name": "dram", "size": "2G" }],
  "devices": [{ "name": "uart0", "base": "0x1100_0000" }, { "name": "eth0", "base": "uart1.next", "size": "64K", "in": "dram" }],
  "reserved": [{ "name": "ring", "base": "dram.base", "size": "1M", "in": "dram" }],
  "pci": [{ "name": "pcie0", "devices": [{ "at": "00:01.0", "driver": "vfio-pci" }] }],
}
`;
const OTHER = `{
  "platform": "other", "extends": ["./soc.platform.jsonc"],
  "remove": ["uart1"],
  "devices": [{ "name": "uart1", "base": "0x1200_0000", "size": "4K" }, { "name": "eth0", "base": "uart0.next", "size": "4K" }],
}
`;
const GUEST = `{ "guest": "web", "hosts": ["board.platform.jsonc"], "passthrough": [{ "host": "board", "device": "0002:00:01.0" }] }
`;
const TEXTS: Readonly<Record<string, string>> = { "soc.platform.jsonc": SOC, "board.platform.jsonc": BOARD, "other.platform.jsonc": OTHER, "web.guest.jsonc": GUEST };

describe("names across files that extend one another", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-extends-"));
    for (const [name, text] of Object.entries(TEXTS)) writeFileSync(path.join(folder, name), name === "board.platform.jsonc" ? `{ "platform": "board" }` : text);
    client = await TestClient.start({ ...MODERN, textDocument: { ...MODERN.textDocument, rename: { prepareSupport: true } } }, testSettings, { workspaceFolders: [{ name: "here", uri: pathToFileURL(folder).href }] });
    await client.open(uriOf("board.platform.jsonc"), BOARD);
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  /** A request at a piece of a file's text, `more` characters into it. */
  const at = <T>(method: string, file: string, piece: string, params: object = {}, more = 1): Promise<T> => {
    const { line, character } = placeOf(TEXTS[file] ?? "", piece);
    const position: Position = { line, character: character + more };
    return client.request<T>(`textDocument/${method}`, { textDocument: { uri: uriOf(file) }, position, ...params });
  };
  const shown = (locations: readonly Location[]): string[] =>
    locations.map(({ uri, range }) => {
      const file = path.posix.basename(uri);
      return `${file.split(".")[0]} ${range.start.line}: ${textBetween(TEXTS[file] ?? "", range)}`;
    });
  const references = async (file: string, piece: string, more?: number): Promise<string[]> =>
    shown(await at<Location[]>("references", file, piece, { context: { includeDeclaration: true } }, more)).sort();
  /** The texts of all files that a rename changes. */
  const renamed = async (file: string, piece: string, newName: string, more?: number): Promise<Record<string, string>> => {
    const { changes = {} } = await at<WorkspaceEdit>("rename", file, piece, { newName }, more);
    return Object.fromEntries(Object.entries(changes).map(([uri, edits]) => [path.posix.basename(uri), applied(TEXTS[path.posix.basename(uri)] ?? "", edits)]));
  };

  it("lead to all places that make the entry: this file's first, then those below and above", async () => {
    assert.deepEqual(shown(await at("definition", "board.platform.jsonc", "dram.base")), ["board 2: dram", "soc 2: dram"]);
    assert.deepEqual(shown(await at("definition", "board.platform.jsonc", "uart1.next")), ["soc 5: uart1"]);
    await client.open(uriOf("soc.platform.jsonc"), SOC);
    assert.deepEqual(shown(await at("definition", "soc.platform.jsonc", "uart0.size")), ["soc 4: uart0", "board 3: uart0"]);
    assert.deepEqual(shown(await at("definition", "soc.platform.jsonc", '"uart1"')), ["soc 5: uart1"], "the other board's own uart1 is not it");
  });

  it("are references of the entry in whatever file it is meant", async () => {
    const uart0 = ["board 3: uart0", "other 3: uart0", "soc 4: uart0", "soc 5: uart0", "soc 5: uart0"];
    assert.deepEqual(await references("board.platform.jsonc", '"uart0"'), uart0);
    await client.open(uriOf("soc.platform.jsonc"), SOC);
    assert.deepEqual(await references("soc.platform.jsonc", '"uart0"'), uart0);
    assert.deepEqual(await references("board.platform.jsonc", '"eth0"'), ["board 3: eth0"], "two boards over one base each have their own");
  });

  it("tell the entry that a file removes from the one that it then has itself", async () => {
    await client.open(uriOf("other.platform.jsonc"), OTHER);
    assert.deepEqual(await references("other.platform.jsonc", '"uart1"]'), ["board 3: uart1", "other 2: uart1", "soc 5: uart1"]);
    assert.deepEqual(await references("other.platform.jsonc", '"uart1", "base"'), ["other 3: uart1"]);
    assert.deepEqual(shown(await at("definition", "other.platform.jsonc", '"uart1"]')), ["soc 5: uart1"]);
  });

  it("know a function by its address, in the segment that the extended file says, and in a guest of the board", async () => {
    const nic = ["board 5: 00:01.0", "soc 8: 00:01.0", "soc 8: nic", "web 0: 0002:00:01.0"];
    assert.deepEqual(await references("board.platform.jsonc", '"00:01.0"'), nic);
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    assert.deepEqual(await references("web.guest.jsonc", '"0002:00:01.0"'), nic);
    assert.deepEqual(shown(await at("definition", "web.guest.jsonc", '"0002:00:01.0"')), ["board 5: 00:01.0", "soc 8: 00:01.0"]);
  });

  it("are renamed in all files, open or not, and not in comments", async () => {
    const uart0 = (text: string): string => text.replaceAll('"uart0"', '"console"').replaceAll("uart0.", "console.");
    assert.deepEqual(await renamed("board.platform.jsonc", '"uart0"', "console"), { "soc.platform.jsonc": uart0(SOC), "board.platform.jsonc": uart0(BOARD), "other.platform.jsonc": uart0(OTHER) });
    assert.match(uart0(SOC), /the console, uart0/);
    assert.deepEqual(await renamed("board.platform.jsonc", '"eth0"', "lan"), { "board.platform.jsonc": BOARD.replace("eth0", "lan") });
    assert.deepEqual(await renamed("board.platform.jsonc", "uart1.next", "uart9"), {
      "soc.platform.jsonc": SOC.replace('"uart1"', '"uart9"'), "board.platform.jsonc": BOARD.replace("uart1", "uart9"), "other.platform.jsonc": OTHER.replace('"remove": ["uart1"]', '"remove": ["uart9"]'),
    });
  });

  it("are not given to two entries of one machine", async () => {
    await assert.rejects(at("rename", "board.platform.jsonc", '"eth0"', { newName: "uart1" }), /an entry of soc\.platform\.jsonc has the name uart1/);
    await assert.rejects(at("rename", "board.platform.jsonc", "uart1.next", { newName: "eth0" }), /another entry|an entry of (board|other)\.platform\.jsonc has the name eth0/);
    const prepared = await at<{ placeholder: string }>("prepareRename", "board.platform.jsonc", "uart1.next");
    assert.equal(prepared.placeholder, "uart1");
  });

  it("are highlighted in one file", async () => {
    const highlights = await at<DocumentHighlight[]>("documentHighlight", "board.platform.jsonc", '"dram"');
    assert.deepEqual(highlights.map(({ range, kind }) => [range.start.line, kind]), [[2, 3], [3, 2], [4, 2], [4, 2]]);
  });

  it("are found in the workspace, and said to be written over others", async () => {
    const symbols = await client.request<SymbolInformation[]>("workspace/symbol", { query: "uart0" });
    assert.deepEqual(symbols.map(({ location, containerName }) => `${path.posix.basename(location.uri)} ${containerName}`), ["soc.platform.jsonc device", "board.platform.jsonc device, over that of an extended file"]);
  });

  it("show what an entry has from below, as that file says it now", async () => {
    const hover = async (piece: string): Promise<string> => ((await at<Hover>("hover", "board.platform.jsonc", piece)).contents as { value: string }).value;
    assert.match(await hover('"uart0"'), /\*\*uart0\*\* in \[soc\\\.platform\\\.jsonc, line 5\]\(file:.*#L5\):\n\n```jsonc\n\{ "name": "uart0", "base": "0x1000_0000", "size": "4K" \}\n```$/);
    assert.doesNotMatch(await hover('"ring"'), /soc/);
    await client.open(uriOf("soc.platform.jsonc"), SOC.replace("0x1000_0000", "0x1010_0000"));
    assert.match(await hover('"uart0"'), /"0x1010_0000"/);
  });

  it("are offered as overrides, with the findings of both files mended here", async () => {
    const position = placeOf(BOARD, "uart1.next");
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: uriOf("board.platform.jsonc") }, range: { start: position, end: position }, context: { diagnostics: [], only: ["refactor.rewrite"] } });
    const action = actions.find(({ title }) => title === "Override uart1 of soc.platform.jsonc here");
    assert.match(applied(BOARD, action?.edit?.changes?.[uriOf("board.platform.jsonc")] ?? []), /"in": "dram" \}, \{ "name": "uart1", "base": "uart0\.next" \}\]/);
  });

  it("are completed: as references, to write an entry over one of them, and to leave one out", async () => {
    const offered = async (from: string, to: string): Promise<string[]> => {
      const text = BOARD.replace(from, to);
      const { text: clean, position } = withCursor(text);
      await client.change(uriOf("board.platform.jsonc"), 2, [{ text: clean }]);
      const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri: uriOf("board.platform.jsonc") }, position });
      return items.map(({ label, detail }) => `${label}: ${detail}`);
    };
    assert.deepEqual(await offered('"in": "dram" }],\n  "pci"', '"in": "|" }],\n  "pci"'), ["dram: memory", "uart0: device", "eth0: device", "uart1: device", "ring: reservation", "pcie0: host-bridge", "smmu: iommu"]);
    assert.deepEqual(await offered('"devices": [{', '"devices": [{ "name": "|" }, {'), ["uart1: device of soc.platform.jsonc"]);
    assert.deepEqual(await offered('"memory"', '"remove": ["|"], "memory"'), ["uart1: device of soc.platform.jsonc", "nic: function of soc.platform.jsonc", "smmu: iommu of soc.platform.jsonc"]);
  });

  it("are led to from the map, into whatever file has the entry", async () => {
    const { view, places } = await client.request<{ view: unknown; places: Record<string, { uri?: string; at: Location["range"] }> }>("platmap/map", { uri: uriOf("board.platform.jsonc") });
    const texts = Object.values(places).map(({ uri, at: range }) => `${uri === undefined ? "board" : path.posix.basename(uri)}: ${textBetween(TEXTS[uri === undefined ? "board.platform.jsonc" : path.posix.basename(uri)] ?? "", range)}`);
    assert.ok(JSON.stringify(view).includes("uart1"));
    assert.ok(texts.includes('soc.platform.jsonc: "uart0.next"'), texts.join("\n"));
    assert.ok(texts.includes('board: "0x1100_0000"'), texts.join("\n"));
  });

  it("hold while the text is broken", async () => {
    await client.change(uriOf("board.platform.jsonc"), 2, [{ text: BOARD.trimEnd().slice(0, -1) }]);
    assert.deepEqual(shown(await at("definition", "board.platform.jsonc", "uart1.next")), ["soc 5: uart1"]);
  });

  it("hold where files extend each other in a circle", async () => {
    await client.open(uriOf("soc.platform.jsonc"), SOC.replace('"platform": "soc"', '"platform": "soc", "extends": "board.platform.jsonc"'));
    assert.deepEqual(shown(await at("definition", "board.platform.jsonc", "dram.base")), ["board 2: dram", "soc 2: dram"]);
  });
});

describe("a base file made in the editor", () => {
  const text = `{\n  "platform": "board",\n  "devices": [\n    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },\n    { "name": "eth0", "base": "0x1100_0000", "size": "4K" },\n  ],\n}\n`;
  const uri = "file:///nowhere/board.platform.jsonc";
  const extract = async (workspaceEdit: object): Promise<readonly CodeAction[]> => {
    const client = await TestClient.start({ ...MODERN, workspace: { workspaceEdit } });
    try {
      await client.open(uri, text);
      const start = placeOf(text, '{ "name": "uart0"');
      return await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri }, range: { start, end: { ...start, character: start.character + 20 } }, context: { diagnostics: [], only: ["refactor.extract"] } });
    } finally {
      await client.stop();
    }
  };

  it("is one edit: the file, what is in it, and what is left", async () => {
    const [action, ...others] = await extract({ documentChanges: true, resourceOperations: ["create"] });
    assert.deepEqual([action?.title, action?.kind, others], ["Extract uart0 to a base file, board-base.platform.jsonc", "refactor.extract", []]);
    const [create, filled, left] = action?.edit?.documentChanges as [CreateFile, TextDocumentEdit, TextDocumentEdit];
    const base = "file:///nowhere/board-base.platform.jsonc";
    assert.deepEqual(create, { kind: "create", uri: base, options: { overwrite: false, ignoreIfExists: false } });
    assert.deepEqual(filled.textDocument, { uri: base, version: null });
    assert.equal(applied("", filled.edits as never), `{\n  "platform": "board-base",\n  "devices": [\n    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },\n  ],\n}\n`);
    assert.deepEqual(left.textDocument, { uri, version: 1 });
    assert.equal(applied(text, left.edits as never), `{\n  "platform": "board",\n  "extends": "./board-base.platform.jsonc",\n  "devices": [\n    { "name": "eth0", "base": "0x1100_0000", "size": "4K" },\n  ],\n}\n`);
  });

  it("is not offered to clients that make no files", async () => {
    assert.deepEqual(await extract({ documentChanges: true }), []);
    assert.deepEqual(await extract({ resourceOperations: ["create"] }), []);
  });
});
