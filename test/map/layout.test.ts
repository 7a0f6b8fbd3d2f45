// What must hold of every layout, whatever is described: all of it is there, nothing lies over anything else, and the same is the same.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Label, LaneLayout, LayoutOptions, MapLayout, MapRow, RowLayout } from "../../core/src/index";
import { contains, layoutMap, overlaps, printPicture } from "../../core/src/index";
import { descriptions, manyDevices, mapOf } from "./descriptions";

const RUNS = { numRuns: 60, seed: 20_261 } as const;

/** How a layout may be asked for. */
const options: fc.Arbitrary<LayoutOptions> = fc.record(
  { budget: fc.integer({ min: 4, max: 60 }), width: fc.integer({ min: 300, max: 1400 }) },
  { requiredKeys: [] },
);

function forEachLayout(check: (layout: MapLayout, lanes: readonly LaneLayout[]) => void): void {
  fc.assert(
    fc.property(descriptions, options, (text, asked) => {
      const layout = layoutMap(mapOf(text), asked);
      check(layout, layout.lanes);
    }),
    RUNS,
  );
}

describe("a layout", () => {
  it("has every region of its lanes exactly once: as a box, inside a box, or in a run", () => {
    forEachLayout((_, lanes) => {
      for (const { lane, rows } of lanes) {
        const shown = rows.flatMap(({ row }) => (row.kind === "run" ? row.regions : [row.region, ...row.hidden]));
        assert.deepEqual(shown.map(({ id }) => id).sort(), lane.regions.map(({ id }) => id).sort());
      }
    });
  });

  it("puts higher addresses lower, at one height in all lanes", () => {
    forEachLayout(({ scale }, lanes) => {
      const addresses = [...new Set(lanes.flatMap(({ lane }) => lane.regions.flatMap(({ range }) => [range.base as bigint, range.end as bigint])))];
      addresses.sort((a, b) => (a < b ? -1 : 1));
      const heights = addresses.map((address) => scale.y(address));
      heights.slice(1).forEach((y, index) => assert.ok(y >= (heights[index] as number), `${addresses[index + 1]}`));
      for (const { rows } of lanes) {
        for (const { row, y, depth } of rows) if (depth === 0) assert.equal(y, scale.y(rangeOf(row).base));
      }
    });
  });

  it("gives every box room for its text, and none lies over another that does not hold it", () => {
    forEachLayout((_, lanes) => {
      for (const { rows } of lanes) {
        for (const row of rows) assert.ok(row.height >= 17.9 && row.width > 0, describeRow(row));
        for (const [a, b] of pairs(rows)) {
          if (touch(a, b)) assert.ok(isInside(b, a) || isInside(a, b), `${describeRow(a)} and ${describeRow(b)}`);
        }
      }
    });
  });

  it("nests only what lies inside, and shows side by side what overlaps", () => {
    forEachLayout((_, lanes) => {
      for (const { rows } of lanes) {
        for (const { row } of rows) {
          if (row.kind === "region") for (const child of row.children) assert.ok(contains(row.region.range, rangeOf(child)));
        }
        const roots = rows.filter(({ depth }) => depth === 0);
        for (const [a, b] of pairs(roots)) if (overlaps(rangeOf(a.row), rangeOf(b.row))) assert.notEqual(a.row.column, b.row.column);
      }
    });
  });

  it("keeps addresses, names and sizes apart", () => {
    forEachLayout((_, lanes) => {
      for (const { addresses, rows, gaps } of lanes) {
        for (const [a, b] of pairs(addresses)) assert.ok(Math.abs(a.y - b.y) >= 10.9, `${a.text} and ${b.text}`);
        const texts = [...rows.flatMap(({ labels }) => labels), ...gaps.flatMap(({ label }) => label ?? [])].map(boxOf);
        for (const [a, b] of pairs(texts)) assert.ok(!touch(a, b), `${a.text} and ${b.text}`);
      }
    });
  });

  it("keeps marks apart, and has one for each finding that it tells of", () => {
    forEachLayout(({ marks, findings }) => {
      for (const [a, b] of pairs(marks)) assert.ok(Math.abs(a.x - b.x) >= 15.9 || Math.abs(a.y - b.y) >= 15.9);
      assert.deepEqual(findings.map(({ number }) => number), [...new Set(marks.flatMap((mark) => mark.findings.map(({ number }) => number)))].sort((a, b) => a - b));
    });
  });

  it("cuts the scale only where no lane has anything", () => {
    forEachLayout(({ scale }, lanes) => {
      for (const cut of scale.breaks) {
        for (const { lane } of lanes) assert.ok(!lane.regions.some(({ range }) => range.base < cut.end && cut.base < range.end));
      }
    });
  });

  it("is the same bytes each time", () => {
    fc.assert(fc.property(descriptions, (text) => printPicture(mapOf(text)) === printPicture(mapOf(text))), { ...RUNS, numRuns: 20 });
  });

  it("does not depend on the order of the description, but for ties", () => {
    const text = manyDevices(200);
    const turned = JSON.parse(text) as { devices: object[] };
    turned.devices.reverse();
    const heights = (map: MapLayout): unknown => map.lanes.map(({ rows }) => rows.map(({ row, y }) => [rangeOf(row).base, y]));
    assert.deepEqual(heights(layoutMap(mapOf(JSON.stringify(turned)))), heights(layoutMap(mapOf(text))));
  });
});

