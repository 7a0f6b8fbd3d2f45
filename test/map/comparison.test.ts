// What must hold of every picture of two maps, whatever they are: equal things stand level, what changed is marked, and nothing is told twice or left out.
import assert from "node:assert/strict";
import fc from "fast-check";
import { comparisonView, layoutComparison, printComparison } from "../../core/src/index";
import { COMPARED, comparisonOf, pairs } from "./comparisons";
import { example } from "./pictures";

const RUNS = { numRuns: 40, seed: 20_261 } as const;
const sample = comparisonOf(COMPARED[0], COMPARED[1]);

describe("two maps beside each other", () => {
  it("say of each region what has become of it", () => {
    const states = [...sample.regions].filter(([id]) => id.includes(":pa/")).map(([id, { state, items }]) => `${id.replace("/base", "")} ${state} ${items.join()}`);
    assert.deepEqual(states.filter((one) => !one.includes(" same ")), [
      "left:pa/doorbells/0 moved 7", "right:pa/doorbells/0 moved 7",
      "left:pa/devices/0 removed 1",
      "left:pa/devices/1 moved 2", "right:pa/devices/0 moved 2",
      "left:pa/devices/3 changed 4", "right:pa/devices/3 changed 4",
      "left:pa/pci/0/windows/0/cpu resized 8", "right:pa/pci/0/windows/0/cpu resized 8",
      "left:pa/reserved/0 resized 5", "right:pa/reserved/0 resized 5",
      "left:pa/reserved/1/range changed 6", "right:pa/reserved/1/range changed 6",
      "right:pa/devices/2 added 3",
    ]);
  });

  it("have equal things at one height, and higher addresses lower on both sides", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const maps = comparisonOf(before, after);
        const { lanes } = layoutComparison(maps);
        const rows = new Map(lanes.flatMap(({ rows: all }) => all.flatMap((row) => (row.row.kind === "region" ? [[row.row.region.id, row] as const] : []))));
        for (const [id, row] of rows) {
          const { state, partner } = maps.regions.get(id) ?? {};
          const other = state === "same" || state === "changed" ? rows.get(partner ?? "") : undefined;
          if (other && row.depth === 0 && other.depth === 0) assert.deepEqual([row.y, row.height], [other.y, other.height], id);
        }
      }),
      RUNS,
    );
  });

  it("show a thing on both sides or on neither, where there is too much to show all", () => {
    const maps = comparisonOf(example("hisilicon-d05"), example("hisilicon-d05-assign"));
    const { lanes } = layoutComparison(maps);
    const shown = new Set(lanes.flatMap(({ rows }) => rows.flatMap(({ row }) => (row.kind === "region" ? [row.region.id] : []))));
    const both = [...shown].filter((id) => maps.regions.get(id)?.partner !== undefined);
    assert.ok(both.length >= 14 && lanes.some(({ rows }) => rows.some(({ row }) => row.kind === "run")), `${both.length}`);
    assert.deepEqual(both.filter((id) => !shown.has(maps.regions.get(id)?.partner ?? "")), []);
  });

  it("have every region in exactly one row of the table, on its side", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 300, max: 2400 }), ([before, after], width) => {
        const maps = comparisonOf(before, after);
        const { rows, lanes } = comparisonView(maps, { width, budget: 2000 });
        const shown = new Set(lanes.filter(({ isShown }) => isShown).map(({ id }) => id));
        assert.ok(shown.size > 0);
        const cells = rows.flatMap(({ left, right }) => [left, right].flatMap((cell) => (cell && cell.fold === undefined ? [cell.id] : [])));
        assert.equal(new Set(cells).size, cells.length);
        for (const row of rows) assert.ok(row.left ?? row.right);
      }),
      RUNS,
    );
  });

  it("mark all that changed in the lanes that are shown, and keep marks apart", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const maps = comparisonOf(before, after);
        const { changeMarks, lanes } = layoutComparison(maps);
        const marked = new Set(changeMarks.flatMap(({ items }) => items));
        for (const { lane } of lanes) for (const { id } of lane.regions) for (const item of maps.regions.get(id)?.items ?? []) assert.ok(marked.has(item), id);
        changeMarks.forEach((a, index) => {
          for (const b of changeMarks.slice(index + 1)) assert.ok(Math.abs(a.y - b.y) >= 15.9 || a.x + a.width <= b.x || b.x + b.width <= a.x);
        });
      }),
      RUNS,
    );
  });

  it("show nothing as changed when nothing is", () => {
    fc.assert(
      fc.property(pairs, ([text]) => {
        const maps = comparisonOf(text, text);
        assert.deepEqual([...maps.regions.values()].filter(({ state }) => state !== "same"), []);
        const { changed, bands, changeMarks } = layoutComparison(maps);
        assert.deepEqual([changed, bands, changeMarks], [[], [], []]);
      }),
      RUNS,
    );
  });

  it("are the other way round when the two are exchanged", () => {
    const turned = comparisonOf(COMPARED[1], COMPARED[0]);
    const count = (state: string): number => [...sample.regions.values()].filter((one) => one.state === state).length;
    const other = (state: string): number => [...turned.regions.values()].filter((one) => one.state === state).length;
    assert.deepEqual(["added", "removed", "moved", "resized", "changed"].map(count), ["removed", "added", "moved", "resized", "changed"].map(other));
  });

  it("are the same bytes each time, with the sentences as text and nothing that a viewer could run", () => {
    const svg = printComparison(sample, COMPARED[2]);
    assert.equal(printComparison(comparisonOf(COMPARED[0], COMPARED[1]), COMPARED[2]), svg);
    assert.doesNotMatch(svg, /var\(|<script|href=|@import|url\((?!#pm-)/);
    const hostile = COMPARED[1].replace('"board"', '"</text><script>alert(1)</script>\\u202e"');
    const answer = printComparison(comparisonOf(COMPARED[0], hostile), { before: "<b>", after: "&lt;\u202e" });
    assert.doesNotMatch(answer, /<script|<b>|\u202e/);
  });
});
