// A new layout against every other choice: no fewer entries could move, and none of as many with fewer bytes; what is moved overlaps nothing.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Plan } from "../../core/src/index";
import { relayout, sizeOf } from "../../core/src/index";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { checkText } from "../../server/src/workspace/check";
import { triedLayout } from "../../server/src/workspace/triedLayout";
import { forAll } from "../core/repeatable";

const FILE = "a.platform.jsonc";
interface Region {
  readonly base: number;
  readonly pages: number;
}

/** Devices on a few pages, so that many overlap. */
const regions: fc.Arbitrary<Region[]> = fc.array(fc.record({ base: fc.nat(12), pages: fc.constantFrom(1, 1, 2, 3) }), { minLength: 2, maxLength: 7 });

function textOf(all: readonly Region[]): string {
  const lines = all.map(({ base, pages }, index) => `    { "name": "d${index}", "base": "0x${(base * 4096).toString(16)}", "size": "${pages * 4}K" }, // ${index}\n`);
  return `{\n  "platform": "p", "physicalAddressBits": 32,\n  "devices": [\n${lines.join("")}  ],\n}\n`;
}

function planOf(text: string): Plan {
  const { plan } = checkText(FILE, text);
  assert.ok(plan);
  return plan;
}

/** The fewest entries, and of those choices the fewest bytes, by trying them all. */
function cheapest(plan: Plan): readonly [count: number, bytes: bigint] | undefined {
  const all = plan.physical.occupants;
  const pairs = plan.overlaps.overlaps.map(({ earlier, later }) => [all.indexOf(earlier as never), all.indexOf(later as never)] as const);
  let best: readonly [number, bigint] | undefined;
  for (let chosen = 0; chosen < 1 << all.length; chosen++) {
    if (!pairs.every(([a, b]) => (chosen & (1 << a)) !== 0 || (chosen & (1 << b)) !== 0)) continue;
    const moved = all.filter((_, index) => (chosen & (1 << index)) !== 0);
    const cost = [moved.length, moved.reduce((sum, one) => sum + sizeOf(one.range), 0n)] as const;
    if (!best || cost[0] < best[0] || (cost[0] === best[0] && cost[1] < best[1])) best = cost;
  }
  return best;
}

describe("a new layout", () => {
  it("moves as few entries as can be, and of those choices the fewest bytes", () => {
    forAll([regions], (all) => {
      const plan = planOf(textOf(all));
      const moves = relayout(plan)?.moves ?? [];
      assert.deepEqual([moves.length, moves.reduce((sum, { to }) => sum + sizeOf(to), 0n)], cheapest(plan));
    }, 200);
  });

  it("leaves nothing that overlaps, every comment, and everything else where it was", () => {
    forAll([regions], (all) => {
      const text = textOf(all);
      const checked = checkText(FILE, text);
      if (checked.plan?.overlaps.overlaps.length === 0) return;
      const layout = triedLayout(checked, {});
      assert.ok(layout, text);
      const after = applyTextEdits(text, layout.edits);
      assert.deepEqual(planOf(after).overlaps.overlaps, []);
      assert.deepEqual(after.match(/\/\/ \d/g), text.match(/\/\/ \d/g));
      assert.equal(after.split("\n").filter((line, index) => line !== text.split("\n")[index]).length, relayout(checked.plan as Plan)?.moves.length);
    }, 200);
  });

  const around = (more: string): string => `{ "platform": "p", "physicalAddressBits": 32, "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }], ${more} }`;
  const said = (text: string): string | undefined => triedLayout(checkText(FILE, text), {})?.title;

  it("moves devices off memory, since memory is fixed", () => {
    assert.equal(said(around(`"devices": [{ "name": "a", "base": "0x8000_0000", "size": "4K" }, { "name": "b", "base": "0xbfff_f000", "size": "4K" }]`)), "Lay out anew: move a to 0x7fff_f000 and b to 0xc000_0000");
  });

  it("keeps reservations in memory, and out of each other's way", () => {
    const text = around(`"reserved": [{ "name": "a", "base": "0xbfe0_0000", "size": "2M" }, { "name": "b", "base": "0xbff0_0000", "size": "1M" }]`);
    assert.equal(said(text), "Lay out anew: move b to 0xbfd0_0000");
  });

  it("does not move what has parts, nor what is worked out", () => {
    const text = around(`"devices": [{ "name": "soc", "base": "0x1000_0000", "size": "64K" }, { "name": "part", "base": "0x1000_0000", "size": "4K", "in": "soc" },
      { "name": "next", "base": "soc.next - 4K", "size": "4K" }, { "name": "b", "base": "0x1000_8000", "size": "8K" }]`);
    assert.equal(said(text), "Lay out anew: move b to 0x1001_0000");
  });

  it("names what neither side of can move, and leaves what is allowed", () => {
    const two = `"pci": [{ "name": "p0", "windows": [{ "type": "mem32", "cpu": "0x4000_0000", "size": "1M" }] }, { "name": "p1", "windows": [{ "type": "mem32", "cpu": "0x4000_0000", "size": "1M" }] }]`;
    const blocked = triedLayout(checkText(FILE, around(`"devices": [{ "name": "a", "base": "0x4000_0000", "size": "4K" }], ${two}`)), {});
    assert.equal(blocked?.title, "Lay out anew: move a to 0x3fff_f000");
    assert.match(blocked?.details.at(-1) ?? "", /still overlap: neither can move$/);
    const allowed = around(`"devices": [{ "name": "a", "base": "0x0", "size": "8K" },\n// platmap allow overlapping-regions: as in the manual\n{ "name": "b", "base": "0x1000", "size": "8K" }]`);
    assert.equal(said(allowed), undefined);
  });
});
