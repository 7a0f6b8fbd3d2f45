// Waivers: which finding a comment allows, and what is said of comments that allow none.
import assert from "node:assert/strict";
import { rules } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";

/** Two pairs that overlap: b over a, and c over b. */
const text = (lines: Readonly<Record<string, string>>): string => `{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [${lines["open"] ?? ""}
    { "name": "a", "base": "0x1000_0000", "size": "8K" },${lines["a"] ?? ""}
    ${lines["above b"] ?? ""}
    { "name": "b", "base": "0x1000_1000", "size": "8K" },${lines["b"] ?? ""}
    { "name": "c", "base": "0x1000_2000", "size": "8K" },${lines["c"] ?? ""}
  ],${lines["end"] ?? ""}
}
`;
const ALLOW = "// platmap allow overlapping-regions: shared on purpose";

describe("a waiver", () => {
  const allowed: readonly (readonly [what: string, lines: Readonly<Record<string, string>>, findings: readonly string[], reasons: readonly string[]])[] = [
    ["on the line of the finding", { b: ` ${ALLOW}` }, ["overlapping-regions c"], ["shared on purpose"]],
    ["on the line above", { "above b": ALLOW }, ["overlapping-regions c"], ["shared on purpose"]],
    ["in a block comment", { b: " /* platmap allow overlapping-regions: shared on purpose */" }, ["overlapping-regions c"], ["shared on purpose"]],
    ["behind another entry's line, for the line below", { a: ` ${ALLOW}`, "above b": "//" }, ["overlapping-regions c"], ["shared on purpose"]],
    ["above lines of other comments", { "above b": `${ALLOW}\n    // the second one\n    /* and\n */` }, ["overlapping-regions c"], ["shared on purpose"]],
    ["for each of two findings", { b: ` ${ALLOW}`, c: " // platmap  allow overlapping-regions :also meant" }, [], ["shared on purpose", "also meant"]],
    ["for its own line before the line below", { b: ` ${ALLOW}` }, ["overlapping-regions c"], ["shared on purpose"]],
    ["twice, the second for the line below", { b: ` /* platmap allow overlapping-regions: one */ /* platmap allow overlapping-regions: two */` }, [], ["one", "two"]],
    ["not past an empty line", { "above b": `${ALLOW}\n` }, ["overlapping-regions b", "overlapping-regions c", "unused-waiver"], []],
    ["not for what is two lines below", { open: ` ${ALLOW}` }, ["overlapping-regions b", "overlapping-regions c", "unused-waiver"], []],
    ["of another rule", { b: " // platmap allow missing-acs: there is no PCI" }, ["overlapping-regions b", "overlapping-regions c", "unused-waiver"], []],
    ["without a reason", { b: " // platmap allow overlapping-regions:" }, ["overlapping-regions b", "overlapping-regions c", "waiver-without-reason"], []],
    ["whose reason is still to be written", { b: " // platmap allow overlapping-regions: …" }, ["overlapping-regions b", "overlapping-regions c", "waiver-without-reason"], []],
    ["by the number of the catalogue", { b: " // platmap allow MAP001: known" }, ["overlapping-regions b", "overlapping-regions c", "waiver-of-unknown-rule"], []],
    ["at the end of the file", { end: ` ${ALLOW}` }, ["overlapping-regions b", "overlapping-regions c", "unused-waiver"], []],
    ["of itself", { "above b": "// platmap allow unused-waiver: to see\n    // platmap allow missing-acs: nothing here" }, ["overlapping-regions b", "overlapping-regions c", "unused-waiver", "unused-waiver"], []],
  ];
  for (const [what, lines, findings, reasons] of allowed) {
    it(`${what}: ${findings.length === 0 ? "nothing is left" : `${findings.length} left`}`, () => {
      const checked = checkText("board.platform.jsonc", text(lines));
      assert.deepEqual(checked.findings.map(({ rule, message }) => `${rule}${/^device (\w)/.test(message) ? message.slice(6, 8) : ""}`).sort(), findings);
      assert.deepEqual(checked.waived.map((one) => one.reason), reasons);
      assert.ok(checked.waived.every(({ finding }) => finding.rule === "overlapping-regions"));
    });
  }

  it("is not said to be unused while the text is broken, or where its rule did not run", () => {
    const unused = text({ b: " // platmap allow missing-acs: there is no PCI" });
    assert.deepEqual([...new Set(checkText("board.platform.jsonc", unused.replace("],", "] ]")).findings.map((one) => one.rule))], ["syntax-error"]);
    const others = rules.filter((rule) => rule.id !== "missing-acs");
    assert.deepEqual(checkText("board.platform.jsonc", unused, { rules: others }).findings.filter((one) => one.rule === "unused-waiver"), []);
  });

  it("leaves alone what only speaks of waivers", () => {
    const { findings } = checkText("board.platform.jsonc", text({ b: " // see: platmap allow overlapping-regions: x", c: " // platmap allowed this", a: " // platmap allow-list" }));
    assert.deepEqual(findings.map((one) => one.rule), ["overlapping-regions", "overlapping-regions"]);
  });
});
