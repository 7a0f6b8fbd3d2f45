// The derived reserved regions of every capture against those of the kernel that ran there. The kernel's answer is taken out of the capture first.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { iommuGroups, lastOf, regionWord, reservedRegionsOf } from "../../core/src/index";
import { importPlatform } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { captureNames, unpack } from "../capture/captures";
import { planOf } from "../groups/partitions";

interface KernelGroup {
  readonly devices: readonly string[];
  /** `0x… 0x… type`, both ends inclusive, without leading zeros. */
  readonly regions: readonly string[];
}

/** The captured groups, and the capture without them, without the links to them, and without what the log says of them. */
function withoutAnswer(name: string): { folder: string; kernel: KernelGroup[] } {
  const folder = unpack(name);
  const groups = path.join(folder, "sys/kernel/iommu_groups");
  const kernel = existsSync(groups) ? readdirSync(groups).map((number) => kernelGroup(path.join(groups, number))) : [];
  rmSync(groups, { recursive: true, force: true });
  const devices = path.join(folder, "sys/bus/pci/devices");
  if (existsSync(devices)) for (const device of readdirSync(devices)) rmSync(path.join(devices, device, "iommu_group"), { force: true });
  const log = path.join(folder, "dmesg.txt");
  writeFileSync(log, readFileSync(log, "utf8").replace(/^.*Adding to iommu group.*\n/gm, ""));
  return { folder, kernel };
}

function kernelGroup(folder: string): KernelGroup {
  const lines = readFileSync(path.join(folder, "reserved_regions"), "utf8").split("\n").filter((line) => line !== "");
  return { devices: readdirSync(path.join(folder, "devices")), regions: lines.map((line) => line.replace(/0x0*(?=[0-9a-f])/g, "0x")) };
}

describe("reserved regions of running machines", () => {
  let compared = 0;
  const kinds = new Set<string>();

  for (const name of captureNames) {
    it(`are the kernel's on ${name}`, () => {
      const { folder, kernel } = withoutAnswer(name);
      const plan = planOf(importPlatform([folder], nodeHost).text);
      rmSync(folder, { recursive: true });
      assert.equal(plan.platform.captured?.groups, undefined, "the answer is gone");
      const derived = reservedRegionsOf(plan, iommuGroups(plan));
      for (const { devices, regions } of kernel) {
        const ours = derived.find((group) => group.members.some((node) => devices.includes(node.address)));
        if (!ours) {
          assert.ok(!devices.some((device) => plan.functions.some((node) => node.address === device)), `${devices.join(" ")} has no group`);
          continue;
        }
        assert.deepEqual(ours.unknown, []);
        const lines = ours.regions.map(({ range, kind }) => `0x${range.base.toString(16)} 0x${lastOf(range).toString(16)} ${regionWord(kind)}`);
        assert.deepEqual(lines, regions, devices.join(" "));
        for (const { because } of ours.regions) assert.ok(because.length > 0 && because.every((clause) => clause !== ""), "a region has its reason");
        compared++;
        regions.forEach((line) => kinds.add(line.split(" ")[2] ?? ""));
      }
    });
  }

  it("were many, and of all the kinds that these machines have", () => {
    assert.ok(compared > 100, `${compared} groups`);
    assert.deepEqual([...kinds].sort(), ["direct-relaxable", "msi", "reserved"]);
  });
});
