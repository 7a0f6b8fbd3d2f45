// What would help a guest that does not fit: it does help, and nothing smaller does. Random hosts, judged by trying all choices.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { GuestPlan } from "../../core/src/index";
import { contributionsOf, describeRelaxation, placementOf, placementWith, relaxationsFor } from "../../core/src/index";
import { smallestRemoval } from "../../core/src/guest/placement/smallestRemoval";
import { planOf, smmuHost } from "./guests";

const MIB = 1 << 20;

interface Case {
  readonly hosts: readonly { readonly closed: readonly (readonly [base: number, size: number])[]; readonly bits: number }[];
  readonly memory: readonly { readonly size: number; readonly base: number | null }[];
}

/** Up to four hosts that close parts of 256 MiB, some with narrow IOMMUs; memory with or without a base. In units of 2 MiB. */
const cases: fc.Arbitrary<Case> = fc.record({
  hosts: fc.array(fc.record({ closed: fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 1, max: 40 })), { maxLength: 3 }), bits: fc.constantFrom(27, 28, 40) }), { minLength: 1, maxLength: 4 }),
  memory: fc.array(fc.record({ size: fc.integer({ min: 8, max: 90 }), base: fc.option(fc.nat(60)) }), { minLength: 1, maxLength: 2 }),
});

function guestOf({ hosts, memory }: Case): GuestPlan {
  const at = (units: number): string => `0x${(units * 2 * MIB).toString(16)}`;
  const range = (base: number, size: number): string => `${at(base)}-0x${((base + size) * 2 * MIB - 1).toString(16)}`;
  const texts = hosts.map(({ closed, bits }, index) => [`h${index}`, smmuHost(`h${index}`, closed.map(([base, size]) => ({ range: range(base, size), type: "reserved" })), { inputBits: bits })] as const);
  const entries = memory.map(({ size, base }, index) => ({ name: `m${index}`, size: `${size * 2}M`, ...(base === null ? { from: "0x0" } : { base: at(base) }) }));
  return planOf({ physicalAddressBits: 28, memory: entries }, Object.fromEntries(texts));
}

describe("relaxations", () => {
  it("begin with another place for a doorbell that lies in memory", () => {
    const guest = { physicalAddressBits: 40, memory: [{ name: "ram", base: "0xf000_0000", size: "1G" }], doorbell: { strategy: "fixed", base: "0xfee0_0000" } };
    const plan = planOf(guest, {});
    const found = relaxationsFor(plan, placementOf(plan)).map(describeRelaxation);
    assert.deepEqual(found, ["put the doorbell at 0xff_ffe0_0000: the top", "drop memory ram"]);
    const elsewhere = planOf({ ...guest, doorbell: { strategy: "fixed", base: "0xff_ffe0_0000" } }, {});
    assert.deepEqual(relaxationsFor(elsewhere, placementOf(elsewhere)), []);
  });

  it("name the fewest hosts whose absence makes a guest fit", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const plan = guestOf(one);
        const placement = placementOf(plan);
        const found = relaxationsFor(plan, placement).find((one) => one.kind === "hosts");
        const smallest = placement.feasible ? undefined : fewestHosts(plan);
        assert.equal(found?.kind === "hosts" ? found.hosts.length : undefined, smallest);
        if (found?.kind === "hosts") assert.ok(fitsWithout(plan, new Set(found.hosts)) && found.isSmallest);
      }),
      { numRuns: 150 },
    );
  });

  it("ask for memory that fits, and for regions that help", () => {
    fc.assert(
      fc.property(cases, (made) => {
        const plan = guestOf(made);
        for (const one of relaxationsFor(plan, placementOf(plan))) {
          if (one.kind !== "regions") continue;
          const gone = new Set(one.regions.map(({ exact, kind }) => `${exact.base} ${exact.end} ${kind}`));
          const rest = contributionsOf(plan).map((host) => ({ ...host, regions: host.regions.filter(({ range, kind }) => !gone.has(`${range.base} ${range.end} ${kind}`)) }));
          assert.ok(placementWith(plan, rest).feasible);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("smallest removals", () => {
  const heavy = new Map([["a", 3], ["b", 1], ["c", 1], ["d", 1]]);
  const weight = (name: string): number => heavy.get(name) ?? 1;

  it("take the least weight, and of equal ones the first", () => {
    const needs = (...choices: readonly string[][]) => (removed: ReadonlySet<string>): boolean => choices.some((choice) => choice.every((one) => removed.has(one)));
    assert.deepEqual(smallestRemoval([...heavy.keys()], weight, needs(["a"], ["b", "c"])), { removed: ["b", "c"], isSmallest: true });
    assert.deepEqual(smallestRemoval([...heavy.keys()], weight, needs(["c"], ["b"], ["d"])), { removed: ["b"], isSmallest: true });
    assert.equal(smallestRemoval([...heavy.keys()], weight, () => false), undefined);
  });

  it("are only irreducible beyond sixteen candidates, and say so", () => {
    const many = Array.from({ length: 40 }, (_, index) => index);
    assert.deepEqual(smallestRemoval(many, () => 1, (removed) => removed.has(7) && (removed.has(3) || removed.has(30))), { removed: [7, 30], isSmallest: false });
  });
});

function fitsWithout(plan: GuestPlan, hosts: ReadonlySet<string>): boolean {
  return placementWith(plan, contributionsOf(plan).filter((one) => !hosts.has(one.host))).feasible;
}

function fewestHosts(plan: GuestPlan): number | undefined {
  const names = plan.hosts.map((host) => host.name);
  let fewest: number | undefined;
  for (let mask = 0; mask < 1 << names.length; mask++) {
    const removed = new Set(names.filter((_, index) => (mask & (1 << index)) !== 0));
    if ((fewest === undefined || removed.size < fewest) && fitsWithout(plan, removed)) fewest = removed.size;
  }
  return fewest;
}
