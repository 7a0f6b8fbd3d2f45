// Only what is new: since a git revision, or beside a baseline.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { folderWith, platmap } from "./commandLine";
import { commit, git, repositoryWith } from "./gitRepository";

const FILE = "board.platform.jsonc";

/** Two devices in a row for each pair of bases, the second of which overlaps the first. */
function board(pairs: readonly string[], before = ""): string {
  const devices = pairs.flatMap((name, index) => {
    const base = 0x1000_0000 + index * 0x10_0000;
    return [`    { "name": "${name}0", "base": "0x${base.toString(16)}", "size": "64K" },`, `    { "name": "${name}1", "base": "0x${(base + 0x8000).toString(16)}", "size": "64K" },`];
  });
  return `${before}{\n  "platform": "board",\n  "devices": [\n${devices.join("\n")}\n  ],\n}\n`;
}

async function messages(folder: string, ...options: string[]): Promise<{ found: string[]; known: number | undefined; code: number; err: string }> {
  const { out, code, err } = await platmap(folder, ["check", "--format", "json", ...options]);
  if (out === "") return { found: [], known: undefined, code, err };
  const { findings, known } = JSON.parse(out) as { findings: { message: string }[]; known?: number };
  return { found: findings.map(({ message }) => message.replace(/ in .*/, "")), known, code, err };
}

describe("platmap check --base", () => {
  it("leaves out what was there, whatever lines have moved and addresses have changed", async () => {
    const folder = repositoryWith({ [FILE]: board(["a", "b"]) });
    fs.writeFileSync(path.join(folder, FILE), board(["a", "b"], "// One line more.\n").replace("0x10008000", "0x10009000"));
    assert.deepEqual(await messages(folder, "--base", "HEAD"), { found: [], known: 2, code: 0, err: "" });
  });

  it("reports what a change has added, and no more", async () => {
    const folder = repositoryWith({ [FILE]: board(["a"]) });
    fs.writeFileSync(path.join(folder, FILE), board(["a", "b"]));
    assert.deepEqual(await messages(folder, "--base", "HEAD"), { found: ["device b1 overlaps device b0"], known: 1, code: 1, err: "" });
    const { out } = await platmap(folder, ["check", "--base", "HEAD"]);
    assert.match(out, /1 file checked: 1 error; 1 known before/);
  });

  it("knows a file under its new name, also when it is the only one named", async () => {
    const folder = repositoryWith({ [FILE]: board(["a"]) });
    git(folder, "mv", FILE, "new.platform.jsonc");
    assert.deepEqual((await messages(folder, "--base", "HEAD")).found, []);
    assert.deepEqual((await messages(folder, "--base", "HEAD", "new.platform.jsonc")).found, []);
  });

  it("knows a file that came into the folder that is named from outside of it, and still no copy", async () => {
    const folder = repositoryWith({ [`boards/${FILE}`]: board(["a"]), "maps/other.platform.jsonc": board(["b"]) });
    git(folder, "mv", `boards/${FILE}`, "maps/new.platform.jsonc");
    for (const paths of [["maps"], ["maps/other.platform.jsonc", "maps/new.platform.jsonc"]]) assert.deepEqual((await messages(folder, "--base", "HEAD", ...paths)).found, [], paths.join(" "));
    fs.mkdirSync(path.join(folder, "boards"), { recursive: true });
    fs.writeFileSync(path.join(folder, "boards", FILE), board(["a"]));
    assert.deepEqual((await messages(folder, "--base", "HEAD", "maps")).found, ["device a1 overlaps device a0"]);
  });

  it("knows an entry under its new name", async () => {
    const folder = repositoryWith({ [FILE]: board(["a"]) });
    fs.writeFileSync(path.join(folder, FILE), board(["renamed"]));
    assert.deepEqual((await messages(folder, "--base", "HEAD")).found, []);
  });

  it("does not take a copy of a file for the file", async () => {
    const folder = repositoryWith({ [FILE]: board(["a"]) });
    fs.writeFileSync(path.join(folder, "copy.platform.jsonc"), board(["a"]));
    assert.deepEqual((await messages(folder, "--base", "HEAD")).found, ["device a1 overlaps device a0"]);
  });

  it("reads the hosts of a guest as they were", async () => {
    const host = (range: string): string => `{ "platform": "d05", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "${range}", "type": "reserved" }] }] }`;
    const guest = `{ "guest": "web", "hosts": ["d05.platform.jsonc"], "memory": [{ "name": "ram", "base": "0x4000_0000", "size": "2G" }] }`;
    const folder = repositoryWith({ "d05.platform.jsonc": host("0x1000_0000-0x1000_ffff"), "web.guest.jsonc": guest });
    commit(folder, { "d05.platform.jsonc": host("0x5000_0000-0x5000_ffff") }, "move the region into the guest's memory");
    assert.equal((await messages(folder, "--base", "HEAD")).code, 0);
    const since = await messages(folder, "--base", "HEAD~1");
    assert.equal(since.code, 1);
    assert.equal(since.known, 0);
  });

  it("says which file could not be read then", async () => {
    const folder = repositoryWith({});
    fs.writeFileSync(path.join(folder, FILE), Buffer.from([0xff, 0xfe, 0x20]));
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "-m", "UTF-16");
    fs.writeFileSync(path.join(folder, FILE), board(["a"]));
    const { found, err } = await messages(folder, "--base", "HEAD");
    assert.deepEqual(found, ["device a1 overlaps device a0"]);
    assert.equal(err, "platmap: at HEAD: board.platform.jsonc: cannot be read: it is UTF-16; save it as UTF-8; what is found in it now counts as new\n");
  });

  it("says what is wrong with a revision", async () => {
    const folder = repositoryWith({ [FILE]: board([]) });
    const { code, err } = await messages(folder, "--base", "nowhere");
    assert.deepEqual([code, err], [2, "platmap: --base nowhere: there is no revision nowhere\n"]);
    assert.equal((await messages(folderWith({ [FILE]: board([]) }), "--base", "HEAD")).code, 2);
  });
});

