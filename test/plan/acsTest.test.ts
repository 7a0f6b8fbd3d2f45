// The ACS test of ports against the IOMMU groups of running kernels: a function is apart from the ports above it exactly when they all isolate.
import assert from "node:assert/strict";
import type { Plan } from "../../core/src/index";
import { testAcs } from "../../core/src/plan/acsTest";
import type { PciNode } from "../../core/src/plan/pciTree";
import { ancestors } from "../../core/src/plan/pciTree";
import { checkText } from "../../server/src/workspace/check";
import { captureNames, importCapture } from "../capture/captures";

/** The kernel's group of each function, by address. */
function groupsOf(plan: Plan): ReadonlyMap<string, number> {
  return new Map((plan.platform.captured?.groups ?? []).flatMap((group) => group.devices.map((device) => [device, group.id] as const)));
}

/** The ports above a function, when all of them are ports of PCI Express that the kernel put into a group. */
function portsAbove(node: PciNode, groups: ReadonlyMap<string, number>): PciNode[] {
  const ports = [...ancestors(node)];
  const areKnown = ports.every((port) => port.function.type?.endsWith("-port") === true && groups.has(port.address) && testAcs(port.function, port.label).kind !== "unknown");
  return areKnown ? ports : [];
}

describe("the ACS test", () => {
  const seen = { apart: 0, together: 0 };

  for (const name of captureNames) {
    it(`isolates as the kernel of ${name} does`, () => {
      const { plan } = checkText(`${name}.platform.jsonc`, importCapture(name).text);
      assert.ok(plan);
      const groups = groupsOf(plan);
      for (const node of plan.functions) {
        const ports = groups.has(node.address) ? portsAbove(node, groups) : [];
        if (ports.length === 0) continue;
        const isApart = ports.every((port) => groups.get(port.address) !== groups.get(node.address));
        assert.equal(ports.every((port) => testAcs(port.function, port.label).kind === "isolates"), isApart, node.label);
        seen[isApart ? "apart" : "together"]++;
      }
    });
  }

  it("was asked about functions of both kinds", () => assert.ok(seen.apart > 10 && seen.together > 5, JSON.stringify(seen)));

  const port = (capable: string, enabled: string): string => {
    const { plan } = checkText("a.platform.jsonc", `{ "platform": "a", "pci": [{ "name": "p", "msi": "none", "devices": [{ "at": "00:01.0", "type": "root-port", "acs": { "capable": "${capable}", "enabled": "${enabled}" } }] }] }`);
    const verdict = testAcs((plan?.functions[0] as PciNode).function, "rp");
    return verdict.kind === "disabled-bits" ? verdict.missing.join(" ") : verdict.kind;
  };
  const cases: readonly (readonly [capable: string, enabled: string, verdict: string])[] = [
    ["SV TB RR CR UF EC DT", "SV RR CR UF", "isolates"],
    ["SV TB RR CR UF EC DT", "TB EC DT", "SV RR CR UF"],
    ["SV RR", "SV RR", "isolates"],
    ["SV RR", "RR", "SV"],
    ["none", "none", "isolates"],
    ["SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+", "SrcValid+ ReqRedir+ CmpltRedir- UpstreamFwd+", "CR"],
  ];
  for (const [capable, enabled, verdict] of cases) {
    it(`says ${verdict} for ${enabled} of ${capable}`, () => assert.equal(port(capable, enabled), verdict));
  }
});
