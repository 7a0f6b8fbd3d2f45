// `platmap import CAPTURE -o FILE --update` as a person runs it, with real files.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { archiveOf, importCapture } from "../capture/captures";
import { folderWith, platmap } from "../cli/commandLine";

const switched = importCapture("x86-05-switch").text;
const edited = switched.replace(`"name": "dmar0", "type"`, `"name": "vtd", "interruptRemapping": true, "type"`).replaceAll(`"to": "dmar0"`, `"to": "vtd"`).replace(`, "interruptRemapping": true\n`, "\n");
const file = "host.platform.jsonc";
const update = (name: string): readonly string[] => ["import", archiveOf(name), "-o", file, "--update"];

describe("platmap import --update", () => {
  it("leaves a file alone that says what the capture says", async () => {
    const folder = folderWith({ [file]: edited });
    const writeFile = (): never => assert.fail("it was written");
    const { code, out, err } = await platmap(folder, update("x86-05-switch"), { host: { writeFile } });
    assert.deepEqual({ code, out }, { code: 0, out: "" });
    assert.match(err, /host\.platform\.jsonc: nothing to renew\n$/);
  });

  it("renews what differs and says each change on a line", async () => {
    const folder = folderWith({ [file]: edited.replace(`"id": "8086:10d3"`, `"id": "ffff:0000"`) });
    const { code, err } = await platmap(folder, update("x86-05-switch"));
    assert.equal(code, 0);
    assert.match(err, /^renewed: 03:00\.0 id: "ffff:0000" is now "8086:10d3"$/m);
    assert.equal(fs.readFileSync(path.join(folder, file), "utf8"), edited);
  });

  it("keeps a byte order mark", async () => {
    const folder = folderWith({ [file]: `\ufeff${edited.replace(`"pageSize": "4K"`, `"pageSize": "64K"`)}` });
    await platmap(folder, update("x86-05-switch"));
    assert.equal(fs.readFileSync(path.join(folder, file), "utf8"), `\ufeff${edited}`);
  });

  it("writes the whole document where there is no file yet", async () => {
    const folder = folderWith({});
    assert.equal((await platmap(folder, update("x86-05-switch"))).code, 0);
    assert.equal(fs.readFileSync(path.join(folder, file), "utf8"), switched);
  });

  const refused: readonly (readonly [what: string, text: string, args: readonly string[], says: RegExp])[] = [
    ["a file with a syntax error", `{ "platform": "x", }}`, update("x86-05-switch"), /^platmap: host\.platform\.jsonc:1:21: .*; only a whole file can be renewed$/m],
    ["a guest's file", `{ "guest": "x" }`, update("x86-05-switch"), /^platmap: host\.platform\.jsonc: it is not a platform file$/m],
    ["--force with --update", "{}", [...update("x86-05-switch"), "--force"], /'--update' cannot be used with option '--force'/],
    ["--update without a file", "{}", ["import", archiveOf("x86-05-switch"), "--update"], /^platmap: --update needs the file to renew: -o FILE$/m],
    ["an existing file without either", "{}", ["import", archiveOf("x86-05-switch"), "-o", file], /is there already; --force replaces it, --update renews/],
  ];
  for (const [what, text, args, says] of refused) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const folder = folderWith({ [file]: text });
      const { code, out, err } = await platmap(folder, args);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(err, says);
      assert.equal(fs.readFileSync(path.join(folder, file), "utf8"), text);
    });
  }
});
