// Files that name other files, over the protocol: what is open counts, then what is on the disk, and a change in one shows in those that name it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "vscode-languageserver";
import { PUSHING, TestClient } from "./client";

const GUEST = `{
  "guest": "web",
  "hosts": ["hosts/d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "05:00.0" }],
}`;

describe("a file that names others", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const messages = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((one) => String(one.message));

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-files-"));
    client = await TestClient.start(PUSHING);
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  it("is told what is missing", async () => {
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), ["hosts/d05.platform.jsonc is not there", 'no host is called "d05"']);
  });

  it("is read from the disk", async () => {
    write("hosts/d05.platform.jsonc", `{ "platform": "d05" }`);
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), []);
  });

  it("is checked again when one of them is edited, or closed without being saved", async () => {
    write("hosts/d05.platform.jsonc", `{ "platform": "d05" }`);
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    await client.pushed(uriOf("web.guest.jsonc"), 1);
    client.published.length = 0;
    await client.open(uriOf("hosts/d05.platform.jsonc"), `{ "platform": "d06" }`);
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), ['no host is called "d05"; did you mean "d06"?']);
    client.published.length = 0;
    await client.notify("textDocument/didClose", { textDocument: { uri: uriOf("hosts/d05.platform.jsonc") } });
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), []);
  });

  it("is checked again when one of them changes on the disk", async () => {
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    await client.pushed(uriOf("web.guest.jsonc"), 1);
    client.published.length = 0;
    write("hosts/d05.platform.jsonc", `{ "platform": "d05" }`);
    await client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("hosts/d05.platform.jsonc"), type: 1 }] });
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), []);
  });

  it("leads nowhere over a link", async () => {
    write("elsewhere/d05.platform.jsonc", `{ "platform": "d05" }`);
    symlinkSync(path.join(folder, "elsewhere"), path.join(folder, "hosts"));
    await client.open(uriOf("web.guest.jsonc"), GUEST);
    assert.deepEqual(messages(await client.pushed(uriOf("web.guest.jsonc"), 1)), ["hosts/d05.platform.jsonc leads over hosts, a symbolic link", 'no host is called "d05"']);
  });
});
