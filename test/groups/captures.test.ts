// The groups of every capture against those of the kernel that ran there. The computation gets the description without
// them.
import assert from "node:assert/strict";
import path from "node:path";
import type { Plan } from "../../core/src/index";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { capturedFolder, capturedText, captureNames, importCapture, importPaths } from "../capture/captures";
import { membersOf, partition, planOf } from "./partitions";

/** The kernel's groups, reduced to functions that the description has. */
function kernelGroups(plan: Plan): string[][] {
  const known = new Set(plan.functions.map((node) => node.address));
  return (plan.platform.captured?.groups ?? [])
    .map((group) => group.devices.filter((device) => known.has(device)))
    .filter((group) => group.length > 0);
}

/** Our groups, reduced to functions that the kernel put into groups. */
function only(groups: readonly (readonly string[])[], devices: ReadonlySet<string>): string[][] {
  return groups.map((group) => group.filter((device) => devices.has(device))).filter((group) => group.length > 0);
}

/** The description as it is without what the kernel said: no line of its `captured` part. */
function withoutCaptured(text: string): string {
  const cut = text.search(/\n\n {2}\/\/ What the running machine said[^\n]*\n {2}"captured": /);
  assert.ok(cut > 0, "the description has a captured part");
  return `${text.slice(0, cut).replace(/,$/, "")}\n}\n`;
}

describe("IOMMU groups of running machines", () => {
  let compared = 0;
  let together = 0;

  for (const name of captureNames) {
    it(`are the kernel's on ${name}`, () => {
      const { text } = importCapture(name);
      const kernel = kernelGroups(planOf(text));
      const computed = iommuGroups(planOf(withoutCaptured(text)), { kernel: { major: 6, minor: 12 } });
      const devices = new Set(kernel.flat());
      assert.deepEqual(partition(only(membersOf(computed.groups), devices)), partition(kernel));
      assert.deepEqual(computed.undetermined, []);
      compared += devices.size;
      together += kernel.filter((group) => group.length > 1).length;
    });
  }

  it("are the kernel's, or not known, from the text of lspci alone", () => {
    let same = 0;
    for (const name of captureNames.filter((one) => capturedText(one, "lspci.txt").trim() !== "")) {
      const kernel = kernelGroups(planOf(importCapture(name).text));
      const { groups, undetermined } = iommuGroups(
        planOf(importPaths(path.join(capturedFolder(name), "lspci.txt")).platform.text),
      );
      assert.deepEqual(partition(only(membersOf(groups), new Set(kernel.flat()))), partition(kernel), name);
      assert.deepEqual(undetermined, [], name);
      same++;
    }
    assert.equal(same, 32);
  });

  it("were many, and not only of one function", () =>
    assert.ok(compared > 150 && together > 30, `${compared} functions, ${together} groups of several`));

  it("do not depend on what the machine said of groups", () => {
    for (const name of captureNames) {
      const { text } = importCapture(name);
      const kernel = { major: 6, minor: 12 };
      const withKernel = iommuGroups(planOf(text.replace(/("commandLine": ")[^"]*"/, `$1"`)), { kernel });
      assert.deepEqual(
        membersOf(withKernel.groups),
        membersOf(iommuGroups(planOf(withoutCaptured(text)), { kernel }).groups),
        name,
      );
    }
  });
});
