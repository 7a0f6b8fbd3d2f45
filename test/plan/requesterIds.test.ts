// Dividing requester ids among scoped entries, against asking for each of the 65,536 ids in turn.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostBridge } from "../../core/src/index";
import type { Scope } from "../../core/src/plan/requesterIds";
import { divideIds, requesterIdsOf, segmentOf } from "../../core/src/plan/requesterIds";
import { checkText } from "../../server/src/workspace/check";
import { forAll } from "../core/repeatable";

const plan = checkText("a.platform.jsonc", `{ "platform": "a", "pci": [{ "name": "p", "buses": "10-3f", "msi": "none" }] }`).plan;
assert.ok(plan);
const bridge = plan.platform.pci?.[0] as HostBridge;

const id = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xff }).map((bus) => bus << 8));
const ids = fc.tuple(id, id).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const masks = fc.constantFrom(0xffff, 0x0, 0xff00, 0xfff8, 0x0fff, 0x00ff);
const devices = fc.array(id.map((one) => ({ segment: undefined, bus: one >> 8, device: (one >> 3) & 31, function: one & 7 })), { minLength: 1, maxLength: 3 });
const scope: fc.Arbitrary<Scope> = fc.oneof(
  ids.map((one) => ({ ids: one })),
  fc.tuple(ids, masks).map(([one, mask]) => ({ ids: one, mask })),
  devices.map((one) => ({ devices: one })),
  fc.constant({}),
);

/** Names before ranges before everything; among equals the first. */
function winner(scopes: readonly Scope[], one: number): Scope | undefined {
  const byName = scopes.find((scope) => scope.devices?.some((at) => ((at.bus << 8) | (at.device << 3) | at.function) === one));
  const byIds = scopes.find(({ ids, devices, mask }) => !devices && ids && ids.first <= (one & (mask ?? 0xffff)) && (one & (mask ?? 0xffff)) <= ids.last);
  return byName ?? byIds ?? scopes.find(({ ids, devices }) => !ids && !devices);
}

describe("requester ids", () => {
  it("belong to the entry that an id by id search finds", () => {
    forAll([fc.array(scope, { maxLength: 6 })], (scopes) => {
      const segments = divideIds(plan, bridge, scopes);
      const whole = requesterIdsOf(bridge);
      let next = whole.first;
      for (const { first, last, entry } of segments) {
        assert.equal(first, next, "no gap");
        for (let one = first; one <= last; one++) assert.equal(entry, winner(scopes, one), `id ${one.toString(16)}`);
        next = last + 1;
      }
      assert.equal(next, whole.last + 1);
    }, 150);
  });

  it("outside the host bridge's buses have no segment", () => {
    const segments = divideIds(plan, bridge, [{}]);
    assert.deepEqual([0x0fff, 0x1000, 0x3fff, 0x4000].map((one) => segmentOf(segments, one) !== undefined), [false, true, true, false]);
  });
});