describe("platmap check --baseline", () => {
  it("lets a repository with old findings begin, and reports the next one", async () => {
    const folder = folderWith({ [FILE]: board(["a", "b"]) });
    const written = await platmap(folder, ["check", "--write-baseline", "ci/known.json"], {});
    assert.equal(written.code, 2, "a folder that is not there is said");
    fs.mkdirSync(path.join(folder, "ci"));
    assert.deepEqual(await platmap(folder, ["check", "--write-baseline", "ci/known.json"]), { code: 0, out: "", err: "ci/known.json: 2 findings written\n" });
    assert.deepEqual(await messages(folder, "--baseline", "ci/known.json"), { found: [], known: 2, code: 0, err: "" });
    fs.writeFileSync(path.join(folder, FILE), board(["new", "a", "b"]));
    assert.deepEqual((await messages(folder, "--baseline", "ci/known.json")).found, ["device new1 overlaps device new0"]);
  });

  it("is the same text for the same findings, and one finding accounts for one", async () => {
    const folder = folderWith({ [FILE]: board(["a"]) });
    await platmap(folder, ["check", "--write-baseline", "one.json"]);
    await platmap(folder, ["check", "--write-baseline", "two.json"]);
    assert.equal(fs.readFileSync(path.join(folder, "one.json"), "utf8"), fs.readFileSync(path.join(folder, "two.json"), "utf8"));
  });

  it("says what is wrong with a baseline", async () => {
    const folder = folderWith({ [FILE]: board([]), "no.json": "{", "old.json": `{ "version": 0 }`, "bad.json": `{ "version": 1, "findings": [{}] }` });
    for (const [file, words] of [["no.json", /it is not JSON/], ["old.json", /no baseline of version 1/], ["bad.json", /its finding 1 is damaged/], ["none.json", /cannot be read/]] as const) {
      const { code, err } = await messages(folder, "--baseline", file);
      assert.equal(code, 2);
      assert.match(err, words);
    }
  });
});
