// What the grammar of syntaxes/ makes of the forms of the language, with the engine that VS Code colours with.
// A test is a line of a description and, for pieces of it, the innermost scope. Says nothing about colours.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from "vscode-textmate";
import { repositoryRoot } from "../repositoryRoot";

const cases: readonly (readonly [line: string, scopes: Readonly<Record<string, string>>])[] = [
  [
    '{ "base": "0x8_0000_0000" }',
    { base: "support.type.property-name", "0x8_0000_0000": "constant.numeric.hex.address" },
  ],
  [
    '{ "range": "0x0800_0000-0x080f_ffff" }',
    { "0x080f_ffff": "constant.numeric.hex.address", "-": "keyword.operator.range" },
  ],
  ['{ "size": "64K" }', { 64: "constant.numeric.size", K: "keyword.other.unit" }],
  ['{ "size": "16GiB" }', { 16: "constant.numeric.size", GiB: "keyword.other.unit" }],
  [
    '{ "base": "align(dram-low.1.next, 2M) - 0x1000" }',
    {
      align: "support.function",
      "dram-low.1": "variable.other.reference",
      next: "variable.other.property",
      2: "constant.numeric.size",
      M: "keyword.other.unit",
      " - ": "meta.expression",
      "0x1000": "constant.numeric.hex.address",
    },
  ],
  ['{ "pageSizes": ["2 * 2K"] }', { "*": "keyword.operator.arithmetic" }],
  ['{ "description": "dram0.base + 2" }', { "dram0.base": "string.quoted.double" }],
  ['{ "at": "0000:01:00.0" }', { "0000:01:00.0": "constant.numeric.pci-address" }],
  ['{ "at": "01:00.0" }', { "01:00.0": "constant.numeric.pci-address" }],
  ['{ "buses": "00-ff" }', { "00": "constant.numeric.hex.id", ff: "constant.numeric.hex.id" }],
  ['{ "platform": "arm-juno" }', { "arm-juno": "entity.name.type.region" }],
  ['{ "type": "gicv2m" }', { gicv2m: "support.constant.word" }],
  ['{ "to": "smmu-pcie" }', { "smmu-pcie": "variable.other.reference" }],
  ['{ "targets": ["pcie0"] }', { pcie0: "variable.other.reference" }],
  ['{ "enabled": "SV RR CR UF" }', { "SV RR CR UF": "support.constant.acs" }],
  ['{ "acs": "unknown" }', { unknown: "constant.language.stated" }],
  ['{ "windows": "none" }', { none: "constant.language.stated" }],
  ['{ "noMap": true }', { true: "constant.language" }],
  ['{ "driver": "a\\"b" }', { '\\"': "constant.character.escape" }],
  ['{ "id": "8086:10fb" }', { "8086:10fb": "string.quoted.double" }],
  [
    '{ "msi": [{ "ids": "0000-ffff", "to": "v2m0" }] }',
    { ffff: "constant.numeric.hex.id", v2m0: "variable.other.reference" },
  ],
  ['{ "msi": { "vectors": 64 } }', { vectors: "support.type.property-name", 64: "constant.numeric" }],
  ['{ "name": "a" } // the first', { "the first": "comment.line.double-slash" }],
  [
    "// platmap allow missing-acs: board rev A",
    { platmap: "keyword.control.waiver", "missing-acs": "entity.name.tag.rule" },
  ],
  ['{ "a": nonsense }', { nonsense: "invalid.illegal" }],
];

describe("the grammar", () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  for (const [line, expected] of cases) {
    it(line, () => {
      for (const [text, scope] of Object.entries(expected)) {
        assert.equal(innermostScope(grammar, line, text), `${scope}.platmap`, text);
      }
    });
  }

  it("gives a key and its value on the next line the same scopes as on one line", () => {
    const first = grammar.tokenizeLine('{ "to":', INITIAL);
    const second = grammar.tokenizeLine('  "smmu-pcie" }', first.ruleStack);
    assert.ok(second.tokens.some(({ scopes }) => scopes.at(-1) === "variable.other.reference.platmap"));
  });
});

async function loadGrammar(): Promise<IGrammar> {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await loadWASM(Uint8Array.from(wasm).buffer);
  const file = path.join(repositoryRoot, "syntaxes/platmap.tmLanguage.json");
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: (scope) =>
      Promise.resolve(scope === "source.platmap" ? parseRawGrammar(readFileSync(file, "utf8"), file) : null),
  });
  const grammar = await registry.loadGrammar("source.platmap");
  assert.ok(grammar !== null, "the grammar is found by its scope");
  return grammar;
}

function innermostScope(grammar: IGrammar, line: string, text: string): string | undefined {
  const start = line.indexOf(text);
  assert.notEqual(start, -1, `${text} is in the line`);
  const { tokens } = grammar.tokenizeLine(line, INITIAL);
  return tokens.find(({ startIndex, endIndex }) => startIndex <= start && start < endIndex)?.scopes.at(-1);
}
