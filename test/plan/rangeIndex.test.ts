// Which ranges share bytes with another one, held against looking at each of them.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange } from "../../core/src/address";
import { address, overlaps } from "../../core/src/address";
import { AddressMap } from "../../core/src/plan/addressMap";
import type { Occupant } from "../../core/src/plan/addressMap";
import { RangeIndex } from "../../core/src/plan/rangeIndex";
import { forAll } from "../core/repeatable";

const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 })).map(([base, size]): AddressRange<"pa"> => ({ base: address<"pa">(BigInt(base)), end: address<"pa">(BigInt(base + size)) }));

describe("what lies at a range", () => {
  it("is what shares a byte with it, in an index and in a map", () => {
    forAll([fc.array(range, { maxLength: 12 }), range], (ranges, asked) => {
      const items = ranges.map((one, order) => ({ range: one, order }));
      const wanted = items.filter((one) => overlaps(one.range, asked));
      assert.deepEqual(new RangeIndex<"pa", (typeof items)[number]>(items).overlapping(asked), wanted);
      const map = new AddressMap("pa", "a map", items as unknown as Occupant<"pa">[]);
      assert.deepEqual(map.at(asked), map.occupants.filter((one) => overlaps(one.range, asked)));
    });
  });

  it("has neighbours: what ends highest below it, and what begins first above", () => {
    forAll([fc.array(range, { maxLength: 12 }), range], (ranges, { base, end }) => {
      const map = new AddressMap("pa", "a map", ranges.map((one, order) => ({ range: one, order })) as unknown as Occupant<"pa">[]);
      const below = map.occupants.filter((one) => one.range.end <= base);
      const highest = below.reduce<Occupant<"pa"> | undefined>((best, one) => (best && best.range.end >= one.range.end ? best : one), undefined);
      assert.equal(map.lastEndingBy(base), highest);
      assert.equal(map.firstBeginningFrom(end), map.occupants.find((one) => one.range.base >= end));
    });
  });
});
