// The folders that are open, over the protocol: findings of files that nobody has open, pushed and pulled, through edits, deletions, new names and other folders.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, InitializeParams, Location, SymbolInformation, WorkspaceDiagnosticReport, WorkspaceEdit } from "vscode-languageserver";
import { MODERN, PUSHING, TestClient, testSettings } from "./client";
import { applied } from "./documents";

const HOST = `{ "platform": "d05" }`;
const GUEST = `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "05:00.0" }],
}`;
const OVERLAP = `{
  "platform": "board",
  "memory": [{ "name": "a", "range": "0x0-0xfff" }],
  "reserved": [{ "name": "x", "range": "0x100-0x1ff" }, { "name": "y", "range": "0x180-0x2ff" }],
}`;

describe("files that nobody has open", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const start = async (capabilities: InitializeParams["capabilities"], folders = ["."], longAfter?: number): Promise<void> => {
    const settings = longAfter === undefined ? testSettings : { ...testSettings, longAfter };
    client = await TestClient.start(capabilities, settings, { workspaceFolders: folders.map((name) => ({ name, uri: uriOf(name) })) });
  };
  const touched = (name: string, type: 1 | 2 | 3): Promise<void> => client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf(name), type }] });
  const rulesOf = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);
  /** What the client shows for a file, as soon as it is that. */
  const shows = (name: string, rules: readonly string[]): Promise<unknown> => client.publishes(uriOf(name), (diagnostics) => JSON.stringify(rulesOf(diagnostics)) === JSON.stringify(rules));
  const pull = async (previous: WorkspaceDiagnosticReport = { items: [] }, more: object = {}): Promise<WorkspaceDiagnosticReport> => {
    const previousResultIds = previous.items.flatMap(({ uri, resultId }) => (resultId === undefined ? [] : [{ uri, value: resultId }]));
    return client.request("workspace/diagnostic", { previousResultIds, ...more });
  };
  const summary = ({ items }: WorkspaceDiagnosticReport): string[] =>
    items.map((one) => `${path.relative(uriOf("."), one.uri)} ${one.version} ${one.kind === "full" ? rulesOf(one.items).join(", ") : one.kind}`.trim());

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-workspace-"));
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  describe("in a client that is pushed to", () => {
    it("are checked, but not those that are left out, hidden, written by programs or behind links", async () => {
      for (const name of ["board.platform.jsonc", "deep/in/board.platform.json", "node_modules/a.platform.jsonc", ".git/a.platform.jsonc", "out/a.platform.jsonc", "dist/a.platform.jsonc", "quiet.platform.jsonc", "board.json"]) write(name, OVERLAP);
      write("platmap.config.jsonc", `{ "ignore": ["quiet.*"] }`);
      symlinkSync(path.join(folder, "deep"), path.join(folder, "linked"));
      await start(PUSHING);
      await shows("deep/in/board.platform.json", ["overlapping-reservations"]);
      write("z.platform.jsonc", OVERLAP);
      await touched("z.platform.jsonc", 1);
      await shows("z.platform.jsonc", ["overlapping-reservations"]);
      assert.deepEqual([...new Set(client.published.map(({ uri }) => uri))].sort(), ["board.platform.jsonc", "deep/in/board.platform.json", "z.platform.jsonc"].map(uriOf));
    });

    it("keep their findings when they are closed, and lose them when they are deleted", async () => {
      write("board.platform.jsonc", OVERLAP);
      await start(PUSHING);
      await client.open(uriOf("board.platform.jsonc"), `{ "platform": "board" }`);
      await client.pushed(uriOf("board.platform.jsonc"), 1);
      client.published.length = 0;
      await client.notify("textDocument/didClose", { textDocument: { uri: uriOf("board.platform.jsonc") } });
      await shows("board.platform.jsonc", ["overlapping-reservations"]);
      client.published.length = 0;
      rmSync(path.join(folder, "board.platform.jsonc"));
      await touched("board.platform.jsonc", 3);
      await shows("board.platform.jsonc", []);
    });

    it("outside of all folders lose them when they are closed", async () => {
      write("inside/d05.platform.jsonc", HOST);
      write("outside/board.platform.jsonc", OVERLAP);
      await start(PUSHING, ["inside"]);
      await client.open(uriOf("outside/board.platform.jsonc"), OVERLAP);
      await shows("outside/board.platform.jsonc", ["overlapping-reservations"]);
      client.published.length = 0;
      await client.notify("textDocument/didClose", { textDocument: { uri: uriOf("outside/board.platform.jsonc") } });
      await shows("outside/board.platform.jsonc", []);
    });

    it("take their findings with them to another name", async () => {
      write("board.platform.jsonc", OVERLAP);
      await start(PUSHING);
      await shows("board.platform.jsonc", ["overlapping-reservations"]);
      renameSync(path.join(folder, "board.platform.jsonc"), path.join(folder, "new.platform.jsonc"));
      await client.notify("workspace/didRenameFiles", { files: [{ oldUri: uriOf("board.platform.jsonc"), newUri: uriOf("new.platform.jsonc") }] });
      await shows("board.platform.jsonc", []);
      await shows("new.platform.jsonc", ["overlapping-reservations"]);
    });

    it("follow what is typed in a file that they name", async () => {
      write("d05.platform.jsonc", HOST);
      write("web.guest.jsonc", GUEST);
      await start(PUSHING);
      await client.open(uriOf("d05.platform.jsonc"), HOST);
      await client.change(uriOf("d05.platform.jsonc"), 2, [{ text: `{ "platform": "d06" }` }]);
      await shows("web.guest.jsonc", ["unknown-reference"]);
      client.published.length = 0;
      await client.change(uriOf("d05.platform.jsonc"), 3, [{ text: HOST }]);
      await shows("web.guest.jsonc", []);
    });

    it("come and go with their folders", async () => {
      write("one/board.platform.jsonc", OVERLAP);
      write("two/board.platform.jsonc", OVERLAP);
      await start({ ...PUSHING, workspace: { workspaceFolders: true } }, ["one"]);
      await shows("one/board.platform.jsonc", ["overlapping-reservations"]);
      const change = (added: string[], removed: string[]): object => ({ event: { added: added.map((name) => ({ name, uri: uriOf(name) })), removed: removed.map((name) => ({ name, uri: uriOf(name) })) } });
      await client.notify("workspace/didChangeWorkspaceFolders", change(["two"], []));
      await shows("two/board.platform.jsonc", ["overlapping-reservations"]);
      client.published.length = 0;
      await client.notify("workspace/didChangeWorkspaceFolders", change([], ["one"]));
      await shows("one/board.platform.jsonc", []);
      assert.deepEqual(client.published.map(({ uri }) => uri), [uriOf("one/board.platform.jsonc")]);
    });

    it("show that they are being checked when that takes long", async () => {
      for (let index = 0; index < 200; index += 1) write(`board${index}.platform.jsonc`, OVERLAP);
      await start({ ...PUSHING, window: { workDoneProgress: true } }, ["."], 0);
      await client.progressed("end");
      assert.deepEqual(client.progress.map(({ kind }) => kind), ["begin", "end"]);
    });

    it("may be a thousand, and requests are answered between them", async () => {
      for (let index = 1000; index < 2000; index += 1) write(`board${index}.platform.jsonc`, OVERLAP);
      await start(PUSHING);
      await client.open(uriOf("other.platform.jsonc"), HOST);
      await client.request("textDocument/documentSymbol", { textDocument: { uri: uriOf("other.platform.jsonc") } });
      const before = client.published.length;
      await shows("board1999.platform.jsonc", ["overlapping-reservations"]);
      assert.ok(before < 1000, `the answer came before ${1000 - before} of 1000 files were checked`);
      assert.equal(new Set(client.published.filter(({ diagnostics }) => diagnostics.length > 0).map(({ uri }) => uri)).size, 1000);
    });
  });

  describe("that name an open one", () => {
    const OTHER = GUEST.replace('"web"', '"db"');
    const at = { textDocument: {}, position: { line: 0, character: HOST.indexOf("d05") } };

    beforeEach(async () => {
      write("rack/web.guest.jsonc", GUEST);
      write("rack/d05.platform.jsonc", HOST);
      write("spare/db.guest.jsonc", OTHER);
      write("spare/d05.platform.jsonc", HOST);
      await start(MODERN);
      await client.open(uriOf("rack/d05.platform.jsonc"), HOST);
    });

    const request = <T>(method: string, more: object): Promise<T> => client.request<T>(method, { ...at, textDocument: { uri: uriOf("rack/d05.platform.jsonc") }, ...more });

    it("are among its references", async () => {
      const found = await request<Location[]>("textDocument/references", { context: { includeDeclaration: true } });
      assert.deepEqual(found.map(({ uri }) => uri).sort(), ["rack/d05.platform.jsonc", "rack/web.guest.jsonc"].map(uriOf));
    });

    it("follow its rename, and those of another host with its name do not", async () => {
      const { changes = {} } = await request<WorkspaceEdit>("textDocument/rename", { newName: "kunpeng" });
      assert.deepEqual(Object.keys(changes).sort(), ["rack/d05.platform.jsonc", "rack/web.guest.jsonc"].map(uriOf));
      assert.equal(applied(GUEST, changes[uriOf("rack/web.guest.jsonc")] ?? []), GUEST.replace('"host": "d05"', '"host": "kunpeng"'));
    });

    it("are found by what they are called", async () => {
      const found = await client.request<SymbolInformation[]>("workspace/symbol", { query: "db" });
      assert.deepEqual(found.map(({ location }) => location.uri), [uriOf("spare/db.guest.jsonc")]);
    });
  });

  describe("in a client that asks", () => {
    it("are told, the open ones with their versions, and only what has changed the next time", async () => {
      write("board.platform.jsonc", OVERLAP);
      write("d05.platform.jsonc", HOST);
      await start(MODERN);
      assert.equal(client.initialized.capabilities.diagnosticProvider?.workspaceDiagnostics, true);
      await client.open(uriOf("d05.platform.jsonc"), HOST);
      const first = await pull();
      assert.deepEqual(summary(first), ["board.platform.jsonc null overlapping-reservations", "d05.platform.jsonc 1"]);
      write("web.guest.jsonc", GUEST);
      await client.change(uriOf("d05.platform.jsonc"), 2, [{ text: `{ "platform": "d06" }` }]);
      const second = await pull(first);
      assert.deepEqual(summary(second), ["board.platform.jsonc null unchanged", "web.guest.jsonc null unknown-reference", "d05.platform.jsonc 2 unchanged"]);
      rmSync(path.join(folder, "board.platform.jsonc"));
      assert.deepEqual(summary(await pull(second)), ["web.guest.jsonc null unchanged", "d05.platform.jsonc 2 unchanged", "board.platform.jsonc null"]);
    });

    it("are told in parts where it wants that", async () => {
      for (let index = 0; index < 100; index += 1) write(`board${index}.platform.jsonc`, OVERLAP);
      await start(MODERN);
      const parts = client.partsOf("part");
      assert.deepEqual(await pull({ items: [] }, { partialResultToken: "part" }), { items: [] });
      assert.equal((parts as WorkspaceDiagnosticReport[]).flatMap(({ items }) => items).length, 100);
    });

    it("are left when it no longer wants to know", async () => {
      for (let index = 0; index < 200; index += 1) write(`board${index}.platform.jsonc`, OVERLAP);
      await start(MODERN);
      await assert.rejects(client.cancelled("workspace/diagnostic", { previousResultIds: [] }), /cancelled/);
    });
  });
});
