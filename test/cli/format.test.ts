// `platmap fmt`: in place, whole or not at all; --check changes nothing; what cannot be read is said.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { folderWith, platmap } from "./commandLine";

const LOOSE = `{"platform":"board", // kept\n"memory":[]}`;
const TIGHT = `{\n  "platform": "board", // kept\n  "memory": []\n}\n`;

describe("platmap fmt", () => {
  it("formats files in place, and prints those that it changed", async () => {
    const folder = folderWith({ "a.platform.jsonc": LOOSE, "b/c.platform.jsonc": TIGHT, "notes.txt": LOOSE });
    assert.deepEqual(await platmap(folder, ["fmt"]), { code: 0, out: "a.platform.jsonc\n", err: "" });
    assert.equal(fs.readFileSync(path.join(folder, "a.platform.jsonc"), "utf8"), TIGHT);
    assert.deepEqual(await platmap(folder, ["fmt"]), { code: 0, out: "", err: "" });
    assert.equal(fs.readFileSync(path.join(folder, "notes.txt"), "utf8"), LOOSE);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["a.platform.jsonc", "b", "notes.txt"]);
  });

  it("with --check changes nothing, and ends with 1 where something is not formatted", async () => {
    const folder = folderWith({ "a.platform.jsonc": LOOSE, "b.platform.jsonc": TIGHT });
    assert.deepEqual(await platmap(folder, ["fmt", "--check"]), { code: 1, out: "a.platform.jsonc\n", err: "" });
    assert.equal(fs.readFileSync(path.join(folder, "a.platform.jsonc"), "utf8"), LOOSE);
    assert.equal((await platmap(folder, ["fmt", "--check", "b.platform.jsonc"])).code, 0);
    assert.deepEqual(JSON.parse((await platmap(folder, ["fmt", "--check", "--format", "json"])).out), { files: 2, changed: ["a.platform.jsonc"] });
  });

  it("formats standard input to standard output", async () => {
    assert.deepEqual(await platmap(folderWith({}), ["fmt", "-"], { input: LOOSE }), { code: 0, out: TIGHT, err: "" });
    assert.deepEqual(await platmap(folderWith({}), ["fmt", "--check", "-"], { input: LOOSE }), { code: 1, out: "standard input\n", err: "" });
  });

  it("leaves a file with syntax errors as it is, says where, and formats the others", async () => {
    const folder = folderWith({ "a.platform.jsonc": `{ "platform": }`, "b.platform.jsonc": LOOSE });
    const { code, out, err } = await platmap(folder, ["fmt"]);
    assert.deepEqual({ code, out }, { code: 2, out: "b.platform.jsonc\n" });
    assert.match(err, /^platmap: a\.platform\.jsonc:1:3: .*; the file stays as it is\n$/);
    assert.equal(fs.readFileSync(path.join(folder, "a.platform.jsonc"), "utf8"), `{ "platform": }`);
  });

  it("keeps byte order mark, permissions and links", async () => {
    const folder = folderWith({ "real.platform.jsonc": `\ufeff${LOOSE}` });
    const [real, link] = ["real.platform.jsonc", "link.platform.jsonc"].map((name) => path.join(folder, name)) as [string, string];
    fs.chmodSync(real, 0o640);
    fs.symlinkSync("real.platform.jsonc", link);
    assert.equal((await platmap(folder, ["fmt", "link.platform.jsonc"])).code, 0);
    assert.equal(fs.readFileSync(real, "utf8"), `\ufeff${TIGHT}`);
    assert.equal(fs.statSync(real).mode & 0o777, 0o640);
    assert.ok(fs.lstatSync(link).isSymbolicLink());
  });
});
