// Files that the client hands over, since no disk of the server's machine has them: whatever the scheme of their URIs, they count as those on a disk do, and no
// path leads from them to the disk or back. Knows nothing of how a client reads them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, DocumentLink, Location, WorkspaceEdit } from "vscode-languageserver";
import { PUSHING, TestClient } from "./client";

const GUEST = `{
  "guest": "web",
  "hosts": ["hosts/d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "05:00.0" }],
}`;
const HOST = `{ "platform": "d05" }`;
const SOC = `{ "platform": "soc", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }] }`;
const BOARD = `{ "platform": "board", "extends": "soc.platform.jsonc", "devices": [{ "name": "eth0", "base": "dram.next", "size": "64K" }] }`;

const messages = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((one) => String(one.message));

/** As vscode.dev, github.dev, @vscode/test-web and the file system of a browser write them. */
const FOLDERS = ["vscode-vfs://github/owner/repo", "vscode-vfs://github%2B7b2276223a312c227265665f223a226d61696e227d/owner/repo", "vscode-test-web://mount", "memfs:/a folder/%5Bx%5D", "file:///picked"];

for (const given of FOLDERS) {
  // What a client sends is what VS Code's own class makes of a URI.
  const folder = given.replace("a folder", "a%20folder");
  describe(`files of ${folder}`, () => {
    let client: TestClient;
    const uriOf = (name: string): string => `${folder}/${name}`;
    const start = async (files: Readonly<Record<string, string>>): Promise<void> => {
      const handed = Object.entries(files).map(([name, text]) => ({ uri: uriOf(name), text }));
      client = await TestClient.start({ ...PUSHING, workspace: { workspaceFolders: true } }, undefined, { workspaceFolders: [{ uri: folder, name: "folder" }], initializationOptions: { files: { folders: [folder], files: handed } } });
    };
    afterEach(() => client.stop());

    it("are found by those that name them", async () => {
      await start({ "hosts/d05.platform.jsonc": HOST });
      await client.open(uriOf("web.guest.jsonc"), GUEST);
      assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), []);
    });

    it("are missed when they are not there, until they are handed over; and once they are gone again", async () => {
      await start({});
      await client.open(uriOf("web.guest.jsonc"), GUEST);
      const missing = ["hosts/d05.platform.jsonc is not there", 'no host is called "d05"'];
      assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), missing);
      for (const [change, expected] of [[{ text: HOST }, []], [{}, missing], [{ because: "it is not UTF-8 text" }, ["hosts/d05.platform.jsonc cannot be read: it is not UTF-8 text", missing[1]]]] as const) {
        client.published.length = 0;
        await client.notify("platmap/files", { files: [{ uri: uriOf("hosts/d05.platform.jsonc"), ...change }] });
        assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), expected);
      }
    });

    it("are checked without being open, and are under the text of those that are", async () => {
      await start({ "soc.platform.jsonc": SOC, "board.platform.jsonc": BOARD.replace("dram.next", "dran.next"), "hosts/web.guest.jsonc": GUEST });
      await client.publishes(uriOf("board.platform.jsonc"), (found) => /dran/.test(messages(found).join()));
      client.published.length = 0;
      await client.open(uriOf("soc.platform.jsonc"), SOC.replace('"dram"', '"dran"'));
      await client.publishes(uriOf("board.platform.jsonc"), (found) => !/dran/.test(messages(found).join()));
    });

    it("are led to, linked and renamed under the URIs that the client knows", async () => {
      await start({ "soc.platform.jsonc": SOC });
      await client.open(uriOf("board.platform.jsonc"), BOARD);
      const position = { line: 0, character: BOARD.indexOf("dram.next") + 1 };
      const textDocument = { uri: uriOf("board.platform.jsonc") };
      const [found] = await client.request<Location[]>("textDocument/definition", { textDocument, position });
      assert.equal(found?.uri, uriOf("soc.platform.jsonc"));
      const links = await client.request<DocumentLink[]>("textDocument/documentLink", { textDocument });
      assert.deepEqual(links.map(({ target }) => target), [uriOf("soc.platform.jsonc")]);
      const { changes } = await client.request<WorkspaceEdit>("textDocument/rename", { textDocument, position, newName: "ddr" });
      assert.deepEqual(Object.keys(changes ?? {}).sort(), [uriOf("board.platform.jsonc"), uriOf("soc.platform.jsonc")]);
    });

    it("have the configuration that stands above them", async () => {
      await start({});
      await client.open(uriOf("a/lost.platform.jsonc"), BOARD.replace(/"extends".*?, /, ""));
      const before = messages(await client.pushed(uriOf("a/lost.platform.jsonc"), 1));
      assert.notDeepEqual(before, []);
      client.published.length = 0;
      await client.notify("platmap/files", { files: [{ uri: uriOf("platmap.config.jsonc"), text: `{ "ignore": ["a/**"] }` }] });
      assert.notDeepEqual(messages(await client.pushed(uriOf("a/lost.platform.jsonc"), 1)), before);
    });

    it("do not leave their folder", async () => {
      await start({ "soc.platform.jsonc": SOC });
      await client.open(uriOf("board.platform.jsonc"), BOARD.replace("soc.platform", "../soc.platform"));
      assert.match(messages(await client.pushed(uriOf("board.platform.jsonc"), 1)).join(), /leads out of .*, the folder that is open/);
    });

    it("are forgotten when other folders are handed over", async () => {
      await start({ "hosts/d05.platform.jsonc": HOST });
      await client.notify("platmap/files", { folders: ["vscode-vfs://elsewhere/"], files: [{ uri: uriOf("hosts/d05.platform.jsonc"), text: HOST }] });
      await client.open(uriOf("web.guest.jsonc"), GUEST);
      assert.notDeepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), []);
    });
  });
}

