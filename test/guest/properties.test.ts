// Random hosts and guests: what is placed keeps every promise, what is said to be impossible is, and the same input gives the same places.
// The judge of small spaces is a brute-force search that shares no code with the planner.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange, Guest, Placement } from "../../core/src/index";
import { address, fileId, joinContributions, place } from "../../core/src/index";
import { fixedMemory } from "../../core/src/guest/placement/requests";

type Range = readonly [base: number, end: number];
const MIB = 1n << 20n;

interface Case {
  readonly blocked: readonly Range[];
  readonly bits: number;
  readonly memory: readonly { readonly size: number; readonly from: number; readonly align: number }[];
  readonly windows: readonly { readonly size: number; readonly is64: boolean }[];
}

const anchor = { file: fileId("g"), path: [], part: "value" } as const;

function guestOf({ memory, windows, bits }: Case, unit: bigint): Guest {
  return {
    anchor,
    guest: "g",
    physicalAddressBits: bits,
    memory: memory.map((one, index) => ({
      anchor: { ...anchor, path: ["memory", index] },
      name: `m${index}`,
      size: BigInt(one.size) * unit,
      from: address<"ipa">(BigInt(one.from) * unit),
      align: BigInt(one.align) * unit,
    })),
    windows: windows.map((one, index) => ({ anchor: { ...anchor, path: ["windows", index] }, name: `w${index}`, type: one.is64 ? "mem64" : "mem32", size: BigInt(one.size) * unit })),
  };
}

function placed(one: Case, unit: bigint): Placement {
  const regions = one.blocked.map(([base, end]) => ({ range: rangeOf(base, end, unit), kind: "reserved" as const, because: ["x"] }));
  const guest = guestOf(one, unit);
  const forbidden = joinContributions(guest, [{ host: "h", namedAt: anchor, regions, unknown: [], inputWidth: undefined, msiWindows: [], page: 4096n }]);
  return place({ guest, forbidden, machine: undefined, arch: undefined });
}

function rangeOf(base: number, end: number, unit: bigint): AddressRange<"ipa"> {
  return { base: address(BigInt(base) * unit), end: address(BigInt(end) * unit) };
}

const blockedIn = (top: number): fc.Arbitrary<Range[]> =>
  fc.array(fc.tuple(fc.nat(top), fc.integer({ min: 1, max: Math.max(1, top >> 2) })).map(([base, size]): Range => [base, base + size]), { maxLength: 6 });

/** Spaces of sixteen units, with power-of-two windows and one alignment. */
const smallCase: fc.Arbitrary<Case> = fc.record({
  blocked: blockedIn(15),
  bits: fc.constant(24),
  memory: fc.integer({ min: 0, max: 1 }).chain((exponent) =>
    fc.array(fc.record({ size: fc.integer({ min: 1, max: 8 }).map((size) => size << exponent), from: fc.nat(10), align: fc.constant(1 << exponent) }), { minLength: 1, maxLength: 2 }),
  ),
  windows: fc.array(fc.record({ size: fc.constantFrom(1, 2, 4), is64: fc.constant(true) }), { maxLength: 2 }),
});

const largeCase: fc.Arbitrary<Case> = fc.record({
  blocked: blockedIn(1 << 14),
  bits: fc.integer({ min: 30, max: 36 }),
  memory: fc.array(fc.record({ size: fc.integer({ min: 1, max: 6000 }), from: fc.nat(4000), align: fc.constantFrom(1, 2, 3, 64, 1024) }), { minLength: 1, maxLength: 3 }),
  windows: fc.array(fc.record({ size: fc.constantFrom(1, 16, 256, 300, 1024), is64: fc.boolean() }), { maxLength: 3 }),
});

describe("guest placement: promises", () => {
  it("keeps every one of them", () => {
    fc.assert(fc.property(largeCase, (one) => checkPromises(one, placed(one, MIB), MIB)), { numRuns: 400 });
  });

  it("gives the same places for the same input", () => {
    const words = (placement: Placement): string => JSON.stringify(placement, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
    fc.assert(fc.property(largeCase, (one) => assert.equal(words(placed(one, MIB)), words(placed(one, MIB)))), { numRuns: 50 });
  });

  it("finds a place exactly where there is one", () => {
    fc.assert(
      fc.property(smallCase, (one) => {
        const placement = placed(one, MIB);
        assert.ok(placement.isExact);
        assert.equal(placement.feasible, fitsByForce(one), JSON.stringify(one));
      }),
      { numRuns: 1500 },
    );
  });
});

function checkPromises(one: Case, placement: Placement, unit: bigint): void {
  const top = 1n << BigInt(one.bits);
  const taken: AddressRange<"ipa">[] = [];
  placement.memory.forEach(({ entry, banks }, index) => {
    const asked = one.memory[index] as Case["memory"][number];
    const sum = banks.reduce((total, bank) => total + (bank.end - bank.base), 0n);
    assert.ok(placement.feasible ? sum === entry.size : sum <= entry.size, "sizes add up");
    for (const bank of banks) {
      assert.equal(bank.base % (BigInt(asked.align) * unit), 0n, "a bank is aligned");
      assert.ok(bank.base >= BigInt(asked.from) * unit && bank.end <= top, "a bank is where it may be");
    }
    taken.push(...banks);
  });
  for (const { entry, range } of placement.windows) {
    if (!range) continue;
    const align = 1n << BigInt((range.end - range.base).toString(2).length - 1);
    assert.equal(range.base % align, 0n, "a window is naturally aligned");
    assert.ok(range.end <= (entry.type === "mem32" && top > 1n << 32n ? 1n << 32n : top), "a window is where it may be");
    taken.push(range);
  }
  if (placement.doorbell.range) taken.push(placement.doorbell.range);
  const blocked = one.blocked.map(([base, end]) => rangeOf(base, end, unit));
  taken.forEach((range, index) => {
    for (const other of [...blocked, ...taken.slice(0, index)]) assert.ok(range.end <= other.base || other.end <= range.base, "nothing meets anything");
  });
  assert.equal(placement.feasible, placement.conflicts.length === 0);
  assert.deepEqual(fixedMemory({ guest: guestOf(one, unit) }), []);
}

/** Every place for every window; memory, which may be cut, then fits when each set of entries has room above the lowest of their starts. */
function fitsByForce({ blocked, bits, memory, windows }: Case): boolean {
  const units = (1 << bits) / (1 << 20);
  const free = Array.from({ length: units }, (_, unit) => !blocked.some(([base, end]) => base <= unit && unit < end));
  const tryWindows = (index: number): boolean => {
    const window = windows[index];
    if (!window) return memoryFits(free, memory);
    for (let base = 0; base + window.size <= units; base += window.size) {
      const cells = Array.from({ length: window.size }, (_, i) => base + i);
      if (!cells.every((cell) => free[cell])) continue;
      for (const cell of cells) free[cell] = false;
      const fits = tryWindows(index + 1);
      for (const cell of cells) free[cell] = true;
      if (fits) return true;
    }
    return false;
  };
  return tryWindows(0);
}

function memoryFits(free: readonly boolean[], memory: Case["memory"]): boolean {
  const align = memory[0]?.align ?? 1;
  return memory.every(({ from }) => {
    let room = 0;
    const first = Math.ceil(from / align) * align;
    for (let base = first; base + align <= free.length; base += align) if (Array.from({ length: align }, (_, i) => free[base + i]).every(Boolean)) room += align;
    return room >= memory.filter((one) => one.from >= from).reduce((sum, one) => sum + one.size, 0);
  });
}
