// Every fix that is offered, tried as a person would: on the examples of the rules, on real machines, and on documents with random mistakes.
// It removes its finding, adds none, loses no comment, keeps the line ends; and once it is applied, nobody offers it again.
import assert from "node:assert/strict";
import { rules } from "../../core/src/index";
import type { TriedFix } from "../../server/src/workspace/check";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import type { CheckedFile } from "../../server/src/workspace/check";
import { captureNames, importCapture } from "../capture/captures";
import { forAll } from "../core/repeatable";
import { withoutCarets } from "../rules/ruleTester";
import { everything, examples, replaced } from "./texts";

const FILE = "board.platform.jsonc";

describe("the fixes that are offered", () => {
  it("on the bad examples of the rules keep their promises, with a comment on every line and CRLF", () => {
    let count = 0;
    for (const rule of rules) {
      for (const { text } of rule.bad) count += assertFixes(commented(withoutCarets(text)).replaceAll("\n", "\r\n"));
    }
    assert.ok(count > 50, `${count} fixes`);
  });

  it("on the examples of machines keep their promises", () => {
    for (const text of [everything, ...examples.values()]) assertFixes(text);
  });

  it("on imported machines keep their promises", () => {
    for (const name of captureNames) assertFixes(importCapture(name).text);
  });

  it("on documents with random mistakes keep their promises", () => {
    let count = 0;
    forAll([replaced(everything)], (text) => (count += assertFixes(text, 12)) && undefined, 40);
    assert.ok(count > 100, `${count} fixes`);
  });

  it("may change the type of an entry that has no name, and that another finding is about", () => {
    const window = `{ "type": "mem32", "cpu": "0x42_0000_0000", "bus": "0xf000_0000", "size": "512M" }`;
    const text = `{ "platform": "board", "memory": [{ "name": "dram", "base": "0xe000_0000", "size": "1G" }], "pci": [{ "name": "pcie0", "msi": "none", "windows": [${window}] }] }`;
    const checked = checkText(FILE, text);
    assert.deepEqual(checked.findings.map(({ rule }) => rule), ["window-beyond-32-bits", "window-hides-memory-from-dma"]);
    assert.match(firstFix(checked, "window-beyond-32-bits")?.title ?? "", /^Make it a mem64 window$/);
  });

  it("leave nothing to fix of their kind when the first is applied again and again", () => {
    for (const rule of rules.filter((one) => one.hasFix)) {
      let checked = checkText(FILE, withoutCarets(rule.bad[0].text));
      for (let steps = 0; ; steps++) {
        const fix = firstFix(checked, rule.id);
        if (!fix) break;
        assert.ok(steps < 20, `${rule.id}: ${fix.title}`);
        checked = checkText(FILE, fix.text);
      }
    }
  });
});

/** Tries every fix of the first findings. Gives how many there were. */
function assertFixes(text: string, findings = Infinity): number {
  const checked = checkText(FILE, text);
  let count = 0;
  for (const finding of checked.findings.slice(0, findings)) {
    for (const fix of triedFixes(checked, finding)) {
      count++;
      assertKeepsPromises(checked, fix, `${finding.rule}: ${fix.title}, in\n${text}\nbecame\n${fix.text}`);
    }
  }
  return count;
}

function assertKeepsPromises(checked: CheckedFile, fix: TriedFix, what: string): void {
  const after = checkText(FILE, fix.text);
  assert.deepEqual(after.crashed.map((one) => one.rule), checked.crashed.map((one) => one.rule), what);
  assert.ok(after.findings.length < checked.findings.length, what);
  assert.ok(after.source.tree.faults.length <= checked.source.tree.faults.length, what);
  const kept = commentsOf(after);
  // A fix may mend a comment, but not lose one, unless it is a waiver that is to go.
  assert.equal(kept.length, commentsOf(checked).length - (what.startsWith("unused-waiver") ? 1 : 0), what);
  const changed = commentsOf(checked).filter((comment) => !kept.includes(comment));
  assert.ok(changed.length <= 1, what);
  assert.deepEqual(lineEndsOf(fix.text), lineEndsOf(checked.source.text), what);
}

function firstFix(checked: CheckedFile, rule: string): TriedFix | undefined {
  for (const finding of checked.findings) {
    const [first] = finding.rule === rule ? triedFixes(checked, finding) : [];
    if (first) return first;
  }
  return undefined;
}

/** The same document with a comment of its own at the end of each line, and one in front of each brace. */
function commented(text: string): string {
  let number = 0;
  return text.split("\n").map((line) => (line.includes("//") ? line : `${line} // note ${number++}`).replace(/^(\s*)\{(?=.)/, (_, blanks: string) => `${blanks}/* ${number++} */{`)).join("\n");
}

function commentsOf({ source }: CheckedFile): string[] {
  const { comments } = source.tree;
  return Array.from({ length: comments.length / 2 }, (_, index) => source.text.slice(comments[2 * index], comments[2 * index + 1]));
}

/** The kinds of line end, without those of a last line that a fix may have emptied. */
function lineEndsOf(text: string): string[] {
  return [...new Set(text.match(/\r\n|\r|\n/g))].sort();
}
