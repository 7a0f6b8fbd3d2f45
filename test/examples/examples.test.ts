// The examples' findings are those that the machines deserve, and no others: they are held in findings.txt, which people read in review.
// With PLATMAP_UPDATE set it is written (npm run update).
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatText } from "../../server/src/jsonc/format/format";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import { commandLineSurroundings } from "../../server/src/workspace/hostSurroundings";
import { nodeHost } from "../../server/src/nodeHost";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "examples");
const golden = path.join(repositoryRoot, "test/examples/findings.txt");
/** Guests and fleets name other examples. */
const checking = { surroundings: commandLineSurroundings({ ...nodeHost, workingFolder: folder }) };
const files = readdirSync(folder).filter((name) => name.endsWith(".jsonc"));

describe("examples", () => {
  const checked = new Map(files.map((name) => [name, checkText(name, readFileSync(path.join(folder, name), "utf8"), checking)]));

  it("have the findings that findings.txt lists", () => {
    const text = [...checked].map(([name, result]) => printed(name, result)).join("\n");
    if (process.env["PLATMAP_UPDATE"] !== undefined) writeFileSync(golden, text);
    assert.equal(readFileSync(golden, "utf8"), text, "run npm run update, and read what changed");
  });

  it("are formatted", () => {
    const loose = [...checked].filter(([, { source }]) => formatText(source) !== source.text).map(([name]) => name);
    assert.deepEqual(loose, [], "platmap fmt examples");
  });

  for (const [name, result] of checked) {
    it(`${name}: no rule crashes, and every fix that is offered holds what it promises`, () => {
      assert.deepEqual(result.crashed, []);
      for (const finding of result.findings) {
        for (const fix of triedFixes(result, finding, checking)) {
          const again = checkText(name, fix.text, checking);
          assert.ok(again.findings.length < result.findings.length, fix.title);
          assert.equal(again.source.tree.comments.length, result.source.tree.comments.length, fix.title);
        }
      }
    });
  }
});

function printed(name: string, { source, findings, skipped }: CheckedFile): string {
  const lines = findings.map((finding) => {
    const { line, character } = source.position(source.span(finding.at).start);
    return `  ${line + 1}:${character + 1} ${finding.severity} ${finding.rule}: ${finding.message}`;
  });
  const undecided = skipped.map(({ rule, because }) => `  not decided: ${rule}: ${because}`);
  return [name, ...(lines.length === 0 ? ["  nothing found"] : lines), ...undecided, ""].join("\n");
}
