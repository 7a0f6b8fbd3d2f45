// What is said to split a group does split it: the change is made in the description, and the groups are made again.
// And order changes nothing.
import type { Anchor } from "../../core/src/anchor";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PciNode } from "../../core/src/plan/pciTree";
import { describeRemedy } from "../../core/src/plan/groups/describeGroups";
import type { IommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { remedyFor } from "../../core/src/plan/groups/remedies";
import { captureNames, importCapture } from "../capture/captures";
import { groupsOf, membersOf, partition, planOf, platform, short } from "./partitions";

interface Tree {
  readonly type:
    | "root-port"
    | "upstream-port"
    | "downstream-port"
    | "endpoint"
    | "pci-device"
    | "pcie-to-pci-bridge"
    | "integrated-endpoint";
  readonly acs: "on" | "off" | "some" | "none";
  readonly multifunction: boolean;
  readonly function: number;
  readonly below: readonly Tree[];
}

const ACS = {
  on: `"acs": { "capable": "SV TB RR CR UF", "enabled": "SV RR CR UF" }`,
  off: `"acs": { "capable": "SV TB RR CR UF", "enabled": "" }`,
  some: `"acs": { "capable": "SV RR UF", "enabled": "SV" }`,
  none: `"acs": "none"`,
};

const leaf = fc.record({
  type: fc.constantFrom("endpoint" as const, "pci-device" as const, "integrated-endpoint" as const),
  acs: fc.constantFrom("on" as const, "off" as const, "none" as const),
  multifunction: fc.boolean(),
  function: fc.constantFrom(0, 0, 1),
  below: fc.constant([]),
});

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({
      type: fc.constantFrom(
        "root-port" as const,
        "root-port" as const,
        "upstream-port" as const,
        "downstream-port" as const,
        "pcie-to-pci-bridge" as const,
      ),
      acs: fc.constantFrom("on" as const, "on" as const, "off" as const, "some" as const, "none" as const),
      multifunction: fc.boolean(),
      function: fc.constantFrom(0, 0, 1),
      below: fc.array(tie("tree"), { maxLength: 3 }),
    }),
  ),
}));

/** The JSON of the functions, each tree with buses of its own. `order` turns the lists of the document. */
function write(trees: readonly Tree[], bus: number, next: { bus: number }, reversed: boolean): string {
  const texts = trees.map((one, index) => {
    const device = one.function === 0 ? index * 2 : Math.max(0, index * 2 - 2);
    const first = one.below.length > 0 ? next.bus++ : 0;
    const below = one.below.length > 0 ? write(one.below, first, next, reversed) : "";
    const buses = below === "" ? "" : `, "buses": "${hex2(first)}-${hex2(next.bus - 1)}", "devices": [${below}]`;
    return `{ "at": "${hex2(bus)}:${hex2(device)}.${one.function}", "type": "${one.type}"${one.multifunction ? `, "multifunction": true` : ""}, ${ACS[one.acs]}${buses} }`;
  });
  return (reversed ? texts.reverse() : texts).join(",\n");
}

