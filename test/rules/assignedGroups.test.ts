// The rules on IOMMU groups of what is meant for assignment, on topologies whose groups domain.md 2.8 tells.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";
import { platform } from "../groups/partitions";

const ON = `"acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;
const OFF = `"acs": { "capable": "SV RR CR UF", "enabled": "" }`;

/** A root port, a switch with two downstream ports, and an endpoint below each; the first one is meant for assignment. */
function aSwitch(first: string, second: string, assign = `"assign": true`): string {
  return platform(`{ "at": "00:00.0", "type": "root-port", "buses": "01-04", ${ON}, "devices": [
    { "at": "01:00.0", "type": "upstream-port", "buses": "02-04", "devices": [
      { "at": "02:00.0", "type": "downstream-port", "buses": "03-03", ${first}, "devices": [{ "at": "03:00.0", "type": "endpoint", ${assign} }] },
      { "at": "02:03.0", "type": "downstream-port", "buses": "04-04", ${second}, "devices": [{ "at": "04:00.0", "type": "endpoint" }] }] }] }`);
}

/** The findings of one rule, as severity and message. */
function findings(text: string, rule: string): string[] {
  const checked = checkText("a.platform.jsonc", text);
  assert.deepEqual(checked.crashed, []);
  return checked.findings.filter((finding) => finding.rule === rule).map(({ severity, message }) => `${severity}: ${message}`);
}

function skipped(text: string, rule: string): string[] {
  return checkText("a.platform.jsonc", text).skipped.filter((skip) => skip.rule === rule).map((skip) => skip.because);
}

describe("unisolated-groups", () => {
  const across = ["warning: 0000:03:00.0, which is meant for assignment, and 0000:04:00.0 may reach one another past the IOMMU, though Linux keeps them in different groups"];

  it("is silent where both downstream ports isolate", () => assert.deepEqual(findings(aSwitch(ON, ON), "unisolated-groups"), []));
  it("flags a switch whose ports both turn traffic back", () => assert.deepEqual(findings(aSwitch(OFF, OFF), "unisolated-groups"), across));
  it("flags a switch of which one port does", () => assert.deepEqual(findings(aSwitch(ON, OFF), "unisolated-groups"), across));
  it("is silent where nothing is meant for assignment", () => assert.deepEqual(findings(aSwitch(OFF, OFF, `"name": "a"`), "unisolated-groups"), []));

  it("does not count what is unknown", () => {
    const text = aSwitch(`"acs": "unknown"`, ON);
    assert.deepEqual(findings(text, "unisolated-groups"), []);
    assert.deepEqual(skipped(text, "unisolated-groups"), ["the ACS of 0000:02:00.0 is unknown"]);
  });
});

describe("group-shared-with-host", () => {
  const slot = (other: string): string => `{ "at": "00:05.0", "type": "endpoint", "multifunction": true, "assign": true, "driver": "vfio-pci" }, { "at": "00:05.1", "type": "endpoint"${other} }`;
  const captured = { top: `, "captured": { "kernel": "6.12" }` };

  it("is an error where a host driver holds the other function", () => {
    assert.deepEqual(findings(platform(slot(`, "driver": "ahci"`), captured), "group-shared-with-host"), [
      "error: 0000:00:05.0 is meant for assignment, but 0000:00:05.1 in its IOMMU group is not: ahci holds it for the host",
    ]);
  });

  it("is a warning where a capture tells drivers and this one has none", () => {
    const warning = ["warning: 0000:00:05.0 is meant for assignment, but 0000:00:05.1 in its IOMMU group is not"];
    assert.deepEqual(findings(platform(slot(""), captured), "group-shared-with-host"), warning);
  });

  it("lets ports stay with the host, and what a vfio driver holds", () => {
    assert.deepEqual(findings(platform(slot(`, "driver": "mlx5_vfio_pci"`)), "group-shared-with-host"), []);
    const below = `{ "at": "00:1c.0", "type": "root-port", "buses": "01-01", "driver": "pcieport", "devices": [{ "at": "01:00.0", "type": "endpoint", "assign": true }] }`;
    assert.deepEqual(findings(platform(below), "group-shared-with-host"), []);
  });

  it("is skipped where it is not known which IOMMU is in front", () => {
    const text = platform(slot(""), { bridge: `"iommu": "unknown"` });
    assert.deepEqual(findings(text, "group-shared-with-host"), []);
    assert.deepEqual(skipped(text, "group-shared-with-host"), ["which IOMMU is in front of pci0 is unknown"]);
  });
});

describe("the kernel's table of quirks", () => {
  const port = (id: string): string => `{ "at": "00:1c.0", "type": "root-port", "id": "${id}", "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint", "assign": true }] }`;

  it("isolates below a port without ACS", () => {
    assert.deepEqual(findings(platform(port("8086:8c10")), "missing-acs"), []);
    assert.equal(findings(platform(port("8086:8c10")), "isolation-by-quirk").length, 1);
  });

  it("does not isolate below any other port", () => {
    assert.equal(findings(platform(port("8086:8c20")), "missing-acs").length, 1);
    assert.deepEqual(findings(platform(port("8086:8c20")), "isolation-by-quirk"), []);
  });
});
