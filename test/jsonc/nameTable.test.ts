// Names that were there before are known again, also when somebody chose them so that they all fall together.
import assert from "node:assert/strict";
import { NameTable } from "../../server/src/jsonc/nameTable";
import type { Model } from "../../server/src/jsonc/recordLayout";

const named = (name: string): Model => ({ name }) as unknown as Model;

/** The low bits of FNV-1a over UTF-16 units, as the table has them. */
function lowBits(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0xfff;
}

describe("a table of names", () => {
  const apart = Array.from({ length: 1000 }, (_, index) => `region${index}`);
  const together = Array.from({ length: 600_000 }, (_, index) => `n${index.toString(36)}`).filter((name) => lowBits(name) === 0);

  for (const [title, names] of [["that differ", apart], ["that fall together", together]] as const) {
    it(`tells which of many names ${title} were there`, () => {
      assert.ok(names.length > 130);
      const table = new NameTable();
      const models = names.map(named);
      names.forEach((name, index) => assert.equal(table.declare(name, models[index] as Model), undefined));
      names.forEach((name, index) => assert.equal(table.declare(name, named(name)), models[index]));
      assert.deepEqual([...table.byName.keys()], names);
      assert.equal(table.byName.get(names[7] ?? ""), models[7]);
    });
  }
});
