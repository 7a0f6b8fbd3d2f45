// Guests and fleets over the protocol: what stands above them, what a click does, and what the views show; in clients that know Platmap and in those that do not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CodeAction, CodeLens, Hover } from "vscode-languageserver";
import { PUSHING, TestClient, testSettings } from "./client";
import { applied } from "./documents";

const host = (name: string, reserved: string): string => `{
  "platform": "${name}", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [${reserved}] }],
}`;
const ITS_PAGE = `{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }`;
const guest = (memory: string): string => `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["a.platform.jsonc", "d05.platform.jsonc"],
  "memory": [${memory}],
}`;
const FLEET = `{
  "fleet": "rack",
  "platforms": ["a.platform.jsonc", "d05.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["a", "d05"] }],
}`;

describe("guests and fleets over the protocol", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;

  const start = async (views: boolean): Promise<void> => {
    client = await TestClient.start(PUSHING, testSettings, { initializationOptions: { views }, workspaceFolders: [{ name: "here", uri: pathToFileURL(folder).href }] });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-guests-"));
    writeFileSync(path.join(folder, "a.platform.jsonc"), host("a", ""));
    writeFileSync(path.join(folder, "d05.platform.jsonc"), host("d05", ITS_PAGE));
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  const lenses = async (name: string): Promise<string[]> => {
    const found = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: uriOf(name) } });
    const resolved = await Promise.all(found.map((lens) => client.request<CodeLens>("codeLens/resolve", lens)));
    return resolved.map(({ range, command }) => `${range.start.line + 1}: ${command?.title}${command?.command === "" ? "" : ` -> ${command?.command}`}`);
  };

  it("say how a guest fits, and offer what can be done", async () => {
    await start(true);
    await client.open(uriOf("web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G", "base": "0x4000_0000" }`));
    assert.deepEqual(await lenses("web.guest.jsonc"), ["2: fits on 1 of 2 hosts; d05 blocks 64 KiB at 0xc601_0000 -> platmap.showPlan", "2: simulate -> platmap.simulate"]);
  });

  it("offer other clients what the server itself can do", async () => {
    await start(false);
    await client.open(uriOf("web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G" }`));
    assert.deepEqual(await lenses("web.guest.jsonc"), ["2: fits on all 2 hosts", "2: place -> platmap.place"]);
  });

  it("place memory as one edit that keeps the rest", async () => {
    await start(false);
    await client.open(uriOf("web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G" /* four */ }`));
    await client.request("workspace/executeCommand", { command: "platmap.place", arguments: [uriOf("web.guest.jsonc")] });
    const { documentChanges } = await client.appliedEdit();
    assert.deepEqual(documentChanges, [{
      textDocument: { uri: uriOf("web.guest.jsonc"), version: 1 },
      edits: [{ range: { start: { line: 4, character: 42 }, end: { line: 4, character: 42 } }, newText: `, "banks": ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0x1_401f_ffff"]` }],
    }]);
  });

  it("offer to write the banks of the plan, where the file does not say them yet", async () => {
    await start(false);
    const actions = async (text: string, version: number): Promise<CodeAction[]> => {
      if (version === 1) await client.open(uriOf("web.guest.jsonc"), text);
      else await client.change(uriOf("web.guest.jsonc"), version, [{ text }]);
      const at = { line: 4, character: 20 };
      const all = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: uriOf("web.guest.jsonc") }, range: { start: at, end: at }, context: { diagnostics: [], only: ["refactor.rewrite"] } });
      return all.filter(({ title }) => title.startsWith("Write the banks"));
    };
    const text = guest(`{ "name": "ram", "size": "4G" /* four */ }`);
    const [action, ...others] = await actions(text, 1);
    assert.deepEqual([action?.title, others], ["Write the banks of ram that fit on all 2 hosts", []]);
    const written = applied(text, action?.edit?.changes?.[uriOf("web.guest.jsonc")] ?? []);
    assert.match(written, /"4G", "banks": \["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0x1_401f_ffff"\] \/\* four \*\/ \}|"4G" \/\* four \*\/, "banks"/);
    assert.deepEqual(await actions(written.replace(/", "0xc62/, '",\n    "0xc62'), 2), [], "the same on two lines");
    assert.equal((await actions(written.replace("0xc5ff_ffff", "0xc61f_ffff"), 3)).length, 1, "a bank that the host keeps now");
    assert.deepEqual(await actions(guest(`{ "name": "ram", "size": "4G", "base": "0xc600_0000" }`), 4), []);
  });

  it("tell what a region of a host costs the guests of the workspace, open or not", async () => {
    writeFileSync(path.join(folder, "web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G" }`));
    writeFileSync(path.join(folder, "db.guest.jsonc"), guest(`{ "name": "ram", "size": "4G", "base": "0x4000_0000" }`).replace("web", "db"));
    await start(false);
    await client.open(uriOf("d05.platform.jsonc"), host("d05", ITS_PAGE));
    assert.deepEqual(await lenses("d05.platform.jsonc"), ["3: db has memory here; web leaves out 64 KiB here"]);
    await client.open(uriOf("a.platform.jsonc"), host("a", ""));
    assert.deepEqual(await lenses("a.platform.jsonc"), []);
  });

  it("say which groups of a fleet hold", async () => {
    await start(true);
    await client.open(uriOf("rack.fleet.jsonc"), FLEET);
    assert.deepEqual(await lenses("rack.fleet.jsonc"), [
      "2: 2 hosts, in 2 groups that can exchange guests -> platmap.showPlan",
      "4: not known whether its hosts can exchange guests: on d05 no PCI function is described that a guest could get",
    ]);
  });

  it("offer to make two files of one guest equal, either way, in the file that then says something else", async () => {
    const texts: Readonly<Record<string, string>> = {
      "rack-a.guest.jsonc": `{ "guest": "web", "machine": "qemu-virt-8.2", "memory": [{ "name": "ram", "size": "4G" /* small */ }] }`,
      "rack-b.guest.jsonc": `{ "guest": "web", "machine": "qemu-virt-10.1", "memorySlots": 2, "memory": [{ "name": "ram", "size": "8G" }] }`,
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, name), text);
    await start(false);
    const fleet = FLEET.replace('["a", "d05"] }', '["a", "d05"], "guests": ["rack-a.guest.jsonc", "rack-b.guest.jsonc"] }');
    await client.open(uriOf("rack.fleet.jsonc"), fleet);
    const place = { line: 3, character: fleet.split("\n")[3]?.indexOf("rack-b") ?? 0 };
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: uriOf("rack.fleet.jsonc") }, range: { start: place, end: place }, context: { diagnostics: [], only: ["quickfix"] } });
    const changed = actions.flatMap(({ title, edit }) => Object.entries(edit?.changes ?? {}).map(([uri, edits]) => [title, applied(texts[path.posix.basename(uri)] ?? "", edits)]));
    assert.deepEqual(changed, [
      ["Give rack-b.guest.jsonc the machine, memorySlots and memory ram of rack-a.guest.jsonc", `{ "guest": "web", "machine": "qemu-virt-8.2", "memory": [{ "name": "ram", "size": "4G" }] }`],
      ["Give rack-a.guest.jsonc the machine, memorySlots and memory ram of rack-b.guest.jsonc", `{ "guest": "web", "memorySlots": 2, "machine": "qemu-virt-10.1", "memory": [{ "name": "ram", "size": "8G" /* small */ }] }`],
    ]);
  });

  it("show the plan, the fleet and a simulation as the command line prints them", async () => {
    await start(true);
    await client.open(uriOf("web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G" }`));
    await client.open(uriOf("rack.fleet.jsonc"), FLEET);
    assert.match(await client.request<string>("platmap/plan", { uri: uriOf("web.guest.jsonc") }), /^web on a and d05: everything has its place\n/);
    assert.match(await client.request<string>("platmap/plan", { uri: uriOf("rack.fleet.jsonc") }), /^rack: 2 hosts/);
    for (const name of ["web.guest.jsonc", "rack.fleet.jsonc"]) {
      const lines = (await client.request<string>("platmap/plan", { uri: uriOf(name) })).split("\n");
      assert.deepEqual(lines.filter((line) => line.length > 80), []);
    }
    assert.equal(await client.request("platmap/plan", { uri: uriOf("a.platform.jsonc") }), null);
    assert.deepEqual(await client.request("platmap/simulationChoices", { uri: uriOf("web.guest.jsonc") }), { hosts: ["a", "d05"], suggestion: "start:a migrate:d05", forms: "start:HOST, migrate:HOST, hotplug:BDF, unplug:BDF, grow:SIZE" });
    const simulate = (steps: string): Promise<{ text?: string; wrong?: string }> => client.request("platmap/simulate", { uri: uriOf("web.guest.jsonc"), steps });
    assert.match((await simulate("start:a migrate:d05 grow:1G")).text ?? "", /^web: all 3 steps can be done\n/);
    assert.equal((await simulate("start:nowhere")).wrong, 'web has no host "nowhere"; its hosts are a, d05');
    assert.equal((await simulate("")).wrong, "A guest's life begins with a start: start:HOST");
  });

  it("hover over memory with where it lies", async () => {
    await start(false);
    await client.open(uriOf("web.guest.jsonc"), guest(`{ "name": "ram", "size": "4G" }`));
    const hover = await client.request<Hover>("textDocument/hover", { textDocument: { uri: uriOf("web.guest.jsonc") }, position: { line: 4, character: 24 } });
    assert.match((hover.contents as { value: string }).value, /\*\*ram\*\* is placed at `0x4000_0000-0xc5ff_ffff` .*, `0xc620_0000-0x1_401f_ffff`/);
  });
});
