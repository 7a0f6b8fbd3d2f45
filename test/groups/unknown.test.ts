// Groups of what cannot be fully read: captures made without root. What is certain must be the kernel's answer, what is
// not must hold it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { IommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { captureNames, importPaths, unpack } from "../capture/captures";
import { groupsOf, membersOf, partition, planOf, platform, short } from "./partitions";

/** A capture whose configuration spaces were read only up to `bytes`, with nothing else that tells capabilities. */
function shortened(name: string, bytes: number): string {
  const folder = unpack(name);
  const devices = path.join(folder, "sys/bus/pci/devices");
  for (const device of fs.existsSync(devices) ? fs.readdirSync(devices) : []) {
    const config = path.join(devices, device, "config");
    fs.writeFileSync(config, fs.readFileSync(config).subarray(0, bytes));
  }
  fs.rmSync(path.join(folder, "lspci.txt"), { force: true });
  return folder;
}

/**
 * Checks both kinds of answers against the kernel's groups; gives how many functions were certain, and how many not.
 */
function compare(
  groups: IommuGroups,
  kernel: readonly (readonly string[])[],
  name: string,
): { certain: number; doubtful: number } {
  const known = new Set(kernel.flat());
  const certain = membersOf(groups.groups)
    .map((group) => group.filter((one) => known.has(one)))
    .filter((group) => group.length > 0);
  for (const group of certain)
    assert.ok(
      partition(kernel).includes(partition([group])[0] ?? ""),
      `${name}: [${group.join(" ")}] is a group of the kernel's`,
    );
  const doubtful = groups.undetermined.map(({ nodes }) => nodes.map((node) => node.address));
  for (const devices of kernel) {
    const holder = [...certain, ...doubtful].find((one) => devices.some((device) => one.includes(device)));
    assert.ok(
      devices.every((device) => holder?.includes(device) === true),
      `${name}: [${devices.join(" ")}] is not torn apart`,
    );
  }
  for (const { atLeast } of groups.undetermined) {
    for (const members of atLeast)
      assert.ok(
        kernel.filter((devices) => members.some((node) => devices.includes(node.address))).length <= 1,
        `${name}: what is together in any case is together`,
      );
  }
  return { certain: certain.flat().length, doubtful: doubtful.flat().length };
}

describe("groups of what cannot be fully read", () => {
  for (const { bytes, words } of [
    { bytes: 64, words: "without root" },
    { bytes: 256, words: "without extended configuration space" },
  ]) {
    it(`are never wrong ${words}, and certain where nothing depends on it`, () => {
      const sum = { certain: 0, doubtful: 0 };
      for (const name of captureNames) {
        const { text } = importPaths(shortened(name, bytes)).platform;
        const plan = planOf(text);
        const present = new Set(plan.functions.map((node) => node.address));
        const kernel = (plan.platform.captured?.groups ?? [])
          .map((group) => group.devices.filter((one) => present.has(one)))
          .filter((group) => group.length > 0);
        const counted = compare(iommuGroups(plan), kernel, name);
        sum.certain += counted.certain;
        sum.doubtful += counted.doubtful;
      }
      assert.ok(sum.certain > 15 && sum.doubtful > 30, JSON.stringify(sum));
    });
  }

  const below = `{ "at": "01:00.0", "type": "endpoint" }`;

  it("say what would have to be known", () => {
    const groups = iommuGroups(
      planOf(
        platform(`{ "at": "00:01.0", "type": "root-port", "buses": "01-01", "acs": "unknown", "devices": [${below}] }`),
      ),
    );
    assert.deepEqual(groups.groups, []);
    assert.deepEqual(
      groups.undetermined.map(({ nodes, atLeast, because }) => ({
        nodes: nodes.map((node) => short(node.address)),
        atLeast: partition(atLeast.map((one) => one.map((node) => node.address))),
        because,
      })),
      [
        {
          nodes: ["00:01.0", "01:00.0"],
          atLeast: ["00:01.0", "01:00.0"],
          because: ["the ACS of 0000:00:01.0 is unknown"],
        },
      ],
    );
  });

  it("are certain where a known port above decides", () => {
    const inner = `{ "at": "01:00.0", "type": "upstream-port", "buses": "02-03", "devices": [{ "at": "02:00.0", "type": "downstream-port", "buses": "03-03", "acs": "unknown", "devices": [{ "at": "03:00.0", "type": "endpoint" }] }] }`;
    assert.deepEqual(
      groupsOf(
        platform(`{ "at": "00:01.0", "type": "root-port", "buses": "01-03", "acs": "none", "devices": [${inner}] }`),
      ),
      ["00:01.0 01:00.0 02:00.0 03:00.0"],
    );
  });

  it("are not known of a function whose bridge sleeps, nor of that bridge", () => {
    const port = (buses: string): string =>
      `{ "at": "00:02.0", "type": "root-port", "buses": ${buses}, "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" } }`;
    const asleep = `{ "at": "00:01.0", "type": "unknown", "class": "0604", "buses": "unknown", "acs": "unknown" }`;
    const groups = iommuGroups(
      planOf(platform(`${asleep}, ${port(`"02-02"`)}, { "at": "01:00.0", "type": "endpoint" }`)),
    );
    assert.deepEqual(partition(membersOf(groups.groups)), ["00:02.0"]);
    assert.deepEqual(
      groups.undetermined.map(({ nodes }) => nodes.map((node) => short(node.address))),
      [["00:01.0", "01:00.0"]],
    );
    assert.ok(groups.undetermined[0]?.because.includes("which bridge is above 0000:01:00.0 is not known"));
  });

  it("are not known where an import has no ids: a quirk might isolate", () => {
    const port = `{ "at": "00:01.0", "type": "root-port", "buses": "01-01", "acs": "none", "devices": [${below}] }`;
    const imported = platform(port, { top: `, "captured": { "source": "lspci.txt" }` });
    assert.deepEqual(groupsOf(imported), []);
    assert.match(
      iommuGroups(planOf(imported)).undetermined[0]?.because[0] ?? "",
      /whether the kernel has a quirk for it/,
    );
    assert.deepEqual(groupsOf(imported.replace(`"at": "00:01.0"`, `"at": "00:01.0", "id": "1b36:000c"`)), [
      "00:01.0 01:00.0",
    ]);
    assert.deepEqual(groupsOf(platform(port)), ["00:01.0 01:00.0"]);
  });
});
