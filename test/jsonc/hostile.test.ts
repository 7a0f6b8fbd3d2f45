// Documents that were made to break a reader: names that objects have of themselves, lone surrogates, and far too much of everything.
// What they cost is for the benchmark; here all of it is reported and nothing breaks.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";
import { Workspace } from "../../server/src/workspace/workspace";
import { symbolsOf } from "../../server/src/lsp/symbols";

const MANY = 10_000;

describe("names that every object has", () => {
  const words = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "anchor", "extent"];

  it("are keys that the language does not have", () => {
    for (const word of words) {
      assert.deepEqual(found(`{ "platform": "board", "${word}": { "polluted": true } }`), ["unknown-key"], word);
      assert.deepEqual(found(`{ "platform": "board", "devices": [{ "name": "d", "base": "0x0", "size": "4K", "${word}": [] }] }`), ["unknown-key"], word);
    }
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("are names and references like others", () => {
    for (const word of words) {
      const parts = `{ "platform": "${word}", "devices": [{ "name": "${word}", "range": "0x0-0xfff" }, { "name": "b", "range": "0x0-0xff", "in": "${word}" }] }`;
      assert.deepEqual(found(parts), [], word);
      assert.deepEqual(found(parts.replace(`"name": "${word}"`, '"name": "a"')), ["overlapping-regions", "unknown-reference"], word);
    }
  });

  it("are keys of a map, and words that are none", () => {
    for (const word of words) {
      assert.deepEqual(found(`{ "platform": "board", "captured": { "iommus": { "${word}": ["01:00.0"] } } }`), [], word);
      assert.deepEqual(found(`{ "platform": "board", "arch": "${word}" }`), ["unknown-word"], word);
    }
  });

  it("are keys of the outline", () => {
    for (const word of words) {
      const { source } = checkText("board.platform.jsonc", `{ "${word}": [{ "name": "a" }] }`);
      const [list] = symbolsOf(source);
      assert.equal(list?.name, word);
      assert.equal(typeof list?.children?.[0]?.kind, "number");
    }
  });

  it("written with escapes are the same keys", () => {
    assert.deepEqual(found(`{ "platform": "board", "\\u005f_proto__": 1 }`), ["unknown-key"]);
    assert.deepEqual(found(`{ "pl\\u0061tform": "board", "platform": "board" }`), ["duplicate-key"]);
  });
});

describe("a key that is there twice", () => {
  it("is one finding for each time after the first, with the first one beside it, and the first one counts", () => {
    const text = `{ "platform": "a", "pageSize": "4K", "pageSize": "64K", "pageSize": "2M" }`;
    const { findings, plan, source } = checkText("board.platform.jsonc", text);
    assert.deepEqual(findings.map((one) => [one.rule, source.span(one.at).start, source.span(one.related[0]?.at ?? one.at).start]), [
      ["duplicate-key", text.indexOf('"pageSize": "64K"'), text.indexOf('"pageSize"')],
      ["duplicate-key", text.indexOf('"pageSize": "2M"'), text.indexOf('"pageSize"')],
    ]);
    assert.equal(plan?.platform.pageSize, 4096n);
  });

  it("counts also where the language does not have it", () => {
    assert.deepEqual(found(`{ "platform": "a", "nothing": 1, "nothing": 2 }`), ["duplicate-key", "unknown-key"]);
    assert.deepEqual(found(`{ "platform": "a", "captured": { "iommus": { "x": [], "x": [] } } }`), ["duplicate-key"]);
  });
});

describe("a lone surrogate", () => {
  it("is text like other text, raw and escaped", () => {
    for (const half of ["\ud800", "\\ud800", "\udc00", "\\udc00"]) {
      assert.deepEqual(found(`{ "platform": "board", "description": "${half}" }`), []);
      assert.deepEqual(found(`{ "platform": "${half}" }`), ["malformed-value"]);
      assert.deepEqual(found(`{ "platform": "board", "${half}": 1 }`), ["unknown-key"]);
    }
  });
});

describe("far too many", () => {
  const list = (entry: (index: number) => string): string => Array.from({ length: MANY }, (_, index) => entry(index)).join(",");
  const device = (index: number, more: string): string => `{ "name": "d${index}", "base": "0x${(index * 4096).toString(16)}", ${more} }`;

  const documents: Record<string, { text: string; rule: string; count: number }> = {
    "unknown keys": { text: `{ "platform": "b", ${list((index) => `"key${index}": 1`)} }`, rule: "unknown-key", count: MANY },
    "duplicate keys": { text: `{ "platform": "b", ${list(() => `"arch": "arm64"`)} }`, rule: "duplicate-key", count: MANY - 1 },
    "duplicate keys of a map": { text: `{ "platform": "b", "captured": { "iommus": { ${list((index) => `"a${index % (MANY / 2)}": []`)} } } }`, rule: "duplicate-key", count: MANY / 2 },
    "duplicate names": { text: `{ "platform": "b", "devices": [${list((index) => device(index, `"size": "4K"`).replace(`d${index}`, "d"))}] }`, rule: "duplicate-name", count: MANY - 1 },
    "references to nothing": { text: `{ "platform": "b", "devices": [${list((index) => device(index, `"size": "4K", "in": "x${index}"`))}] }`, rule: "unknown-reference", count: MANY },
    "empty ranges": { text: `{ "platform": "b", "devices": [${list((index) => device(index, `"size": "0"`))}] }`, rule: "impossible-range", count: MANY },
    "values of a wrong type": { text: `{ "platform": "b", "memory": [${list(() => "1")}] }`, rule: "wrong-type", count: MANY },
    "lists of ranges": { text: `{ "platform": "b", "memory": [${list((index) => `{ "name": "m${index}", "ranges": ["0x${(index * 8192).toString(16)}-0x${(index * 8192 + 4095).toString(16)}"] }`)}] }`, rule: "impossible-range", count: 0 },
  };
  for (const [title, { text, rule, count }] of Object.entries(documents)) {
    it(`${title} are all reported`, () => {
      const { findings, crashed } = checkText("board.platform.jsonc", text);
      assert.deepEqual(crashed, []);
      assert.equal(findings.filter((one) => one.rule === rule).length, count);
    });
  }

  it("ranges that lie in each other end the search for overlaps, and a finding says so", () => {
    const nested = Array.from({ length: 100_000 }, (_, index) => `{ "name": "d${index}", "range": "0x${index.toString(16)}-0x${(300_000 - index).toString(16)}" }`);
    assertSearchEnds(`{ "platform": "b", "devices": [${nested.join(",")}] }`, "the physical map");
  });

  it("reserved regions of an IOMMU that lie in each other do too", () => {
    const region = `{ "range": "0x0-0xfff", "type": "msi" },`;
    assertSearchEnds(`{ "platform": "b", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [${region.repeat(100_000)}] }] }`, "the I/O virtual addresses of smmu");
  });

  it("faults in more values than a call has arguments", () => {
    const count = 150_000;
    const { findings } = checkText("board.platform.jsonc", `{ "platform": "b", "memory": [${"1,".repeat(count)}] }`);
    assert.equal(findings.length, count);
  });
});

describe("a workspace", () => {
  it("keeps the last text that could be planned while the newest cannot", () => {
    const workspace = new Workspace();
    const uri = "file:///board.platform.jsonc";
    const good = workspace.update(uri, 1, `{ "platform": "board" }`);
    const broken = workspace.update(uri, 2, `{ "platform": "board", `);
    assert.equal(broken.checked.plan, undefined);
    assert.equal(broken.lastGood, good.checked);
    assert.equal(workspace.update(uri, 3, `{ "platform": "board", `).checked, broken.checked, "the same text is not checked again");
    workspace.close(uri);
    assert.equal(workspace.update(uri, 4, `{ `).lastGood, undefined);
  });
});

function assertSearchEnds(text: string, map: string): void {
  const { findings, crashed } = checkText("board.platform.jsonc", text);
  assert.deepEqual(crashed, []);
  const limits = findings.filter((one) => one.rule === "beyond-limit").map((one) => one.message);
  assert.deepEqual(limits, [`too many ranges of ${map} share addresses: not every overlap was looked at`]);
  assert.ok(findings.length > 1000 && findings.length < 20_000, `${findings.length} findings`);
}

/** Rules that found something, apart from those about what the document does not say. */
function found(text: string): string[] {
  const { findings, crashed } = checkText("board.platform.jsonc", text);
  assert.deepEqual(crashed, []);
  return findings.map((one) => one.rule).sort();
}
