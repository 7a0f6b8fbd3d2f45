// Two files compared over the protocol: what differs, where it stands on either side, and what is said when they cannot be compared.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DifferenceAnswer, DifferenceParams } from "../../server/src/lsp/difference";
import { importPlatform } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { repositoryRoot } from "../repositoryRoot";
import { platmap } from "../cli/commandLine";
import { commit, git } from "../cli/gitRepository";
import { PUSHING, TestClient, testSettings } from "./client";
import { textBetween } from "./documents";

const OLD = `{
  "platform": "board", "arch": "arm64",
  "devices": [
    { "name": "uart0", "base": "0x0900_0000", "size": "4K" },
    { "name": "rtc", "base": "0x0901_0000", "size": "4K" },
  ],
}`;
const NEW = `{
  "platform": "board", "arch": "arm64",
  "devices": [
    // The console.
    { "name": "rtc", "base": "0x0901_0000", "size": "64K" },
    { "name": "gpio", "base": "0x0901_8000", "size": "4K" },
  ],
}`;

describe("the difference over the protocol", () => {
  let client: TestClient;
  let folder: string;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const compare = (left: DifferenceParams["left"], right: DifferenceParams["right"]): Promise<DifferenceAnswer> => client.request("platmap/difference", { left, right });
  const sentences = ({ items }: DifferenceAnswer): string[] => items.map(({ sentence }) => sentence);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-difference-"));
    const settings = { ...testSettings, importPlatform: (uris: readonly string[]) => ({ text: importPlatform(uris.map((uri) => fileURLToPath(uri)), nodeHost).text, suggestedName: "", notes: [] }) };
    client = await TestClient.start(PUSHING, settings, { workspaceFolders: [{ name: "here", uri: pathToFileURL(folder).href }] });
  });

  afterEach(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  it("tells in sentences what has become of each entry, with its places on both sides", async () => {
    write("old.platform.jsonc", OLD);
    await client.open(uriOf("new.platform.jsonc"), NEW);
    const answer = await compare({ uri: uriOf("old.platform.jsonc") }, { uri: uriOf("new.platform.jsonc") });
    assert.equal(answer.counts, "1 added, 1 removed, 1 resized; 1 new overlap");
    const place = (text: string, at: { range: Parameters<typeof textBetween>[1] } | undefined): string => (at ? textBetween(text, at.range).slice(0, 17) : "-");
    assert.deepEqual(answer.items.map(({ sentence, left, right }) => [sentence, place(OLD, left), place(NEW, right)]), [
      ["Device uart0 was removed: 0x0900_0000-0x0900_0fff (4 KiB).", `{ "name": "uart0"`, "-"],
      ["Device rtc was resized: 0x0901_0000-0x0901_0fff (4 KiB) → 0x0901_0000-0x0901_ffff (64 KiB).", `{ "name": "rtc", `, `{ "name": "rtc", `],
      ["Device gpio was added: 0x0901_8000-0x0901_8fff (4 KiB).", "-", `{ "name": "gpio",`],
      ["Now overlapping: device gpio and device rtc in 0x0901_8000-0x0901_8fff (4 KiB) of the physical map.", "-", `"0x0901_8000"`],
    ]);
    assert.deepEqual([answer.left.shown, answer.right.shown], ["old.platform.jsonc", "new.platform.jsonc"]);
  });

  it("gives the JSON and the Markdown of the command line", async () => {
    write("old.platform.jsonc", OLD);
    write("new.platform.jsonc", NEW);
    const answer = await compare({ uri: uriOf("old.platform.jsonc") }, { uri: uriOf("new.platform.jsonc") });
    const printed = async (format: string): Promise<string> => (await platmap(folder, ["diff", "old.platform.jsonc", "new.platform.jsonc", "--format", format])).out;
    const names = (text: string): string => text.replaceAll(`${pathToFileURL(folder).href}/`, "");
    assert.deepEqual(JSON.parse(names(JSON.stringify(answer.difference))), JSON.parse(await printed("json")));
    assert.equal(answer.markdown, await printed("markdown"));
  });

  it("compares with a text, and with what is typed and not saved", async () => {
    write("board.platform.jsonc", OLD);
    const uri = uriOf("board.platform.jsonc");
    await client.open(uri, OLD);
    assert.deepEqual(sentences(await compare({ uri, text: OLD }, { uri })), []);
    await client.change(uri, 2, [{ text: NEW.replace("64K", "4K").replace("0901_8000", "0900_0000").replace("gpio", "uart0") }]);
    assert.deepEqual(sentences(await compare({ uri, text: OLD }, { uri })), []);
    await client.change(uri, 3, [{ text: OLD.replace("0900_0000", "0900_8000") }]);
    assert.deepEqual(sentences(await compare({ text: OLD }, { uri })), ["Device uart0 moved: 0x0900_0000-0x0900_0fff (4 KiB) → 0x0900_8000-0x0900_8fff (4 KiB)."]);
  });

  it("goes on with the last text that was not broken, and says so", async () => {
    const uri = uriOf("board.platform.jsonc");
    await client.open(uri, NEW);
    await client.change(uri, 2, [{ text: `${NEW} {` }]);
    const { right, items } = await compare({ text: OLD }, { uri });
    assert.equal(right.isStale, true);
    assert.equal(items.length, 4);
  });

  it("compares with a git revision, together with the files that are named there", async () => {
    git(folder, "init", "--quiet");
    const rtc = (base: string): string => `{ "platform": "lower", "devices": [{ "name": "rtc", "base": "${base}", "size": "4K" }] }`;
    commit(folder, { "lower.platform.jsonc": rtc("0x0901_0000"), "board.platform.jsonc": `{ "platform": "board", "extends": "lower.platform.jsonc" }` }, "first");
    write("lower.platform.jsonc", rtc("0x0a00_0000"));
    const uri = uriOf("board.platform.jsonc");
    const answer = await compare({ uri, revision: "HEAD" }, { uri });
    assert.deepEqual(sentences(answer), ["Device rtc moved: 0x0901_0000-0x0901_0fff (4 KiB) → 0x0a00_0000-0x0a00_0fff (4 KiB)."]);
    assert.equal(answer.items[0]?.left?.uri, uriOf("lower.platform.jsonc"));
    assert.equal(await client.request("platmap/sideText", { uri: uriOf("lower.platform.jsonc"), revision: "HEAD" }), rtc("0x0901_0000"));
    assert.equal(answer.left.shown, "board.platform.jsonc at HEAD");
  });

  it("compares with a capture of a running machine", async () => {
    const uri = pathToFileURL(path.join(repositoryRoot, "test/captures/x86-01-rp-acs.tar.gz")).href;
    const answer = await compare({ uri }, { text: `{ "platform": "other" }` });
    assert.ok(answer.items.length > 5);
    assert.equal(answer.left.isCapture, true);
    assert.match(await client.request<string>("platmap/sideText", { uri }), /"captured": \{/);
  });

  it("says which guests of the workspace no longer fit", async () => {
    const host = (reserved: string): string => `{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [${reserved}] }] }`;
    write("a.platform.jsonc", host(""));
    write("web.guest.jsonc", `{\n  "guest": "web", "physicalAddressBits": 40, "hosts": ["a.platform.jsonc"],\n  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],\n}`);
    const now = host(`{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }`);
    write("a.platform.jsonc", now);
    const uri = uriOf("a.platform.jsonc");
    const { items, counts, markdown } = await compare({ uri, text: host("") }, { uri });
    assert.equal(counts, "1 added; 1 guest no longer fits");
    assert.match(markdown, /\n\*\*Guests\*\*\n\n- Guest web no longer fits on a: 0xc601_0000-0xc601_ffff \(msi\) lies in ram\.\n$/);
    const lost = items.filter(({ kinds }) => kinds.includes("fit-lost"));
    assert.deepEqual(lost.map(({ sentence }) => sentence), ["Guest web no longer fits on a: 0xc601_0000-0xc601_ffff (msi) lies in ram."]);
    assert.equal(lost[0]?.right?.uri, uriOf("web.guest.jsonc"));
    const mended = (await compare({ uri }, { uri, text: host("") })).items.filter(({ kinds }) => kinds.includes("fit"));
    assert.deepEqual(mended.map(({ sentence }) => sentence), ["Guest web fits on a now; before: 0xc601_0000-0xc601_ffff (msi) lies in ram."]);
  });

  it("says which hosts a guest has lost, when it was its memory that changed", async () => {
    write("a.platform.jsonc", `{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`);
    const guest = (size: string): string => `{ "guest": "web", "physicalAddressBits": 40, "hosts": ["a.platform.jsonc"], "memory": [{ "name": "ram", "size": "${size}", "base": "0x4000_0000" }] }`;
    const uri = uriOf("web.guest.jsonc");
    assert.deepEqual(sentences(await compare({ uri, text: guest("1G") }, { uri, text: guest("4G") })), [
      "Guest memory ram was resized: 0x4000_0000-0x7fff_ffff (1 GiB) → 0x4000_0000-0x1_3fff_ffff (4 GiB).",
      "Guest web no longer fits on a: 0xc601_0000-0xc601_ffff (msi) lies in ram.",
    ]);
  });

  it("draws the two maps where it is asked to, each box with its place in the text", async () => {
    const answer = await client.request<DifferenceAnswer>("platmap/difference", { left: { text: OLD }, right: { text: NEW }, view: { width: 900 } });
    assert.deepEqual(answer.view?.rows.map(({ name, word, items }) => [name, word, items]), [["uart0", "removed", [1]], ["rtc", "resized", [2]], ["gpio", "added", [3]]]);
    const right = answer.places?.["right:pa/devices/1/base"];
    assert.equal(right && textBetween(NEW, right.range), '"0x0901_8000"');
    assert.deepEqual(Object.keys(answer.places ?? {}).map((id) => id.split(":")[0]), ["left", "left", "right", "right"]);
    assert.equal((await compare({ text: OLD }, { text: NEW })).view, undefined);
    const fleet = { text: `{ "fleet": "rack", "platforms": [] }` };
    assert.equal((await client.request<DifferenceAnswer>("platmap/difference", { left: fleet, right: fleet, view: {} })).view, undefined);
  });

  it("says it when a guest has not changed, and yet no longer fits", async () => {
    git(folder, "init", "--quiet");
    const host = (reserved: string): string => `{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [${reserved}] }] }`;
    commit(folder, { "a.platform.jsonc": host(""), "web.guest.jsonc": `{ "guest": "web", "physicalAddressBits": 40, "hosts": ["a.platform.jsonc"], "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }] }` }, "first");
    write("a.platform.jsonc", host(`{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }`));
    const uri = uriOf("web.guest.jsonc");
    const answer = await compare({ uri, revision: "HEAD" }, { uri });
    assert.equal(answer.counts, "no longer fits on 1 host");
    assert.deepEqual(sentences(answer), ["Guest web no longer fits on a: 0xc601_0000-0xc601_ffff (msi) lies in ram."]);
    assert.equal(answer.items[0]?.left?.uri, uri);
  });

  it("is a command too, for clients that send no requests of their own", async () => {
    assert.ok(client.initialized.capabilities.executeCommandProvider?.commands.includes("platmap.difference"));
    const answer = await client.request<DifferenceAnswer>("workspace/executeCommand", { command: "platmap.difference", arguments: [{ text: OLD }, { text: NEW }] });
    assert.match(answer.markdown, /1 added, 1 removed, 1 resized; 1 new overlap/);
  });

  for (const [why, left, message] of [
    ["there is no such file", { uri: "none.platform.jsonc" }, /^none\.platform\.jsonc: there is no such file or folder$/],
    ["the folder is in no repository", { uri: "board.platform.jsonc", revision: "HEAD" }, /^board\.platform\.jsonc at HEAD: git rev-parse: not a git repository/],
    ["it is another kind of file", { text: `{ "guest": "web" }` }, /^text is a guest file and board\.platform\.jsonc a platform file: they cannot be compared$/],
    ["the text is broken", { text: `{\n  "platform": }` }, /^text:2:3: A value is missing after this key$/],
    ["it is nothing at all", {}, /^a side needs a uri or a text$/],
    ["it describes nothing", { text: "[]" }, /^text: it is no platform, guest or fleet file$/],
  ] as const) {
    it(`says why it cannot compare: ${why}`, async () => {
      write("board.platform.jsonc", OLD);
      const side = "uri" in left ? { ...left, uri: uriOf(left.uri) } : left;
      await assert.rejects(compare(side, { uri: uriOf("board.platform.jsonc") }), (error: Error) => {
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("says it when there is no such revision, or the file was not there", async () => {
    git(folder, "init", "--quiet");
    commit(folder, { "old.platform.jsonc": OLD }, "first");
    const uri = uriOf("new.platform.jsonc");
    await client.open(uri, NEW);
    await assert.rejects(compare({ uri, revision: "HEAD" }, { uri }), /new\.platform\.jsonc is not a file of HEAD: it was not there yet, or has another name/);
    await assert.rejects(compare({ uri, revision: "--output=x" }, { uri }), /there is no revision --output=x/);
  });

  it("is the same answer each time", async () => {
    const text = readFileSync(path.join(repositoryRoot, "examples/first-steps.platform.jsonc"), "utf8");
    const ask = (): Promise<DifferenceAnswer> => compare({ text }, { text: text.replace("0x0900_8000", "0x0901_0000") });
    assert.deepEqual(await ask(), await ask());
  });
});
