// Ranges of one space: what holds for all of them, and what happens at the top of the space.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Address, AddressRange } from "../../core/src/index";
import {
  address, ADDRESS_LIMIT, alignDown, alignmentOf, alignUp, compareRanges, contains, intersection, isPowerOfTwo, lastOf, overlaps, rangeOfSize, rangeTo, sameRange, sizeOf,
} from "../../core/src/index";
import { below, forAll } from "./repeatable";

type Range = AddressRange<"pa">;
const TOP = ADDRESS_LIMIT - 1n;

/** Ranges that meet each other often: their ends are of few numbers, at both ends of the space. */
const end = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: ADDRESS_LIMIT - 12n, max: ADDRESS_LIMIT }), below(64));
const range = fc.tuple(end, end).filter(([a, b]) => a !== b).map(([a, b]) => made(a < b ? a : b, a < b ? b : a));
const alignment = fc.oneof(fc.integer({ min: 0, max: 63 }).map((power) => 1n << BigInt(power)), fc.bigInt({ min: 1n, max: 10_000n }));

describe("a range", () => {
  it("is half-open, never empty, and ends at 2^64 at most", () => {
    assert.deepEqual(rangeTo(at(0n), at(ADDRESS_LIMIT)), { base: 0n, end: ADDRESS_LIMIT });
    assert.deepEqual(rangeOfSize(at(TOP), 1n), { base: TOP, end: ADDRESS_LIMIT });
    assert.equal(rangeOfSize(at(TOP), 2n), undefined);
    assert.equal(rangeTo(at(5n), at(5n)), undefined);
    assert.equal(rangeTo(at(6n), at(5n)), undefined);
    assert.equal(rangeTo(at(-1n), at(5n)), undefined);
  });

  it("has as many bytes as its size says, the last one inclusive", () => {
    forAll([range], (one) => {
      assert.equal(lastOf(one), one.base + sizeOf(one) - 1n);
      assert.deepEqual(rangeOfSize(one.base, sizeOf(one)), one);
    });
  });

  it("reaches the top of the space and no further", () => {
    assert.equal(lastOf(made(0n, ADDRESS_LIMIT)), TOP);
    assert.equal(sizeOf(made(0n, ADDRESS_LIMIT)), ADDRESS_LIMIT);
  });
});

describe("two ranges", () => {
  it("overlap exactly when they have an intersection, whichever comes first", () => {
    forAll([range, range], (a, b) => {
      assert.equal(overlaps(a, b), intersection(a, b) !== undefined);
      assert.deepEqual(intersection(a, b), intersection(b, a));
    });
  });

  it("share the bytes that both hold, and no other", () => {
    forAll([range, range, end], (a, b, byte) => {
      const shared = intersection(a, b);
      assert.equal(shared !== undefined && holds(shared, byte), holds(a, byte) && holds(b, byte));
    });
  });

  it("contain each other only when they are the same", () => {
    forAll([range, range], (a, b) => {
      assert.equal(contains(a, b), intersection(a, b)?.base === b.base && intersection(a, b)?.end === b.end);
      assert.equal(contains(a, b) && contains(b, a), sameRange(a, b));
    });
  });

  it("do not overlap when one begins where the other ends", () => {
    assert.equal(overlaps(made(0n, 4n), made(4n, 8n)), false);
    assert.equal(intersection(made(0n, ADDRESS_LIMIT), made(TOP, ADDRESS_LIMIT))?.base, TOP);
  });

  it("are in order by base, the container before what it contains", () => {
    forAll([range, range], (a, b) => {
      assert.ok(compareRanges(a, b) === -compareRanges(b, a));
      if (contains(a, b) && !sameRange(a, b)) assert.ok(a.base < b.base || compareRanges(a, b) < 0);
    });
  });
});

describe("aligning", () => {
  it("goes to the nearest multiple above and below", () => {
    forAll([below(64), alignment], (value, step) => {
      const [down, up] = [alignDown(at(value), step), alignUp(at(value), step)];
      assert.ok(down <= value && value <= up && up - down <= step);
      assert.deepEqual([down % step, up % step], [0n, 0n]);
      assert.equal(up === down, value % step === 0n);
    });
  });

  it("is exact at the top of the space", () => {
    assert.equal(alignDown(at(TOP), 0x1000n), 0xffff_ffff_ffff_f000n);
    assert.equal(alignUp(at(TOP), 0x1000n), ADDRESS_LIMIT);
  });

  it("knows what a value is aligned to", () => {
    forAll([below(64)], (value) => {
      const power = alignmentOf(value);
      assert.ok(isPowerOfTwo(power) && value % power === 0n && (value === 0n || value % (power * 2n) !== 0n));
    });
    assert.deepEqual([0n, 1n, 3n, 4n, ADDRESS_LIMIT].map(isPowerOfTwo), [false, true, false, true, true]);
  });
});

function at(value: bigint): Address<"pa"> {
  return address<"pa">(value);
}

function made(base: bigint, after: bigint): Range {
  return { base: at(base), end: at(after) };
}

function holds(one: Range, byte: bigint): boolean {
  return one.base <= byte && byte < one.end;
}
