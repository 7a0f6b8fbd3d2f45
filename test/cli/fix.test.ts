// `platmap fix`: what it mends, what it leaves, what it keeps, and how it ends.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { rules } from "../../core/src/index";
import { nodeHost } from "../../server/src/nodeHost";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { fixAll } from "../../server/src/workspace/fixAll";
import { forAll } from "../core/repeatable";
import { everything, examples, replaced } from "../jsonc/texts";
import { withoutCarets } from "../rules/ruleTester";
import { folderWith, platmap } from "./commandLine";

const FILE = "a.platform.jsonc";
const TEXT = `{
  // three that share one place
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" }, // stays
    { "name": "uart1", "base": "0x1000_0c00", "size": "4K" }, /* moves */
    { "name": "uart2", "base": "0x1000_0e00", "size": "4K" },
\t{ "name": "uart3", "base": "10002000", "size": "4K" },
  ],
  "reservd": [],
}
`;
const MENDED = `{
  // three that share one place
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" }, // stays
    { "name": "uart1", "base": "0x0fff_f000", "size": "4K" }, /* moves */
    { "name": "uart2", "base": "0x1000_1000", "size": "4K" },
\t{ "name": "uart3", "base": "0x1000_2000", "size": "4K" },
  ],
  "reserved": [],
}
`;

const read = (folder: string, file = FILE): string => fs.readFileSync(path.join(folder, file), "utf8");

describe("platmap fix", () => {
  it("mends what fixes can mend, fix after fix, and says what it did", async () => {
    const folder = folderWith({ [FILE]: TEXT });
    const { code, out, err } = await platmap(folder, ["fix"]);
    assert.equal(read(folder), MENDED);
    assert.deepEqual({ code, out }, { code: 0, out: "" });
    assert.match(err, /^a\.platform\.jsonc:8: unprefixed-address: .*0x1000_2000/m);
    assert.match(err, /^a\.platform\.jsonc: \d mended, 0 errors left\n$/m);
    assert.deepEqual(await platmap(folder, ["fix"]), { code: 0, out: "", err: "" }, "twice is once");
  });

  it("mends only the rules that are named, by id or by number", async () => {
    for (const id of ["unknown-key", "SYN001"]) {
      const folder = folderWith({ [FILE]: TEXT });
      const { code } = await platmap(folder, ["fix", "--rule", id, FILE]);
      assert.equal(read(folder), TEXT.replace("reservd", "reserved"));
      assert.equal(code, 1, "errors of other rules are left");
    }
    const { err, code } = await platmap(folderWith({ [FILE]: TEXT }), ["fix", "--rule", "unknown-kye"]);
    assert.deepEqual({ err, code }, { err: 'platmap: there is no rule "unknown-kye"; did you mean unknown-key?\n', code: 2 });
  });

  it("with --dry-run writes nothing, and prints a difference that git can apply", async () => {
    for (const text of [TEXT, TEXT.replaceAll("\n", "\r\n")]) {
      const folder = folderWith({ [FILE]: text, "sub/b.platform.jsonc": text, "clean.platform.jsonc": MENDED });
      const { code, out } = await platmap(folder, ["fix", "--dry-run"]);
      assert.equal(code, 1);
      assert.deepEqual([read(folder), read(folder, "sub/b.platform.jsonc")], [text, text]);
      assert.doesNotMatch(out, /clean/);
      const { status, stderr } = spawnSync("git", ["apply", "--verbose", "-"], { cwd: folder, input: out, encoding: "utf8", env: { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(folder) } });
      assert.equal(status, 0, stderr);
      const wanted = text === TEXT ? MENDED : MENDED.replaceAll("\n", "\r\n");
      assert.deepEqual([read(folder), read(folder, "sub/b.platform.jsonc")], [wanted, wanted]);
      assert.equal((await platmap(folder, ["fix", "--dry-run"])).code, 0);
    }
  });

  it("mends standard input to standard output, with its byte order mark", async () => {
    const { code, out } = await platmap(folderWith({}), ["fix", "-"], { input: `\ufeff${TEXT}` });
    assert.deepEqual({ code, out }, { code: 0, out: `\ufeff${MENDED}` });
    assert.equal((await platmap(folderWith({ [FILE]: TEXT }), ["fix", "-", FILE])).code, 2);
  });

  it("keeps byte order mark, line ends, permissions and links", async () => {
    const folder = folderWith({ "real/x.jsonc": `\ufeff${TEXT.replaceAll("\n", "\r\n")}` });
    const real = path.join(folder, "real/x.jsonc");
    fs.chmodSync(real, 0o640);
    fs.symlinkSync("real/x.jsonc", path.join(folder, FILE));
    assert.equal((await platmap(folder, ["fix", FILE])).code, 0);
    assert.equal(fs.readFileSync(real, "utf8"), `\ufeff${MENDED.replaceAll("\n", "\r\n")}`);
    assert.equal(fs.statSync(real).mode & 0o777, 0o640);
    assert.ok(fs.lstatSync(path.join(folder, FILE)).isSymbolicLink());
    assert.deepEqual(fs.readdirSync(path.join(folder, "real")), ["x.jsonc"]);
  });

  it("leaves a file alone that has nothing to mend, or whose text has syntax errors", async () => {
    const broken = `{ "platform": "x", "memroy": [] `;
    const folder = folderWith({ [FILE]: MENDED, "b.platform.jsonc": broken });
    const writeFile = (): void => assert.fail("nothing is to be written");
    const { code, err } = await platmap(folder, ["fix"], { host: { writeFile } });
    assert.equal(code, 1);
    assert.equal(err, "b.platform.jsonc: 0 mended, 1 error left\n");
  });

  it("does not lose what another program wrote meanwhile, and goes on with the other files", async () => {
    const folder = folderWith({ [FILE]: TEXT, "b.platform.jsonc": TEXT });
    let reads = 0;
    const readFile = (file: string): Uint8Array => {
      if (file.endsWith(FILE) && ++reads === 2) fs.writeFileSync(file, "{}");
      return nodeHost.readFile(file);
    };
    const { code, err } = await platmap(folder, ["fix"], { host: { readFile } });
    assert.equal(code, 2);
    assert.match(err, /a\.platform\.jsonc: it was changed by another program/);
    assert.deepEqual([read(folder), read(folder, "b.platform.jsonc")], ["{}", MENDED]);
  });

  it("says which files it cannot read or write, and mends the others", async () => {
    const folder = folderWith({ [FILE]: Buffer.from([0xff, 0xfe, 0x20]), "b.platform.jsonc": TEXT });
    const { code, err } = await platmap(folder, ["fix"]);
    assert.equal(code, 2);
    assert.match(err, /^platmap: a\.platform\.jsonc: cannot be read: it is UTF-16; save it as UTF-8$/m);
    assert.equal(read(folder, "b.platform.jsonc"), MENDED);
    assert.equal((await platmap(folderWith({}), ["fix"])).code, 2);
  });
});

