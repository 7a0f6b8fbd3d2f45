// Free stretches, found by size and by place, against the plain way: a list that is filtered and sorted.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange } from "../../core/src/index";
import { address, compareRanges, FreeStretches, freePlaces, sizeOf } from "../../core/src/index";
import { forAll } from "../core/repeatable";

type Range = AddressRange<"pa">;

const range = (base: bigint, end: bigint): Range => ({ base: address(base), end: address(end) });
const text = (ranges: Iterable<Range>): string[] => [...ranges].map(({ base, end }) => `${base.toString(16)}-${end.toString(16)}`);

// Small numbers, so that all cases come up, from where doubles end.
const FROM = BigInt(Number.MAX_SAFE_INTEGER) - 20n;
const someRange = fc.tuple(fc.bigInt(0n, 60n), fc.bigInt(1n, 8n)).map(([base, size]) => range(FROM + base, FROM + base + size));

describe("free stretches", () => {
  it("are found as a list of them would tell, also when more is free", () => {
    forAll([fc.array(someRange, { maxLength: 9 }), fc.array(someRange, { maxLength: 3 }), fc.bigInt(0n, 9n), fc.bigInt(0n, 68n)], (first, more, size, place) => {
      let free = FreeStretches.of(merged(first));
      for (const one of more) free = free.with(one);
      const plain = merged([...first, ...more]);
      assert.deepEqual(text(free.ranges), text(plain));
      assert.deepEqual(text(free.smallestFirst(size)), text(plain.filter((one) => sizeOf(one) >= size).sort(bySize)));
      assert.deepEqual(text(free.largestFirst()), text([...plain].sort((a, b) => Number(sizeOf(b) - sizeOf(a)) || compareRanges(a, b))));
      assert.deepEqual(free.holding(FROM + place), plain.find((one) => one.base <= FROM + place && FROM + place < one.end));
    });
  });

  it("keep the order of sizes that differ by less than a double can say", () => {
    const [large, larger] = [range(0n, 1n << 60n), range((1n << 60n) + 1n, (1n << 61n) + 2n)];
    const free = FreeStretches.of([large, larger]);
    assert.deepEqual([...free.largestFirst()], [larger, large]);
    assert.deepEqual([...free.smallestFirst(0n)], [large, larger]);
  });

  it("give the places that waste least, and none that is not aligned", () => {
    const free = FreeStretches.of([range(0x1800n, 0x3800n), range(0x5000n, 0x6000n), range(0x9000n, 0xb000n)]);
    const places = freePlaces({ free, alignment: () => 0x1000n }, 0x1000n, 4);
    assert.deepEqual(places.map(({ base, end }) => `${base.toString(16)} ${end}`), ["5000 lower", "2000 lower", "9000 lower", "a000 upper"]);
  });
});

/** Ranges that touch are one. */
function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const one of [...ranges].sort(compareRanges)) {
    const last = result.at(-1);
    if (last && one.base <= last.end) result[result.length - 1] = range(last.base, one.end > last.end ? one.end : last.end);
    else result.push(one);
  }
  return result;
}

function bySize(a: Range, b: Range): number {
  return Number(sizeOf(a) - sizeOf(b)) || compareRanges(a, b);
}