/** Trees, without two functions at one place. */
const machine = fc
  .array(tree, { minLength: 1, maxLength: 4 })
  .map((trees) => ({ forward: write(trees, 0, { bus: 1 }, false), backward: write(trees, 0, { bus: 1 }, true) }))
  .filter(({ forward }) => new Set(forward.match(/"at": "[^"]*"/g)).size === (forward.match(/"at": /g) ?? []).length);

function hex2(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The text with all that the function is capable of turned on. */
function enabled(text: string, node: PciNode): string {
  const at = text.indexOf(`"at": "${short(node.address)}"`);
  const acs = text.indexOf(`"enabled": "`, at);
  return text.slice(0, acs) + `"enabled": "SV RR CR UF"` + text.slice(text.indexOf(`"`, acs + 12) + 1);
}

function areTogether(groups: IommuGroups, a: PciNode, b: PciNode): boolean {
  return membersOf(groups.groups).some((group) => group.includes(a.address) && group.includes(b.address));
}

describe("what would split a group", () => {
  for (const algorithm of ["linux-mode-a", "linux-mode-b"] as const) {
    it(`does, in random machines (${algorithm})`, () => {
      let tried = 0;
      fc.assert(
        fc.property(machine, ({ forward }) => {
          const text = platform(forward);
          const groups = iommuGroups(planOf(text), { algorithm });
          for (const group of groups.groups) {
            for (const [node, join] of group.joins) {
              const remedy = remedyFor(groups, node, join);
              if (remedy.kind !== "enable") continue;
              const mended = iommuGroups(planOf(remedy.on.reduce(enabled, text)), { algorithm });
              assert.equal(
                areTogether(mended, node, join.joins),
                false,
                `${text}\n${describeRemedy(groups, node, join)}`,
              );
              tried++;
            }
          }
        }),
        { numRuns: 300, seed: 1 },
      );
      if (algorithm === "linux-mode-a") assert.ok(tried > 20, `${tried} changes`);
    });
  }

  it("is a boot parameter, from Linux 6.11 on, that writes every bit it wants", () => {
    const port = (capable: string): string =>
      platform(
        `{ "at": "00:01.0", "type": "root-port", "buses": "01-01", "acs": { "capable": "${capable}", "enabled": "RR" }, "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`,
      );
    const say = (text: string, minor: number): string => {
      const groups = iommuGroups(planOf(text), { kernel: { major: 6, minor } });
      const [node, join] = [...(groups.groups[0]?.joins ?? [])][0] ?? [];
      assert.ok(node && join);
      return describeRemedy(groups, node, join);
    };
    assert.equal(
      say(port("SV TB RR CR UF DT"), 12),
      "to split them, turn on SV, CR and UF of 0000:00:01.0: boot with pci=config_acs=111x1@0000:00:01.0",
    );
    assert.equal(
      say(port("SV TB RR CR UF DT"), 6),
      "to split them, turn on SV, CR and UF of 0000:00:01.0: set it in firmware, or boot Linux 6.11 or newer with pci=config_acs=111x1@0000:00:01.0",
    );
    assert.match(say(port("SV RR CR"), 12), /config_acs=11x1@0000:00:01\.0$/);
  });

  it("is another slot where a port has no ACS", () => {
    const slots = ["01", "02"].map(
      (device) =>
        `{ "at": "00:${device}.0", "type": "root-port", "buses": "${device}-${device}", ${device === "01" ? ACS.none : ACS.on}, "devices": [{ "at": "${device}:00.0", "type": "endpoint" }] }`,
    );
    const groups = iommuGroups(planOf(platform(slots.join(", "))));
    const [node, join] = [...(groups.groups[0]?.joins ?? [])][0] ?? [];
    assert.ok(node && join);
    assert.equal(
      describeRemedy(groups, node, join),
      "no setting splits them: 0000:00:01.0 cannot isolate; a slot below 0000:00:02.0 does",
    );
  });
});

describe("the order of the description", () => {
  it("changes nothing in random machines", () => {
    fc.assert(
      fc.property(
        machine,
        fc.constantFrom("linux-mode-a" as const, "linux-mode-b" as const),
        ({ forward, backward }, algorithm) => {
          assert.deepEqual(groupsOf(platform(backward), { algorithm }), groupsOf(platform(forward), { algorithm }));
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it("changes nothing on captured machines", () => {
    for (const name of captureNames) {
      const plan = planOf(importCapture(name).text);
      const turned = {
        ...plan.platform,
        anchor: plan.platform.anchor,
        pci: (plan.platform.pci ?? []).map((bridge) => ({ ...bridge, anchor: bridge.anchor, devices: turn(bridge.devices ?? []) })).reverse(),
      };
      const again = new (plan.constructor as new (reading: object) => typeof plan)({
        value: turned,
        problems: [],
        names: new Map(),
      });
      assert.deepEqual(
        partition(membersOf(iommuGroups(again).groups)),
        partition(membersOf(iommuGroups(plan).groups)),
        name,
      );
    }
  });
});

function turn<T extends { readonly anchor: Anchor; readonly devices?: readonly T[] }>(functions: readonly T[]): T[] {
  return functions.map((one) => (one.devices ? { ...one, anchor: one.anchor, devices: turn(one.devices) } : one)).reverse();
}