describe("mending as far as fixes go", () => {
  const texts = [everything, ...examples.values(), ...rules.flatMap((rule) => rule.bad.map((example) => withoutCarets(example.text)))];

  it("ends where no fix is left that holds, without a new finding, with all comments", () => {
    for (const text of texts) assertMended(text);
  });

  it("moves nothing because of a value that is perhaps meant otherwise", () => {
    // Hexadecimal without its prefix: 0x1000_2000. As a decimal number it would lie at 0x98_9e50, in b.
    const text = `{ "platform": "x", "devices": [{ "name": "a", "base": "0x1000_2000", "size": "4K" }, { "name": "b", "base": "0x98_9000", "size": "4K" }, { "name": "c", "base": "10002000", "size": "4K" }] }`;
    assert.deepEqual(checkText(FILE, text).findings.map((one) => one.rule), ["unprefixed-address"]);
    assert.equal(fixAll(FILE, text).text, text);
  });

  it("takes an entry away only when it is told to", () => {
    const text = `{ "platform": "x", "devices": [{ "name": "a", "base": "0x1000_0000", "size": "4K" }, { "name": "b", "base": "0x1000_0000", "size": "4K" }] }`;
    assert.match(fixAll(FILE, text).text, /"b"/);
    assert.doesNotMatch(fixAll(FILE, text, { mayRemoveEntries: true }).text, /"b"/);
  });

  it("does so on documents with random mistakes", () => {
    forAll([replaced(everything)], assertMended, 30);
  });

  it("tries a thousand small fixes together", () => {
    const devices = Array.from({ length: 1000 }, (_, index) => `{ "name": "d${index}", "base": "${(0x10000000 + index * 4096).toString(16)}", "size": "4K" }`);
    const text = `{ "platform": "x", "physicalAddressBits": 40, "devices": [${devices.join(",\n")}] }`;
    const { applied, checked } = fixAll(FILE, text);
    assert.equal(applied.length, 1000);
    assert.deepEqual(checked.findings, []);
  });

  function assertMended(text: string): void {
    const before = checkText(FILE, text);
    const { checked, applied } = fixAll(FILE, text);
    assert.deepEqual(fixAll(FILE, checked.source.text).applied, [], text);
    assert.ok(checked.findings.length <= before.findings.length - applied.length, text);
    assert.equal(commentsOf(checked).length, commentsOf(before).length, text);
  }

  /** But for waivers: one that silences nothing is mended by taking it away. */
  function commentsOf({ source: { text, tree } }: CheckedFile): string[] {
    const comments = Array.from({ length: tree.comments.length / 2 }, (_, index) => text.slice(tree.comments[2 * index], tree.comments[2 * index + 1]));
    return comments.filter((comment) => !comment.includes("platmap allow"));
  }
});
