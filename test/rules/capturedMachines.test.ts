// Rules held against machines that ran: those that work have none of these findings, and what a rule says of a bus is what the kernel did with it.
import assert from "node:assert/strict";
import type { Plan } from "../../core/src/index";
import type { PciNode } from "../../core/src/plan/pciTree";
import { subtree } from "../../core/src/plan/pciTree";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { captureNames, importCapture } from "../capture/captures";

/** Rules about what is broken, misplaced or forgotten. Every captured machine booted, and its devices had their registers and interrupts. */
const SILENT: ReadonlySet<string> = new Set([
  "memory-not-2m-aligned", "undeclared-hole", "overlapping-memreserve", "overlapping-firmware-ranges", "rmrr-not-reserved", "rmr-not-64k-aligned",
  "misaligned-cma", "non-prefetchable-bar-in-prefetchable-window", "bars-exceed-windows", "large-bar-below-4-gib", "iommu-mappings-sharing-one-id",
  "msi-ids-unlike-iommu-ids", "ats-behind-external-port", "identity-domain", "unequal-acs", "acs-override", "colliding-device-ids", "msi-window-too-small",
]);

/** The capture, with every function meant for assignment that is no bridge. */
function withAllAssigned(name: string): CheckedFile {
  const text = importCapture(name).text.replace(/"type": "(endpoint|legacy-endpoint|integrated-endpoint|pci-device)"/g, `$&, "assign": true`);
  return checkText(`${name}.platform.jsonc`, text);
}

function nodeAt(plan: Plan, path: readonly (string | number)[]): PciNode {
  const node = plan.functions.find((one) => path.join("/").startsWith(`${one.anchor.path.join("/")}/`) && path.length === one.anchor.path.length + 1);
  assert.ok(node, path.join("/"));
  return node;
}

describe("captured machines", () => {
  for (const name of captureNames) {
    it(`${name}: nothing is broken, whatever is assigned`, () => {
      const findings = withAllAssigned(name).findings.filter((one) => SILENT.has(one.rule));
      assert.deepEqual(findings.map((one) => `${one.rule}: ${one.message}`), []);
    });
  }

  it("have one IOMMU group behind each bridge of which assigned-behind-pci-bridge says so", () => {
    let bridges = 0;
    for (const name of captureNames) {
      const { plan, findings } = withAllAssigned(name);
      assert.ok(plan);
      const groups = new Map((plan.platform.captured?.groups ?? []).flatMap((group) => group.devices.map((device) => [device, group.id] as const)));
      for (const finding of findings.filter((one) => one.rule === "assigned-behind-pci-bridge")) {
        assert.ok("path" in finding.at);
        const nodes: PciNode[] = [...subtree(nodeAt(plan, finding.at.path))].slice(1);
        // Before Linux 6.15 a function without a driver has no group behind some IOMMUs.
        const behind = nodes.map((node) => groups.get(node.address)).filter((group) => group !== undefined);
        if (behind.length === 0) continue;
        assert.equal(new Set(behind).size, 1, `${name}: ${finding.message}`);
        bridges++;
      }
    }
    assert.ok(bridges >= 4, `${bridges} bridges`);
  });

  it("remap interrupts on x86, but for the one whose virtio-iommu cannot", () => {
    const unsafe = captureNames.filter((name) => withAllAssigned(name).findings.some((one) => one.rule === "assigned-without-interrupt-isolation" && one.severity === "error"));
    assert.deepEqual(unsafe, ["x86-13-viommu"]);
  });
});
