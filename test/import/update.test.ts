// `import --update` on captures of real machines, edited as authors edit: what was imported is renewed, what was edited stays. What a text
// says after an update is read by jsonc-parser.
import assert from "node:assert/strict";
import path from "node:path";
import fc from "fast-check";
import { updatePlatform } from "../../server/src/import/updatePlatform";
import { checkText } from "../../server/src/workspace/check";
import { captureDocument, capturedFolder, capturedText, captureNames, documentOf, functionsOf, importCapture, importPaths } from "../capture/captures";
import { forAll } from "../core/repeatable";
import { authorsEdits, withLineEnds } from "./authorsEdits";

const edit = fc.tuple(fc.constantFrom(...Object.keys(authorsEdits)), fc.nat({ max: 4000 }));
const capture = fc.constantFrom(...captureNames);
/** Two machines of one architecture. */
const architectures = new Map(captureNames.map((name) => [name, documentOf(importCapture(name).text).arch]));
const machines = capture.chain((one) =>
  fc.tuple(fc.constant(one), fc.constantFrom(...captureNames.filter((other) => architectures.get(other) === architectures.get(one)))),
);
/** Findings of a text that does not hold together. */
const BROKEN = new Set([
  "syntax-error", "duplicate-key", "duplicate-name", "duplicate-pci-address", "unknown-reference", "unknown-key", "wrong-type", "malformed-value",
  "missing-key", "several-range-forms",
]);