describe("the disk and what is handed over", () => {
  let disk: string;
  let client: TestClient;
  const handed = "memfs://here/folder";
  beforeEach(async () => {
    disk = mkdtempSync(path.join(tmpdir(), "platmap-handed-"));
    writeFileSync(path.join(disk, "soc.platform.jsonc"), SOC);
    const folders = [pathToFileURL(disk).href, handed].map((uri) => ({ uri, name: "folder" }));
    client = await TestClient.start(PUSHING, undefined, { workspaceFolders: folders, initializationOptions: { files: { folders: [handed], files: [{ uri: `${handed}/own.platform.jsonc`, text: SOC }] } } });
  });
  afterEach(async () => {
    await client.stop();
    rmSync(disk, { recursive: true });
  });
  const findings = async (uri: string, base: string): Promise<string[]> => {
    await client.open(uri, BOARD.replace("soc.platform.jsonc", base));
    return messages(await client.pushed(uri, 1));
  };

  it("are both read in one window", async () => {
    assert.deepEqual(await findings(pathToFileURL(path.join(disk, "board.platform.jsonc")).href, "soc.platform.jsonc"), []);
    assert.deepEqual(await findings(`${handed}/board.platform.jsonc`, "own.platform.jsonc"), []);
  });

  it("do not lead to each other, neither up over the root nor by a name that looks like the other's", async () => {
    for (const base of [`../../../../../../../..${disk}/soc.platform.jsonc`, path.join(disk, "soc.platform.jsonc"), pathToFileURL(path.join(disk, "soc.platform.jsonc")).href]) {
      const [first] = await findings(`${handed}/${base.length}.platform.jsonc`, base);
      assert.match(first ?? "", /leads out of folder, the folder that is open|is not a path from this file's folder/);
    }
    const [first] = await findings(pathToFileURL(path.join(disk, "up.platform.jsonc")).href, "../".repeat(20) + "\\u0000memfs:here/folder/own.platform.jsonc");
    assert.match(first ?? "", /leads out of|is not/);
  });

  it("are apart for a client that hands nothing over: a file of another scheme is on no disk", async () => {
    const other = await TestClient.start(PUSHING);
    await other.open(`${handed}/board.platform.jsonc`, BOARD);
    assert.match(messages(await other.pushed(`${handed}/board.platform.jsonc`, 1)).join(), /cannot be found: this file is not on a disk/);
    await other.stop();
  });

  it("take no harm from a client that hands over what is no file", async () => {
    for (const params of [null, 7, { folders: 7, files: {} }, { folders: [7, "", "%"], files: [null, {}, { uri: 7 }, { uri: handed, text: 7 }] }]) await client.notify("platmap/files", params);
    assert.deepEqual(await findings(pathToFileURL(path.join(disk, "board.platform.jsonc")).href, "soc.platform.jsonc"), []);
  });
});