describe("two thousand regions", () => {
  const model = mapOf(manyDevices(2000));

  it("take some thirty rows, up to the top of 64 bits, and keep what is looked for", () => {
    const [lane] = layoutMap(model).lanes;
    assert.ok(lane && lane.rows.length <= 40 && lane.rows.length >= 20, `${lane?.rows.length}`);
    const shown = lane.rows.flatMap(({ row }) => (row.kind === "region" ? [row.region.name] : []));
    for (const name of ["dram", "v2m0", "last"]) assert.ok(shown.includes(name), name);
    assert.equal(lane.limit?.text, "64-bit limit");
  });

  it("unfold run by run, down to each of them", () => {
    const opened = new Set<string>();
    for (let depth = 0; depth < 6; depth++) {
      const runs = layoutMap(model, { opened }).lanes.flatMap(({ rows }) => rows.flatMap(({ row }) => (row.kind === "run" ? [row.id] : [])));
      if (runs.length === 0) break;
      runs.forEach((id) => opened.add(id));
    }
    const rows = layoutMap(model, { opened }).lanes.flatMap((lane) => lane.rows);
    assert.ok(rows.every(({ row }) => row.kind === "region"));
    assert.ok(rows.length > 2000);
  });

  it("show one that is selected, and those that match a filter", () => {
    const wanted = model.lanes[0]?.regions.find(({ name }) => name === "dev1234");
    const selected = layoutMap(model, { selected: new Set([wanted?.id ?? ""]) });
    assert.ok(selected.lanes[0]?.rows.some(({ row }) => row.kind === "region" && row.region === wanted));
    const filtered = layoutMap(model, { matches: ({ name }) => name.startsWith("dev77") });
    const names = filtered.lanes[0]?.rows.flatMap(({ row }) => (row.kind === "region" ? [row.region.name] : [])) ?? [];
    assert.deepEqual(names, ["dev77", "dev770", "dev771", "dev772", "dev773", "dev774", "dev775", "dev776", "dev777", "dev778", "dev779"]);
  });
});

function rangeOf(row: MapRow): { base: bigint; end: bigint } & Parameters<typeof overlaps>[0] {
  return row.kind === "run" ? row.range : row.region.range;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** True when two share more than an edge. */
function touch(a: Rectangle, b: Rectangle): boolean {
  const slack = 0.2;
  return a.x + slack < b.x + b.width && b.x + slack < a.x + a.width && a.y + slack < b.y + b.height && b.y + slack < a.y + a.height;
}

function isInside(inner: RowLayout, outer: RowLayout): boolean {
  const slack = 0.2;
  return (
    inner.depth > outer.depth &&
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  );
}

/** As much as the letters take: capitals and digits, above the baseline. */
function boxOf({ text, x, y, anchor, role }: Label): Rectangle & { readonly text: string } {
  const fontSize = role === "name" ? 11 : 10;
  const width = text.length * fontSize * 0.6;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { text, x: left, y: y - fontSize * 0.72, width, height: fontSize * 0.72 };
}

function describeRow({ row, x, y, width, height }: RowLayout): string {
  return `${row.kind === "run" ? row.id : row.region.id} at ${x} ${y} ${width} ${height}`;
}

function pairs<T>(all: readonly T[]): (readonly [T, T])[] {
  return all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b] as const));
}