describe("an update", () => {
  for (const name of captureNames) {
    it(`of ${name} with the same capture changes nothing`, () => {
      const { text } = importCapture(name);
      assert.deepEqual(updatePlatform(text, text, name), { text, changes: [], kept: [] });
    });
  }

  it("with the same capture changes nothing of what an author edited, byte for byte", () => {
    const lineEnd = fc.constantFrom("\n", "\r\n");
    forAll([capture, fc.array(edit, { minLength: 1, maxLength: 12 }), lineEnd], (name, edits, end) => {
      const { text } = importCapture(name);
      const old = withLineEnds(edits.reduce((now, [kind, pick]) => authorsEdits[kind]?.(now, pick) ?? now, text), end);
      const updated = updatePlatform(old, text, name);
      assert.deepEqual(updated.changes, []);
      assert.equal(updated.text, old);
    }, 300);
  });

  it("with another machine's capture takes its facts, keeps every comment and name, and twice is once", () => {
    forAll([machines, fc.array(edit, { maxLength: 6 })], ([before, after], edits) => {
      const old = edits.reduce((now, [kind, pick]) => authorsEdits[kind]?.(now, pick) ?? now, importCapture(before).text);
      const fresh = importCapture(after).text;
      const { text } = updatePlatform(old, fresh, before);
      assert.equal(updatePlatform(text, fresh, before).text, text);
      assertComments(old, text);
      assert.deepEqual([...checkText("old", old, { rules: [] }).names.keys()].filter((name) => !checkText("new", text, { rules: [] }).names.has(name)), []);
      const broken = checkText(before, text).findings.filter(({ rule }) => BROKEN.has(rule));
      assert.deepEqual(broken.map(({ message }) => message), []);
      // The reader of facts beside ours knows no expressions.
      if (!edits.some(([kind]) => kind === "writes an address as a sum" || kind === "writes an address from another entry")) assertFacts(text, fresh);
    }, 200);
  });

  for (const name of captureNames.filter((one) => capturedText(one, "lspci.txt") !== "")) {
    it(`of what lspci alone said of ${name} with all of the capture says all that an import says`, () => {
      const { text } = importPaths(path.join(capturedFolder(name), "lspci.txt")).platform;
      const updated = documentOf(updatePlatform(text, importCapture(name).text, name).text);
      assert.deepEqual({ ...updated, platform: name }, captureDocument(name));
    });
  }

  it("sets a new entry in where the import has it, with its comment", () => {
    const { text, changes, kept } = updatePlatform(
      devices([
        "// first",
        `{ "name": "b", "base": "0x2000", "size": "4K" }, // beside b`,
        `{ "name": "mine", "base": "0x9000", "size": "4K" }`,
      ]),
      devices([
        `{ "name": "a", "base": "0x1000", "size": "4K" }, // new a`,
        `{ "name": "b", "base": "0x2000", "size": "4K" },`,
        "// new c",
        `{ "name": "c", "base": "0x3000", "size": "4K" }`,
      ]),
      "x",
    );
    const expected = devices([
      "// new a",
      `{ "name": "a", "base": "0x1000", "size": "4K" },`,
      "// first",
      `{ "name": "b", "base": "0x2000", "size": "4K" }, // beside b`,
      "// new c",
      `{ "name": "c", "base": "0x3000", "size": "4K" },`,
      `{ "name": "mine", "base": "0x9000", "size": "4K" }`,
    ]);
    assert.equal(text, expected);
    assert.deepEqual(changes, ["devices a is new", "devices c is new"]);
    assert.deepEqual(kept, ["devices mine is not in the capture; it is kept"]);
  });

  it("replaces a fact in the style that it had", () => {
    assertUpdate(
      `"memory": [{ "name": "dram", "base": "0x80000000", "size": "0x20000000" }]`,
      `"memory": [{ "name": "ram0", "base": "0x8000_0000", "size": "1G" }]`,
      `"memory": [{ "name": "dram", "base": "0x80000000", "size": "0x40000000" }]`,
      ["memory dram: 0x8000_0000-0x9fff_ffff is now 0x8000_0000-0xbfff_ffff"],
    );
  });

  it("says with a range what a range said", () => {
    assertUpdate(
      `"reserved": [{ "name": "fw", "range": "0x1000-0x1fff", "type": "secure" }]`,
      `"reserved": [{ "name": "reserved-1000", "base": "0x1000", "size": "8K" }]`,
      `"reserved": [{ "name": "fw", "range": "0x1000-0x2fff", "type": "secure" }]`,
      ["reserved fw: 0x1000-0x1fff is now 0x1000-0x2fff"],
    );
  });

  it("never replaces what is known by what could not be told", () => {
    const known = `"physicalAddressBits": 44, "pci": [{ "name": "rc", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }] }]`;
    assertUpdate(known, `"physicalAddressBits": "unknown", "pci": [{ "name": "pcie0", "iommu": "unknown", "msi": "unknown" }]`, known, []);
  });

  it("uses the author's names in what is new", () => {
    assertUpdate(
      `"iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0x1000", "size": "4K" }], "pci": [{ "name": "rc", "iommu": "unknown" }]`,
      `"iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x1000", "size": "4K" }], "pci": [{ "name": "pcie0", "iommu": [{ "to": "smmu0" }] }]`,
      `"iommus": [{ "name": "smmu-pcie", "type": "smmuv3", "base": "0x1000", "size": "4K" }], "pci": [{ "name": "rc", "iommu": [{ "to": "smmu-pcie" }] }]`,
      [`pci rc iommu: "unknown" is now [{ "to": "smmu0" }]`],
    );
  });

  it("gives a new entry another name where the author uses its own", () => {
    assertUpdate(
      `"devices": [{ "name": "uart1", "base": "0x1000", "size": "4K" }]`,
      `"devices": [{ "name": "uart0", "base": "0x1000", "size": "4K" }, { "name": "uart1", "base": "0x5000", "size": "4K" }]`,
      `"devices": [{ "name": "uart1", "base": "0x1000", "size": "4K" }, { "name": "uart1-2", "base": "0x5000", "size": "4K" }]`,
      ["devices uart1-2 is new"],
    );
  });

  it("leaves a function that is behind another bridge now where it is, and says so", () => {
    const moved = `{ "at": "01:00.0", "type": "endpoint", "assign": true }`;
    const { text, kept } = updatePlatform(
      `{ "platform": "x", "pci": [{ "name": "rc", "devices": [${moved}] }] }`,
      `{ "platform": "x", "pci": [{ "name": "rc", "devices": [\n  {\n    "at": "00:01.0",\n    "type": "root-port",\n    "devices": [\n      { "at": "01:00.0", "type": "endpoint" }\n    ]\n  }\n] }] }`,
      "x",
    );
    assert.ok(text.includes(moved));
    assert.equal(text.match(/01:00\.0/g)?.length, 1);
    assert.ok(kept.includes("01:00.0 is behind another bridge now, or in front of one; move it by hand"));
  });

  it("takes away what was said of a device that another one has replaced", () => {
    assertUpdate(
      `"pci": [{ "name": "rc", "devices": [{ "at": "01:00.0", "id": "8086:10d3", "bars": [{ "bar": 0, "size": "4K", "type": "mem32" }], "assign": true }] }]`,
      `"pci": [{ "name": "rc", "devices": [{ "at": "01:00.0", "id": "1b36:0010" }] }]`,
      `"pci": [{ "name": "rc", "devices": [{ "at": "01:00.0", "id": "1b36:0010", "assign": true }] }]`,
      [`01:00.0 bars, of the device that was there, is gone: [{ "bar": 0, "size": "4K", "type": "mem32" }]`, `01:00.0 id: "8086:10d3" is now "1b36:0010"`],
    );
  });

  it("of a text with a syntax error, of another kind or of another machine, says so and does nothing", () => {
    assert.throws(() => updatePlatform(`{\n  "platform": "x" "arch": "arm64" }`, `{ "platform": "x" }`, "a.jsonc"), /^ImportError: a\.jsonc:2:17: /);
    assert.throws(
      () => updatePlatform(`{ "platform": "x", "arch": "arm64" }`, `{ "platform": "x", "arch": "x86_64" }`, "a.jsonc"),
      /^ImportError: a\.jsonc: it describes a machine of arm64, and what was read is of x86_64/,
    );
    assert.throws(() => updatePlatform(`{ "guest": "x" }`, `{ "platform": "x" }`, "a.jsonc"), /^ImportError: a\.jsonc: it is not a platform file/);
  });
});

