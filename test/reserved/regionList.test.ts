// The kernel's rule for its list of reserved regions (domain.md 1.3), in words and held against a list that is made byte by byte.
import assert from "node:assert/strict";
import fc from "fast-check";
import { address } from "../../core/src/index";
import type { RegionKind, ReservedRegion } from "../../core/src/plan/reserved/regionList";
import { kernelList, REGION_KINDS } from "../../core/src/plan/reserved/regionList";

function region(base: number, end: number, kind: RegionKind, because = "a"): ReservedRegion {
  return { range: { base: address(BigInt(base)), end: address(BigInt(end)) }, kind, because: [because] };
}

function printed(regions: readonly ReservedRegion[]): string[] {
  return regions.map(({ range, kind }) => `${range.base}-${range.end} ${kind}`);
}

describe("the kernel's list of reserved regions", () => {
  it("merges regions of one kind that overlap or adjoin, and keeps their reasons", () => {
    const list = kernelList([region(4, 8, "direct", "b"), region(0, 4, "direct", "a"), region(6, 9, "direct", "b")]);
    assert.deepEqual(printed(list), ["0-9 direct"]);
    assert.deepEqual(list[0]?.because, ["a", "b"]);
  });

  it("keeps a gap of one byte", () => assert.deepEqual(printed(kernelList([region(0, 4, "msi"), region(5, 8, "msi")])), ["0-4 msi", "5-8 msi"]));

  it("does not merge kinds, the two that are both called msi included", () => {
    const list = kernelList([region(0, 8, "software-msi"), region(0, 8, "msi"), region(0, 8, "direct-relaxable")]);
    assert.deepEqual(printed(list), ["0-8 direct-relaxable", "0-8 msi", "0-8 software-msi"]);
  });

  it("holds the same bytes of each kind, sorted, in fewest pieces, whatever the order", () => {
    const any = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 }), fc.constantFrom(...REGION_KINDS)).map(([base, size, kind]) => region(base, base + size, kind));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (regions) => {
        const list = kernelList(regions);
        for (const kind of REGION_KINDS) {
          const bytes = (of: readonly ReservedRegion[]): boolean[] =>
            Array.from({ length: 60 }, (_, at) => of.some((one) => one.kind === kind && one.range.base <= BigInt(at) && BigInt(at) < one.range.end));
          assert.deepEqual(bytes(list), bytes(regions));
          const pieces = list.filter((one) => one.kind === kind);
          pieces.forEach((one, index) => assert.ok(index === 0 || (pieces[index - 1] as ReservedRegion).range.end < one.range.base));
        }
        list.forEach((one, index) => assert.ok(index === 0 || (list[index - 1] as ReservedRegion).range.base <= one.range.base));
        assert.deepEqual(printed(kernelList([...regions].reverse())), printed(list));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
