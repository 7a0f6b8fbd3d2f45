// Nothing that stands in a document, or in the name of a file, can steer the terminal that shows it.
import assert from "node:assert/strict";
import { folderWith, platmap } from "./commandLine";

/** Escape sequences in one and in two characters, a bell, a backspace, a carriage return, text that runs backwards, invisible breaks. */
const NASTY = ["\u001b[2J", "\u009b31m", "\u0007", "\b", "\u007f", "\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\ufeff"];
const HARMFUL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/;

describe("text from a document", () => {
  for (const nasty of NASTY) {
    const code = [...nasty].map((one) => one.charCodeAt(0).toString(16)).join(" ");
    const escaped = JSON.stringify(`a${nasty}b`).slice(1, -1);
    const documents = [`a${nasty}b`, escaped].map((name) => `{ "platform": "${name}", "${name}": 1, "arch": "${name}", "devices": [{ "name": "${name}", "base": "${name}", "size": "4K", "in": "${name}" }] }`);

    it(`with ${code} does not reach the terminal, as text or as JSON`, async () => {
      for (const document of [...documents, `{ "platform": "board", ${nasty} } /* ${nasty} */`]) {
        for (const format of ["text", "json"]) {
          const { out, err, code: exit } = await platmap(folderWith({ "a.platform.jsonc": document }), ["check", "--format", format]);
          assert.equal(exit, 1);
          assert.doesNotMatch(out + err, HARMFUL);
        }
      }
    });
  }

  it("is all there in JSON, where it was escaped", async () => {
    const name = "a\u202eb\u009bc\u2028\u001b";
    const { out } = await platmap(folderWith({ "a.platform.jsonc": `{ "platform": "board", ${JSON.stringify(name)}: 1 }` }), ["check", "--format", "json"]);
    const { findings } = JSON.parse(out) as { findings: { path: string; message: string }[] };
    assert.equal(findings[0]?.path, `/${name}`);
    assert.ok(findings[0].message.includes(name));
  });
});

describe("the name of a file", () => {
  it("does not steer the terminal either", async () => {
    const name = "a\u001b[31m\u202eb.platform.jsonc";
    const bad = await platmap(folderWith({ [name]: `{ "platform": "board", "x": 1 }` }), ["check"]);
    assert.match(bad.out, /^a\ufffd\[31m\ufffdb\.platform\.jsonc:1:24: error/);
    assert.doesNotMatch(bad.out, HARMFUL);
    const unreadable = await platmap(folderWith({ [name]: new Uint8Array([0xff, 0x00]) }), ["check"]);
    assert.equal(unreadable.err, "platmap: a\ufffd[31m\ufffdb.platform.jsonc: cannot be read: it is not UTF-8 text\n");
  });
});