function devices(lines: readonly string[]): string {
  return ["{", `  "platform": "x",`, `  "devices": [`, ...lines.map((line) => `    ${line}`), "  ]", "}", ""].join("\n");
}

function assertUpdate(old: string, fresh: string, expected: string, changes: readonly string[]): void {
  const updated = updatePlatform(`{ "platform": "x", ${old} }`, `{ "platform": "y", ${fresh} }`, "x");
  assert.equal(updated.text, `{ "platform": "x", ${expected} }`);
  assert.deepEqual(updated.changes, changes);
}

/** Each comment of the old text is in the new one, as often. */
function assertComments(old: string, text: string): void {
  const left = commentsOf(text);
  for (const comment of commentsOf(old)) {
    const at = left.indexOf(comment);
    assert.notEqual(at, -1, `lost: ${comment}`);
    left.splice(at, 1);
  }
}

function commentsOf(text: string): string[] {
  const { tree } = checkText("any", text, { rules: [] }).source;
  return Array.from({ length: tree.comments.length / 2 }, (_, i) => text.slice(tree.comments[2 * i], tree.comments[2 * i + 1]));
}

/** Every function that the machine has is there once, with what configuration space says of it; and all memory. */
function assertFacts(text: string, fresh: string): void {
  const [now, said] = [documentOf(text), documentOf(fresh)];
  const entries = new Map(functionsOf(now).map(({ entry }) => [entry.at.replace(/^0000:/, ""), entry]));
  for (const { entry } of functionsOf(said)) {
    const one = entries.get(entry.at);
    assert.ok(one, `${entry.at} is not there`);
    assert.deepEqual([one.id, one.class, one.buses], [entry.id, entry.class, entry.buses ?? one.buses]);
  }
  const bases = new Set((now.memory ?? []).map(({ base }) => base?.toLowerCase()));
  for (const { base } of said.memory ?? []) assert.ok(bases.has(base), `no memory at ${base}`);
  assert.deepEqual(now.captured.groups, said.captured.groups);
}
