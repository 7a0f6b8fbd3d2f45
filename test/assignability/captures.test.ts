// Assignability on running machines: what has to go together is what the kernel had in one group, and nothing is given
// away that it gave no group.
import assert from "node:assert/strict";
import { captureNames, importCapture } from "../capture/captures";
import { isBridge } from "../../core/src/plan/assignmentObstacles";
import { planOf } from "../groups/partitions";
import { judged } from "./machines";

describe("what can be assigned on running machines", () => {
  let compared = 0;
  let without = 0;

  for (const name of captureNames) {
    it(`is as the kernel groups it on ${name}`, () => {
      const plan = planOf(importCapture(name).text);
      const nodes = new Map(plan.functions.map((node) => [node.address, node]));
      const kernel = new Map(
        (plan.platform.captured?.groups ?? []).flatMap((group) =>
          group.devices.map((device) => [device, group.devices] as const),
        ),
      );
      for (const { node, verdict, together } of judged(plan)) {
        const members = kernel.get(node.address);
        if (members) {
          const others = members.filter(
            (device) => device !== node.address && nodes.has(device) && !isBridge(nodes.get(device) ?? node),
          );
          if (!isBridge(node)) assert.deepEqual(together.map((one) => one.address).sort(), others.sort(), node.address);
          compared++;
        } else if (kernel.size === 0) {
          assert.ok(
            verdict !== "assignable" && verdict !== "together",
            `${node.address} is ${verdict}, and the kernel has no groups`,
          );
          without++;
        }
      }
    });
  }

  it("was compared often, with groups and without", () =>
    assert.ok(compared > 150 && without > 10, `${compared} with, ${without} without`));
});
