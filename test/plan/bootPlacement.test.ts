// Places for reservations that have none yet, against trying every byte of a small memory in turn.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange } from "../../core/src/index";
import { address } from "../../core/src/index";
import { highestPlace, largestPlace, placeAtBoot, stretched } from "../../core/src/plan/bootPlacement";
import { RangeSet } from "../../core/src/plan/rangeSet";
import { checkText } from "../../server/src/workspace/check";
import { forAll } from "../core/repeatable";

type Range = AddressRange<"pa">;
const LIMIT = 32n;

const byte = fc.bigInt({ min: 0n, max: LIMIT });
const range = fc.tuple(byte, byte).filter(([a, b]) => a !== b).map(([a, b]) => made(a < b ? a : b, a < b ? b : a));
const free = fc.array(range, { maxLength: 4 }).map((ranges) => new RangeSet(ranges).ranges);
const within = fc.option(fc.array(range, { minLength: 1, maxLength: 3 }), { nil: undefined });
const size = fc.bigInt({ min: 1n, max: 12n });
const alignment = fc.bigInt({ min: 1n, max: 6n });

describe("a place for what is placed at boot", () => {
  it("is the highest that is free, aligned and in the first range that has one", () => {
    forAll([free, within, size, alignment], (runs, allowed, bytes, multiple) => {
      const found = highestPlace(runs, allowed, bytes, multiple);
      assert.equal(found?.base, highestByTrial(runs, allowed, bytes, multiple));
    });
  });

  it("has at most the size that is called the largest, when sizes are multiples of the alignment", () => {
    forAll([free, within, alignment], (runs, allowed, multiple) => {
      const largest = largestPlace(runs, allowed, multiple);
      if (largest > 0n) assert.notEqual(highestByTrial(runs, allowed, largest, multiple), undefined);
      assert.equal(highestByTrial(runs, allowed, largest + multiple, multiple), undefined);
    });
  });

  it("is brought into a range by growing it as little as will do", () => {
    forAll([range, free, size, alignment], (allowed, runs, bytes, multiple) => {
      const grown = stretched(allowed, runs, bytes, multiple);
      const least = leastByTrial(allowed, runs, bytes, multiple);
      assert.equal(grown && grown.end - grown.base, least);
      if (!grown) return;
      assert.ok(grown.base <= allowed.base && allowed.end <= grown.end, "nothing that was allowed is lost");
      assert.notEqual(highestByTrial(runs, [grown], bytes, multiple), undefined);
    });
  });
});

describe("reservations that are placed at boot", () => {
  it("are placed in their order, from the top, around what is static and around each other", () => {
    const placed = placesIn(`
      "memory": [{ "name": "low", "base": "0x8000_0000", "size": "64M" }, { "name": "later", "base": "0x9000_0000", "size": "64M", "type": "hotplug" }],
      "reserved": [
        { "name": "fixed", "base": "0x83e0_0000", "size": "2M", "type": "firmware" },
        { "name": "big", "size": "16M", "align": "4M", "type": "dma-pool" },
        { "name": "off", "size": "32M", "type": "dma-pool", "disabled": true },
        { "name": "small", "size": "1M", "type": "crash-log" },
        { "name": "low", "size": "1M", "within": ["0x0-0x7fff_ffff", "0x8000_0000-0x80ff_ffff"], "type": "firmware" }
      ]`);
    assert.deepEqual(placed, ["big 0x82c00000", "small 0x83d00000", "low 0x80f00000"]);
  });

  it("find none where memory is taken", () => {
    const placed = placesIn(`
      "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "64M" }],
      "reserved": [{ "name": "all", "base": "0x8000_0000", "size": "64M", "type": "firmware" }, { "name": "one", "size": "4K", "type": "dma-pool" }]`);
    assert.deepEqual(placed, ["one nowhere"]);
  });
});

function placesIn(entries: string): string[] {
  const { plan } = checkText("a.platform.jsonc", `{ "platform": "a", ${entries} }`);
  assert.ok(plan);
  return placeAtBoot(plan).placements.map(({ reservation, place }) => `${reservation.name} ${place ? "0x" + place.base.toString(16) : "nowhere"}`);
}

function highestByTrial(runs: readonly Range[], allowed: readonly Range[] | undefined, bytes: bigint, multiple: bigint): bigint | undefined {
  for (const one of allowed ?? [made(0n, LIMIT)]) {
    for (let base = LIMIT; base >= 0n; base--) {
      if (base % multiple === 0n && isInside(one, base, bytes) && runs.some((run) => isInside(run, base, bytes))) return base;
    }
  }
  return undefined;
}

function leastByTrial(allowed: Range, runs: readonly Range[], bytes: bigint, multiple: bigint): bigint | undefined {
  let least: bigint | undefined;
  for (let base = 0n; base <= allowed.base; base++) {
    for (let end = allowed.end; end <= LIMIT; end++) {
      if (highestByTrial(runs, [made(base, end)], bytes, multiple) === undefined) continue;
      if (least === undefined || end - base < least) least = end - base;
    }
  }
  return least;
}

function isInside({ base, end }: Range, from: bigint, bytes: bigint): boolean {
  return base <= from && from + bytes <= end;
}

function made(base: bigint, end: bigint): Range {
  return { base: address<"pa">(base), end: address<"pa">(end) };
}
