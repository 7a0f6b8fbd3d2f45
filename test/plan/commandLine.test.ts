// The forms in which the kernel's documentation lets pci=disable_acs_redir name a device.
import assert from "node:assert/strict";
import { acsOverrideIn, meansFunction, redirectDisabledIn } from "../../core/src/plan/commandLine";
import { checkText } from "../../server/src/workspace/check";

const { plan } = checkText(
  "a.platform.jsonc",
  `{
  "platform": "a",
  "pci": [
    {
      "name": "p", "msi": "none",
      "devices": [{
        "at": "00:1c.0", "name": "rp", "type": "root-port", "id": "8086:a110", "buses": "01-02",
        "devices": [{ "at": "01:00.0", "name": "usp", "type": "upstream-port", "buses": "02-02", "devices": [{ "at": "02:04.1", "name": "dsp", "type": "downstream-port" }] }],
      }],
    },
    { "name": "q", "segment": 1, "msi": "none", "devices": [{ "at": "00:1c.0", "name": "other", "type": "root-port" }] },
  ],
}`,
);

function meant(device: string): (string | undefined)[] {
  assert.ok(plan);
  return plan.functions.filter((node) => meansFunction(device, node)).map((node) => node.function.name);
}

describe("a device on the kernel's command line", () => {
  const cases: readonly (readonly [device: string, names: readonly string[]])[] = [
    ["00:1c.0", ["rp"]],
    ["0000:00:1c.0", ["rp"]],
    ["0001:00:1c.0", ["other"]],
    ["00:1C.0", ["rp"]],
    ["00:1c.0/00.0", ["usp"]],
    ["00:1c.0/00.0/04.1", ["dsp"]],
    ["00:1c.0/04.1", []],
    ["02:04.1", ["dsp"]],
    ["pci:8086:a110", ["rp"]],
    ["pci:8086:0", ["rp"]],
    ["pci:8086:a111", []],
    ["pci:0:0", ["rp", "usp", "dsp", "other"]],
    ["rp", []],
  ];
  for (const [device, names] of cases) it(`${device} means ${names.join(", ") || "none"}`, () => assert.deepEqual(meant(device), names));

  it("is found among the options of pci=", () => {
    assert.deepEqual(redirectDisabledIn("quiet pci=noaer,disable_acs_redir=00:1c.0;pci:0:0,nomsi pci=disable_acs_redir=01:00.0"), ["00:1c.0", "pci:0:0", "01:00.0"]);
    assert.deepEqual(redirectDisabledIn("xpci=disable_acs_redir=00:1c.0 pci=config_acs=111x1@00:1c.0"), []);
  });

  it("is not the override of ACS, which is a word of its own", () => {
    assert.equal(acsOverrideIn("quiet pcie_acs_override=downstream,id:8086:a110 ro"), "downstream,id:8086:a110");
    assert.equal(acsOverrideIn("quiet not_pcie_acs_override=downstream"), undefined);
  });
});
