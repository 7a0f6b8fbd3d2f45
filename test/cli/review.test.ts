// The review comment of a change: a repository with a history of changes to a map, each reviewed by the command.
import assert from "node:assert/strict";
import { folderWith, platmap } from "./commandLine";
import { commit, repositoryWith } from "./gitRepository";

interface Entry {
  readonly name: string;
  readonly base: string;
  readonly size: string;
}

const FILE = "board.platform.jsonc";
const START: readonly Entry[] = ["a", "b", "c"].map((name, index) => ({ name, base: `0x1000_${index}000`, size: "4K" }));

function board(entries: readonly Entry[], platform = "board"): string {
  const lines = entries.map(({ name, base, size }) => `    { "name": "${name}", "base": "${base}", "size": "${size}" },`);
  return `{\n  "platform": "${platform}",\n  "devices": [\n${lines.join("\n")}\n  ],\n}\n`;
}

const without = (entries: readonly Entry[], name: string): Entry[] => entries.filter((one) => one.name !== name);
const changed = (entries: readonly Entry[], name: string, change: Partial<Entry>): Entry[] => entries.map((one) => (one.name === name ? { ...one, ...change } : one));

/** What a commit does, and what its review has to say. */
const changes: readonly (readonly [(entries: readonly Entry[]) => readonly Entry[], RegExp])[] = [
  [(all) => [...all, { name: "d", base: "0x1000_3000", size: "4K" }], /\| added \| \[device d\]\(board\.platform\.jsonc#L7\)/],
  [(all) => changed(all, "d", { base: "0x1000_5000" }), /\| moved \| \[device d\].*`0x1000_3000/],
  [(all) => changed(all, "d", { size: "8K" }), /\| resized \| \[device d\].*\(8 KiB\)/],
  [(all) => changed(all, "d", { name: "e" }), /\| renamed \| \[device e\]/],
  [(all) => without(all, "e"), /\| removed \| device e \|/],
  [(all) => changed(all, "b", { size: "8K" }), /1 new finding\.[^]*- \*\*error\*\* \[board\.platform\.jsonc:6\]\(board\.platform\.jsonc#L6\) `overlapping-regions`/],
  [(all) => changed(all, "b", { size: "4K" }), /nothing is newly wrong, 1 finding gone[^]*No longer found/],
  [(all) => [...all].reverse(), /Nothing changed in the meaning of 1 file/],
  [(all) => changed(all, "a", { base: "0x2000_0000" }), /```diff[^]*^-0x1000_0000.* a [^]*^\+0x2000_0000.* a [^]*```/m],
];

describe("platmap review", () => {
  it("says of each commit of a history what it changed", async () => {
    const folder = repositoryWith({ [FILE]: board(START) });
    let entries: readonly Entry[] = START;
    for (const [index, [change, words]] of [...changes, ...changes].entries()) {
      if (index === changes.length) {
        entries = START;
        commit(folder, { [FILE]: board(START) }, "begin again");
      }
      const next = change(entries);
      commit(folder, { [FILE]: board(next) }, `change ${index}`);
      entries = next;
      const { out, err } = await platmap(folder, ["review", "--base", "HEAD~1"]);
      assert.equal(err, "");
      assert.match(out, words);
    }
  });

  it("of a named folder knows a file that came from outside of it, and speaks of no other file there", async () => {
    const clash = board(changed(START, "b", { base: "0x1000_0800" }));
    const folder = repositoryWith({ "boards/board.platform.jsonc": clash, "boards/other.platform.jsonc": board(START, "other").replace("0x1000_1000", "0x1000_0800"), "boards/gone.platform.jsonc": clash.replace('"board"', '"gone"') });
    commit(folder, { "boards/board.platform.jsonc": undefined, "boards/gone.platform.jsonc": undefined, "maps/board.platform.jsonc": clash }, "move one, delete one");
    const { out } = await platmap(folder, ["review", "--base", "HEAD~1", "maps"]);
    assert.match(out, /maps\/board\.platform\.jsonc/);
    assert.match(out, /boards\/board\.platform\.jsonc/);
    assert.doesNotMatch(out, /other\.platform|gone\.platform|No longer found|new finding/);
  });

  it("ends with 1 when something differs, and with 0 when nothing does", async () => {
    const folder = repositoryWith({ [FILE]: board(START) });
    assert.equal((await platmap(folder, ["review", "--base", "HEAD"])).code, 0);
    commit(folder, { [FILE]: board(without(START, "a")) }, "remove one");
    assert.equal((await platmap(folder, ["review", "--base", "HEAD~1"])).code, 1);
  });

  it("follows a file that was renamed, and names new and deleted ones", async () => {
    const folder = repositoryWith({ [FILE]: board(START), "old.platform.jsonc": board([], "old") });
    commit(folder, { [FILE]: undefined, "moved.platform.jsonc": board(without(START, "a")), "old.platform.jsonc": undefined, "new.platform.jsonc": board([], "new") }, "rename");
    const { out } = await platmap(folder, ["review", "--base", "HEAD~1"]);
    assert.match(out, /#### board\.platform\.jsonc → moved\.platform\.jsonc: 1 removed/);
    assert.match(out, /#### new\.platform\.jsonc: new/);
    assert.match(out, /#### old\.platform\.jsonc: deleted/);
  });

  it("says which guests a change of their host concerns", async () => {
    const host = (range: string): string => `{ "platform": "d05", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "${range}", "type": "reserved" }] }] }`;
    const guest = `{ "guest": "web", "hosts": ["d05.platform.jsonc"], "memory": [{ "name": "ram", "base": "0x4000_0000", "size": "2G" }] }`;
    const folder = repositoryWith({ "d05.platform.jsonc": host("0x1000_0000-0x1000_ffff"), "web.guest.jsonc": guest });
    commit(folder, { "d05.platform.jsonc": host("0x5000_0000-0x5000_ffff") }, "move the region into the guest's memory");
    const { out } = await platmap(folder, ["review", "--base", "HEAD~1"]);
    assert.match(out, /\*\*Concerned\*\*\n\n- guest \[web\.guest\.jsonc\]\(web\.guest\.jsonc#L1\): 1 new finding/);
  });

  it("lets no text of a document become markup", async () => {
    const folder = repositoryWith({ [FILE]: board(START) });
    commit(folder, { [FILE]: board([...START, { name: "@everyone](http://x) <img> `", base: "0x1000_0000", size: "4K" }]) }, "hostile");
    const { out } = await platmap(folder, ["review", "--base", "HEAD~1"]);
    assert.doesNotMatch(out.replace(/```diff[^]*?```/g, ""), /(?<!\\)<img|@everyone|(?<!\\)\]\(http/);
  });

  it("needs a revision that is there", async () => {
    const folder = repositoryWith({ [FILE]: board(START) });
    assert.deepEqual(await platmap(folder, ["review", "--base", "nowhere"]), { code: 2, out: "", err: "platmap: --base nowhere: there is no revision nowhere\n" });
    assert.equal((await platmap(folderWith({ [FILE]: board(START) }), ["review", "--base", "HEAD"])).code, 2);
  });
});
