// Edits that arrange a text anew: sorted lists, other forms of a place, tidy literals, and the lines that differ between two texts. On every example.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Path } from "../../core/src/index";
import { extentsOf, fileTypes, jsonPointer, printRange } from "../../core/src/index";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { lineEdits } from "../../server/src/jsonc/lineEdits";
import { sortEdits } from "../../server/src/jsonc/sortList";
import { tidyLiteralEdits } from "../../server/src/jsonc/tidyLiterals";
import { checkText, type CheckedFile } from "../../server/src/workspace/check";
import { addressesIn } from "../../server/src/workspace/listOrder";
import { triedFormChanges } from "../../server/src/workspace/rewritings";
import { forAll } from "../core/repeatable";
import { everything, examples } from "./texts";

const FILE = "a.platform.jsonc";

describe("arranging a text", () => {
  for (const [name, text] of [...examples, ["everything", everything] as const]) {
    const checked = checkText(FILE, text);
    if (checked.kind !== "platform") continue;

    it(`sorts every list of ${name}, keeps every entry and comment, and twice is once`, () => {
      for (const list of lists(checked)) {
        const edits = sortEdits(checked.source, list, addressesIn(checked.source, checked.filePlan, list));
        const sorted = applyTextEdits(text, edits);
        assert.deepEqual(wordsOf(sorted), wordsOf(text), jsonPointer(list));
        const again = checkText(FILE, sorted);
        assert.deepEqual(again.source.tree.faults, [], jsonPointer(list));
        assert.deepEqual(sortEdits(again.source, list, addressesIn(again.source, again.filePlan, list)), []);
      }
    });

    it(`writes the literals of ${name} the usual way, and moves nothing`, () => {
      const tidy = applyTextEdits(text, tidyLiteralEdits(checked.source, fileTypes.platform));
      const after = checkText(FILE, tidy);
      assert.deepEqual(placesOf(after), placesOf(checked));
      assert.deepEqual(tidyLiteralEdits(after.source, fileTypes.platform), []);
    });
  }

  it("changes the form of places, and moves nothing", () => {
    const checked = checkText(FILE, everything);
    let changes = 0;
    for (const { entry } of extentsOf(checked.filePlan?.said)) {
      for (const { edits } of triedFormChanges(checked, entry)) {
        const after = checkText(FILE, applyTextEdits(everything, edits));
        assert.deepEqual(placesOf(after), placesOf(checked));
        assert.equal(after.source.tree.comments.length, checked.source.tree.comments.length);
        changes++;
      }
    }
    assert.ok(changes >= 10, `${changes} changes`);
  });

  it("makes one text of another by its lines", () => {
    const line = fc.constantFrom("a\n", "b\n", "c\n", "long line\n", "long like\n", "\n");
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("", "end", "a")).map(([lines, end]) => lines.join("") + end);
    forAll([text, text], (before, after) => assert.equal(applyTextEdits(before, lineEdits(before, after)), after), 2000);
  });

  it("leaves lines alone that did not change", () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
    const after = [...lines.slice(0, 10), "new\n", ...lines.slice(10, 500), "line five hundred\n", ...lines.slice(502)];
    const edits = lineEdits(lines.join(""), after.join(""));
    assert.deepEqual(edits.map(({ text }) => text), ["new\n", "five hundred"]);
  });
});

/** The paths of all lists of objects. */
function lists({ filePlan }: CheckedFile): Path[] {
  const found = new Map<string, Path>();
  for (const { entry } of extentsOf(filePlan?.said)) if (typeof entry.path.at(-1) === "number") found.set(jsonPointer(entry.path.slice(0, -1)), entry.path.slice(0, -1));
  return [...found.values()];
}

function placesOf({ filePlan }: CheckedFile): string[] {
  return [...extentsOf(filePlan?.said)].map(({ entry, extent }) => `${jsonPointer(entry.path)} ${extent.ranges.map(printRange).join(" ")}`);
}

/** Everything that is written but commas, in no order. */
function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).sort();
}
