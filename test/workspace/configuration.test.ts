// platmap.config.jsonc: severities, files left out, the nearest one above a file, what is wrong in it, and what somebody sets on top.
import assert from "node:assert/strict";
import type { Severity } from "../../core/src/index";
import { describeAnchor, fileId } from "../../core/src/index";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import type { CheckedFile } from "../../server/src/workspace/check";
import { matchesGlob } from "../../server/src/workspace/globs";
import { memoryFiles } from "./memoryFiles";

const OVERLAP = `{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "a", "base": "0x1000_0000", "size": "8K" },
    { "name": "b", "base": "0x1000_1000", "size": "8K" },
  ],
}
`;

describe("a configuration", () => {
  it("says how serious rules are, or switches them off", () => {
    assert.deepEqual(said({ "platmap.config.jsonc": "{}" }), ["error overlapping-regions"]);
    assert.deepEqual(said({ "platmap.config.jsonc": rules({ "overlapping-regions": "info" }) }), ["info overlapping-regions"]);
    assert.deepEqual(said({ "platmap.config.jsonc": rules({ "overlapping-regions": "off" }) }), []);
  });

  it("leaves the fixes as they are", () => {
    const checked = check({ "platmap.config.jsonc": rules({ "overlapping-regions": "hint" }) });
    const [finding] = checked.findings;
    assert.deepEqual(finding && triedFixes(checked, finding).map((fix) => fix.title)[0], "Move b to 0x1000_2000");
  });

  it("holds for the folders below it, unless there is a nearer one", () => {
    const files = { "../platmap.config.jsonc": rules({ "overlapping-regions": "off" }), "near/platmap.config.json": "{}" };
    assert.deepEqual(said(files), []);
    assert.deepEqual(said(files, "below/board.platform.jsonc"), []);
    assert.deepEqual(said(files, "near/deep/board.platform.jsonc"), ["error overlapping-regions"]);
  });

  it("leaves files out, which are read and not checked", () => {
    const checked = check({ "platmap.config.jsonc": `{ "ignore": ["*.platform.jsonc"] }` });
    assert.deepEqual([checked.findings, checked.isLeftOut, checked.skipped], [[], true, [{ rule: "*", because: "platmap.config.jsonc leaves the file out" }]]);
    assert.equal(checked.plan?.platform.devices?.length, 2);
  });

  it("gives way to what is set on top of it", () => {
    const files = { "platmap.config.jsonc": rules({ "overlapping-regions": "off" }) };
    assert.deepEqual(said(files, "board.platform.jsonc", new Map([["overlapping-regions", "warning"]])), ["warning overlapping-regions"]);
    assert.deepEqual(said({}, "board.platform.jsonc", new Map([["overlapping-regions", "off"]])), []);
  });

  it("that cannot be read says nothing about other files", () => {
    assert.deepEqual(said({ "platmap.config.jsonc": `{ "rules": ` }), ["error overlapping-regions"]);
  });

  it("that switches a rule off does not make its waivers unused", () => {
    const text = OVERLAP.replace('"8K" },\n  ]', '"8K" }, // platmap allow overlapping-regions: one clock page\n  ]');
    assert.deepEqual(check({ "platmap.config.jsonc": rules({ "overlapping-regions": "off" }) }, "board.platform.jsonc", new Map(), text).findings, []);
  });

  it("is checked as every file of the language is", () => {
    const text = `{
  "ruels": {},
  "rules": { "overlaping-regions": "off", "missing-acs": "of", "syntax-error": 1 },
  "ignore": "old",
}`;
    const { findings } = checkText("board/platmap.config.jsonc", text);
    assert.deepEqual(findings.map(({ rule, message }) => `${rule}: ${message}`), [
      'unknown-key: configuration has no key "ruels"; did you mean "rules"?',
      'unknown-key: rules has no key "overlaping-regions"; did you mean "overlapping-regions"?',
      'unknown-word: missing-acs cannot be "of"; did you mean "off"?',
      "wrong-type: syntax-error must be one of error, warning, info, hint, off, not a number",
      "wrong-type: ignore must be a list, not a text",
    ]);
  });

  it("explains its rules in hovers", () => {
    const { filePlan } = checkText("platmap.config.jsonc", rules({ "missing-acs": "off" }));
    const anchor = { file: fileId("platmap.config.jsonc"), path: ["rules", "missing-acs"], part: "key" } as const;
    assert.match((filePlan && describeAnchor(filePlan, anchor)) ?? "", /^\*\*missing\\-acs\*\*: /);
  });
});

describe("a pattern", () => {
  const cases: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
    ["old/**", "old/a/b.platform.jsonc", true],
    ["old", "old/a/b.platform.jsonc", true],
    ["old/", "old/b.platform.jsonc", true],
    ["old", "new/old/b.platform.jsonc", true],
    ["/old", "new/old/b.platform.jsonc", false],
    ["./old", "old/b.platform.jsonc", true],
    ["*.draft.platform.jsonc", "x/y/a.draft.platform.jsonc", true],
    ["*.draft.platform.jsonc", "a.platform.jsonc", false],
    ["x/*.platform.jsonc", "x/a.platform.jsonc", true],
    ["x/*.platform.jsonc", "x/y/a.platform.jsonc", false],
    ["**/y/*", "x/y/a.platform.jsonc", true],
    ["x/**/a.platform.jsonc", "x/a.platform.jsonc", true],
    ["x/**/a.platform.jsonc", "x/y/z/a.platform.jsonc", true],
    ["a.c", "abc", false],
    ["", "a", false],
    [`${"**/*".repeat(40)}x`, "a/".repeat(200), false],
  ];
  for (const [pattern, path, matches] of cases) {
    it(`${pattern.slice(0, 40)} ${matches ? "matches" : "does not match"} ${path.slice(0, 40)}`, () => assert.equal(matchesGlob(pattern, path), matches));
  }
});

type Severities = ReadonlyMap<string, Severity | "off">;

function check(files: Readonly<Record<string, string>>, file = "board.platform.jsonc", severities: Severities = new Map(), text = OVERLAP): CheckedFile {
  const all = new Map(Object.entries({ ...files, [file]: text }));
  return checkText(file, text, { surroundings: memoryFiles(all), severities });
}

function said(files: Readonly<Record<string, string>>, file?: string, severities?: Severities): string[] {
  return check(files, file, severities).findings.map((finding) => `${finding.severity} ${finding.rule}`);
}

function rules(severities: Readonly<Record<string, Severity | "off">>): string {
  return JSON.stringify({ rules: severities });
}
