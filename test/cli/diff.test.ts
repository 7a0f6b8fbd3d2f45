// `platmap diff`: which two things it compares, in which forms it tells, and how it ends.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { archiveOf, captureNames } from "../capture/captures";
import { folderWith, platmap } from "./commandLine";
import { commit, repositoryWith } from "./gitRepository";

const FILE = "a.platform.jsonc";
const OLD = `{ "platform": "board", "devices": [
  { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
  { "name": "x|@[y](z)", "base": "0x1001_0000", "size": "4K" },
] }`.replace("x|@[y](z)", "spi0");
const NEW = OLD.replace("0x1001_0000", "0x1000_0800").replace("{ \"platform\"", "{ // moved\n\"description\": \"a|b `c` @d <e>\", \"platform\"");

describe("platmap diff", () => {
  it("tells what has changed, as text", async () => {
    const { code, out, err } = await platmap(folderWith({ [FILE]: OLD, "b.platform.jsonc": NEW }), ["diff", FILE, "b.platform.jsonc"]);
    assert.deepEqual({ code, err }, { code: 1, err: "" });
    assert.equal(
      out,
      "a.platform.jsonc -> b.platform.jsonc: 1 moved, 1 changed; 1 new overlap\n" +
        "changed  the platform: description a|b `c` @d <e>\n" +
        "moved    device spi0: 0x1001_0000-0x1001_0fff (4 KiB) -> 0x1000_0800-0x1000_17ff (4 KiB)\n" +
        "now overlapping: device spi0 and device uart0 in 0x1000_0800-0x1000_0fff (2 KiB) of the physical map\n",
    );
  });

  it("says that nothing is different, and ends with 0", async () => {
    const { code, out } = await platmap(folderWith({ [FILE]: OLD, "b.platform.jsonc": `// the same\n${OLD.replace("4K", "0x1000")}` }), ["diff", FILE, "b.platform.jsonc"]);
    assert.deepEqual({ code, out }, { code: 0, out: "a.platform.jsonc -> b.platform.jsonc: no difference\n" });
  });

  it("tells it as a Markdown table in which text of the documents stays text", async () => {
    const { out } = await platmap(folderWith({ [FILE]: OLD, "b.platform.jsonc": NEW }), ["diff", FILE, "b.platform.jsonc", "--format", "markdown"]);
    assert.match(out, /^\| change \| entry \| before \| after \|\n\| --- \| --- \| --- \| --- \|$/m);
    assert.match(out, /^\| moved \| device spi0 \| `0x1001_0000-0x1001_0fff \(4 KiB\)` \| `0x1000_0800-0x1000_17ff \(4 KiB\)` \|$/m);
    const [row = ""] = /^\| changed .*$/m.exec(out) ?? [];
    assert.equal(row.match(/(?<!\\)\|/g)?.length, 5, row);
    assert.match(out, /\*\*Now overlapping\*\*\n\n- device spi0 and device uart0 in 0x1000_0800-0x1000_0fff/);
  });

  it("tells it as JSON, with lines, ranges and keys of either side", async () => {
    const { out } = await platmap(folderWith({ [FILE]: OLD, "b.platform.jsonc": NEW }), ["diff", FILE, "b.platform.jsonc", "--format", "json"]);
    const found = JSON.parse(out) as { same: boolean; changes: Record<string, unknown>[]; conflicts: { new: Record<string, unknown>[]; gone: unknown[] } };
    assert.equal(found.same, false);
    assert.deepEqual(found.changes[1], {
      changes: ["moved"], kind: "device", entry: "device spi0", name: "spi0",
      before: { name: "spi0", file: FILE, line: 3, column: 3, path: "/devices/1", places: { range: { space: "pa", ranges: [{ base: "0x10010000", last: "0x10010fff" }] } } },
      after: { name: "spi0", file: "b.platform.jsonc", line: 4, column: 3, path: "/devices/1", places: { range: { space: "pa", ranges: [{ base: "0x10000800", last: "0x100017ff" }] } } },
      keys: [],
    });
    assert.deepEqual(found.conflicts.new[0], { entries: ["uart0", "spi0"], map: "the physical map", base: "0x10000800", last: "0x10000fff", message: "device spi0 and device uart0 in 0x1000_0800-0x1000_0fff (2 KiB) of the physical map" });
  });

  it("reads files of git revisions, from the working folder or from the top, with the files that they name", async () => {
    const guest = `{ "guest": "web", "hosts": ["a.platform.jsonc"] }`;
    const folder = repositoryWith({ [`boards/${FILE}`]: OLD, "boards/web.guest.jsonc": guest }, { [`boards/${FILE}`]: NEW });
    fs.writeFileSync(path.join(folder, "boards", FILE), OLD);
    const run = async (...args: string[]): Promise<[number, string]> => {
      const { code, out, err } = await platmap(path.join(folder, "boards"), ["diff", ...args]);
      return [code, out.split("\n")[0] + err];
    };
    assert.deepEqual(await run(`git:HEAD~1:${FILE}`, `git:HEAD:boards/${FILE}`), [1, "a.platform.jsonc at HEAD~1 -> a.platform.jsonc at HEAD: 1 moved, 1 changed; 1 new overlap"]);
    assert.deepEqual(await run("git:HEAD~1", FILE), [0, "a.platform.jsonc at HEAD~1 -> a.platform.jsonc: no difference"]);
    assert.deepEqual(await run("git:main", FILE), [1, "a.platform.jsonc at main -> a.platform.jsonc: 1 moved, 1 changed; 1 overlap gone"]);
    assert.deepEqual(await run("git:HEAD:web.guest.jsonc", "web.guest.jsonc"), [0, "web.guest.jsonc at HEAD -> web.guest.jsonc: no difference"]);
    assert.deepEqual(await run("git:HEAD:gone.platform.jsonc", FILE), [2, "platmap: git:HEAD:gone.platform.jsonc: gone.platform.jsonc is not a file of that revision\n"]);
    assert.deepEqual(await run("git:nothing", FILE), [2, "platmap: git:nothing: there is no revision nothing\n"]);
    assert.deepEqual(await run("git:--help", FILE), [2, "platmap: git:--help: there is no revision --help\n"]);
    commit(folder, {}, "same");
    assert.equal((await platmap(folderWith({ [FILE]: OLD }), ["diff", "git:HEAD", FILE])).code, 2);
  });

  it("says when git is not there", async () => {
    const { code, err } = await platmap(folderWith({ [FILE]: OLD }), ["diff", "git:HEAD", FILE], { host: { run: () => undefined } });
    assert.deepEqual({ code, err }, { code: 2, err: "platmap: git:HEAD: git is needed for this, and is not on PATH\n" });
  });

  it("compares a description with the running machine", async () => {
    const [name = ""] = captureNames;
    const folder = folderWith({ "machine.tar.gz": fs.readFileSync(archiveOf(name)) });
    await platmap(folder, ["import", "machine.tar.gz", "-o", FILE]);
    assert.deepEqual((await platmap(folder, ["diff", FILE, "machine.tar.gz"])).out, `${FILE} -> machine.tar.gz: no difference\n`);
    const edited = fs.readFileSync(path.join(folder, FILE), "utf8").replace(/"size": "1G"/, `"size": "512M"`);
    fs.writeFileSync(path.join(folder, FILE), edited);
    const { code, out } = await platmap(folder, ["diff", FILE, "machine.tar.gz"]);
    assert.equal(code, 1);
    assert.match(out, /^resized {2}memory \w+: .* \(512 MiB\) -> .* \(1 GiB\)$/m);
  });

  it("says of a description with sources and descriptions nothing that a capture cannot say", async () => {
    const [name = ""] = captureNames;
    const folder = folderWith({ "machine.tar.gz": fs.readFileSync(archiveOf(name)) });
    await platmap(folder, ["import", "machine.tar.gz", "-o", FILE]);
    const sourced = fs.readFileSync(path.join(folder, FILE), "utf8").replace('"name": "ram0",', '"name": "ram0", "source": "TRM", "description": "the only bank",');
    fs.writeFileSync(path.join(folder, FILE), sourced);
    for (const pair of [[FILE, "machine.tar.gz"], ["machine.tar.gz", FILE]]) assert.deepEqual((await platmap(folder, ["diff", ...pair])).out, `${pair.join(" -> ")}: no difference\n`);
  });

  it("tells of guests what they ask for, and on which hosts they no longer fit though only the host has changed", async () => {
    const host = (range: string): string => `{ "platform": "d05", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "${range}", "type": "reserved" }] }] }`;
    const guest = `{ "guest": "web", "hosts": ["d05.platform.jsonc"], "memory": [{ "name": "ram", "base": "0x4000_0000", "size": "2G" }] }`;
    const folder = repositoryWith({ "d05.platform.jsonc": host("0x1000_0000-0x1000_ffff"), "web.guest.jsonc": guest });
    commit(folder, { "d05.platform.jsonc": host("0x5000_0000-0x5000_ffff") }, "move the region into the guest's memory");
    const lost = "Guest web no longer fits on d05: 0x5000_0000-0x5000_ffff (reserved) lies in ram.";
    const then = await platmap(folder, ["diff", "git:HEAD~1", "web.guest.jsonc"]);
    assert.deepEqual([then.code, then.out], [1, `web.guest.jsonc at HEAD~1 -> web.guest.jsonc: no longer fits on 1 host\n${lost}\n`]);
    commit(folder, { "web.guest.jsonc": guest.replace("0x4000_0000", "0x1_0000_0000").replace(' }] }', ' }], "passthrough": [{ "host": "d05", "device": "01:00.0" }] }') }, "move the guest");
    const now = await platmap(folder, ["diff", "git:HEAD~1", "web.guest.jsonc", "--format", "json"]);
    const { hosts, changes } = JSON.parse(now.out) as { hosts: object[]; changes: { entry: string; changes: string[] }[] };
    assert.deepEqual(hosts, [{ guest: "web", host: "d05", fits: true, obstacles: ["0x5000_0000-0x5000_ffff (reserved) lies in ram"] }]);
    assert.deepEqual(changes.map(({ entry, changes: kinds }) => [entry, kinds]), [["guest memory ram", ["moved"]], ["passed-through device 0000:01:00.0 of d05", ["added"]]]);
    assert.match((await platmap(folder, ["diff", "git:HEAD~1", "web.guest.jsonc", "--format", "markdown"])).out, /\*\*Guests on their hosts\*\*\n\n- Guest web fits on d05 now; before: /);
  });

  it("tells of fleets which hosts and guests came and went", async () => {
    const fleet = `{ "fleet": "rack", "platforms": ["*.platform.jsonc"], "migrationGroups": [{ "name": "all", "platforms": ["a", "b"], "guests": ["web.guest.jsonc"] }] }`;
    const other = fleet.replace('["a", "b"]', '["a"]').replace(" }] }", ' }, { "name": "rest", "platforms": ["b", "c"] }] }');
    const { out } = await platmap(folderWith({ "a.fleet.jsonc": fleet, "b.fleet.jsonc": other }), ["diff", "a.fleet.jsonc", "b.fleet.jsonc"]);
    assert.equal(out, "a.fleet.jsonc -> b.fleet.jsonc: 1 added, 1 changed\nchanged  migration group all: platforms a, b -> a\nadded    migration group rest: platforms b, c\n");
  });

  const refused: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ["two kinds of file", [FILE, "g.guest.jsonc"], /a\.platform\.jsonc is a platform file and g\.guest\.jsonc a guest file: they cannot be compared/],
    ["what is not there", [FILE, "x.platform.jsonc"], /x\.platform\.jsonc: there is no such file or folder/],
    ["a text with syntax errors", [FILE, "broken.platform.jsonc"], /broken\.platform\.jsonc:1:\d+: /],
    ["what is neither a description nor a capture", [FILE, "x.txt"], /x\.txt: it is none of: /],
    ["standard input twice", ["-", "-"], /standard input can be only one of the two/],
    ["one thing alone", [FILE], /missing required argument 'after'/],
  ];
  for (const [what, args, says] of refused) {
    it(`refuses ${what}`, async () => {
      const folder = folderWith({ [FILE]: OLD, "g.guest.jsonc": `{ "guest": "g" }`, "broken.platform.jsonc": `{ "platform": `, "x.txt": "hello" });
      const { code, out, err } = await platmap(folder, ["diff", ...args]);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(err, says);
    });
  }

  it("draws the two maps beside each other, into a file or in place of the text", async () => {
    const folder = folderWith({ [FILE]: OLD, "b.platform.jsonc": OLD.replace("0x1001_0000", "0x1002_0000"), "a.fleet.jsonc": `{ "fleet": "a", "platforms": [] }` });
    const { out, err } = await platmap(folder, ["diff", FILE, "b.platform.jsonc", "--svg", "changed.svg"]);
    assert.match(out, /^moved /m);
    assert.equal(err, "wrote changed.svg\n");
    const svg = fs.readFileSync(path.join(folder, "changed.svg"), "utf8");
    assert.match(svg, /<desc id="pm-desc">Before, on the left: a\.platform\.jsonc\. After, on the right: b\.platform\.jsonc\. 1\. /);
    assert.equal((await platmap(folder, ["diff", FILE, "b.platform.jsonc", "--svg", "-"])).out, svg);
    assert.match((await platmap(folder, ["diff", "a.fleet.jsonc", "a.fleet.jsonc", "--svg", "-"])).err, /a fleet file has no map to draw/);
  });

  it("says when one side could not be read as a whole", async () => {
    const { err } = await platmap(folderWith({ [FILE]: OLD, "b.platform.jsonc": OLD.replace("0x1001_0000", "0x1001_000z") }), ["diff", FILE, "b.platform.jsonc"]);
    assert.equal(err, "b.platform.jsonc: not everything could be read, so a difference may be missing; platmap check says what\n");
  });
});
