// The address map against the plainest way to work out the same: byte by byte, on small maps.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange, Anchor, Occupant } from "../../core/src/index";
import { address, ADDRESS_LIMIT, AddressMap, fileId } from "../../core/src/index";
import { forAll } from "./repeatable";

const BYTES = 40;
/** Small maps at the bottom of the space, and the same at its top. */
const floor = fc.constantFrom(0n, 1n << 32n, ADDRESS_LIMIT - BigInt(BYTES));
const spans = fc.array(fc.tuple(fc.nat(BYTES - 1), fc.nat(12)), { maxLength: 12 });
const size = fc.integer({ min: 1, max: 10 });
const alignment = fc.constantFrom(1, 2, 3, 4, 8, 16);

describe("an address map", () => {
  it("finds every pair that shares a byte, once, the one with the lower base first", () => {
    forAll([floor, spans], (low, ends) => {
      const occupants = occupy(low, ends);
      const expected: string[] = [];
      for (const a of occupants) for (const b of occupants) if (a.order < b.order && bytes(a.range).some((byte) => bytes(b.range).includes(byte))) expected.push(`${a.order} ${b.order}`);
      const found = [...mapOf(occupants).pairs()].map(({ lower, upper }) => {
        assert.ok(lower.range.base < upper.range.base || (lower.range.base === upper.range.base && lower.range.end >= upper.range.end));
        return [lower.order, upper.order].sort((a, b) => a - b).join(" ");
      });
      assert.deepEqual(found.sort(), expected.sort());
    });
  });

  it("knows who holds a byte of a range", () => {
    forAll([floor, spans, fc.nat(BYTES - 1), size], (low, ends, from, length) => {
      const occupants = occupy(low, ends);
      const range = rangeFrom(low, from, length);
      const expected = occupants.filter((one) => bytes(one.range).some((byte) => bytes(range).includes(byte)));
      assert.deepEqual(mapOf(occupants).at(range).map((one) => one.order).sort(), expected.map((one) => one.order).sort());
    });
  });

  it("finds the gaps: every byte that nobody holds, in as few ranges as there can be", () => {
    forAll([floor, spans, fc.nat(BYTES - 1), size, fc.nat(11)], (low, ends, from, length, ignored) => {
      const occupants = occupy(low, ends);
      const within = rangeFrom(low, from, length * 3);
      const others = occupants.filter((one) => one.order !== ignored);
      const gaps = mapOf(occupants).gaps(within, (one) => one.order === ignored);
      assert.deepEqual(gaps.flatMap(bytes), bytes(within).filter((byte) => !others.some((one) => bytes(one.range).includes(byte))));
      for (let i = 1; i < gaps.length; i++) assert.ok((gaps[i - 1] as AddressRange<"pa">).end < (gaps[i] as AddressRange<"pa">).base);
    });
  });

  it("gives the lowest free place", () => {
    forAll([floor, spans, size, alignment], (low, ends, length, step) => {
      const occupants = occupy(low, ends);
      const expected = freePlaces(low, occupants, length, step)[0];
      assert.equal(mapOf(occupants).firstFit(BigInt(length), BigInt(step), rangeFrom(low, 0, BYTES)), expected);
    });
  });

  it("gives the free place that is nearest, of two the lower", () => {
    forAll([floor, spans, size, alignment, fc.nat(BYTES + 10)], (low, ends, length, step, wish) => {
      const occupants = occupy(low, ends);
      const wanted = low + BigInt(wish) < ADDRESS_LIMIT ? low + BigInt(wish) : ADDRESS_LIMIT - 1n;
      const away = (place: bigint): bigint => (place < wanted ? wanted - place : place - wanted);
      const expected = freePlaces(low, occupants, length, step).reduce<bigint | undefined>((best, place) => (best === undefined || away(place) < away(best) ? place : best), undefined);
      const found = mapOf(occupants).nearestFit(address(wanted), BigInt(length), BigInt(step), rangeFrom(low, 0, BYTES));
      assert.equal(found, expected);
    });
  });

  it("ends the search in ranges that are nested deeply, and says so", () => {
    const nested = occupy(0n, Array.from({ length: 100_000 }, (_, depth) => [depth, 200_000 - 2 * depth] as const));
    let count = 0;
    const pairs = mapOf(nested).pairs();
    let next = pairs.next();
    for (; next.done !== true; next = pairs.next()) count++;
    assert.equal(next.value, true);
    assert.equal(count, 1000 + 16 * nested.length);
  });

  it("does not say so when it has seen them all", () => {
    const pairs = mapOf(occupy(0n, [[0, 4], [1, 4], [2, 4]])).pairs(3);
    assert.deepEqual([pairs.next().done, pairs.next().done, pairs.next().done], [false, false, false]);
    assert.deepEqual(pairs.next(), { done: true, value: false });
  });
});

function occupy(low: bigint, ends: readonly (readonly [from: number, length: number])[]): Occupant<"pa">[] {
  const anchor: Anchor = { file: fileId("board.platform.jsonc"), path: [], part: "value" };
  return ends.map(([from, length], order) => {
    const range = rangeFrom(low, from, length + 1);
    return { range, role: "device", name: `d${order}`, entry: anchor, at: anchor, extent: { ranges: [range], form: "base-size", at: anchor }, order };
  });
}

function rangeFrom(low: bigint, from: number, length: number): AddressRange<"pa"> {
  const base = low + BigInt(from);
  const end = base + BigInt(length);
  return { base: address(base), end: address(end < ADDRESS_LIMIT ? end : ADDRESS_LIMIT) };
}

function mapOf(occupants: readonly Occupant<"pa">[]): AddressMap<"pa"> {
  return new AddressMap("pa", "the physical map", occupants);
}

function bytes(range: AddressRange<"pa">): bigint[] {
  return Array.from({ length: Number(range.end - range.base) }, (_, index) => range.base + BigInt(index));
}

/** Multiples of the alignment from which so many bytes are free, upward. */
function freePlaces(low: bigint, occupants: readonly Occupant<"pa">[], length: number, step: number): bigint[] {
  const taken = new Set(occupants.flatMap((one) => bytes(one.range)));
  const isFree = (place: bigint): boolean => Array.from({ length }, (_, index) => place + BigInt(index)).every((byte) => !taken.has(byte) && byte < low + BigInt(BYTES));
  return bytes(rangeFrom(low, 0, BYTES)).filter((place) => place % BigInt(step) === 0n && isFree(place));
}
