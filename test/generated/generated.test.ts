// Generated files are committed, and this says when they are stale. With PLATMAP_UPDATE set it writes them (npm run update).
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";
import { generatedFiles } from "./generatedFiles";

const isUpdate = process.env["PLATMAP_UPDATE"] !== undefined;

describe("generated files", () => {
  const generated = generatedFiles();
  for (const [file, text] of generated) {
    it(`${file} is up to date`, () => {
      const full = path.join(repositoryRoot, file);
      if (isUpdate) {
        mkdirSync(path.dirname(full), { recursive: true });
        writeFileSync(full, text);
      }
      assert.equal(readFileSync(full, "utf8"), text, "run npm run update");
    });
  }

  it("docs/rules has no page of a rule that is gone", () => {
    const folder = path.join(repositoryRoot, "docs/rules");
    const extra = readdirSync(folder).filter((name) => !generated.has(`docs/rules/${name}`));
    if (isUpdate) extra.forEach((name) => rmSync(path.join(folder, name)));
    assert.deepEqual(isUpdate ? [] : extra, []);
  });
});
