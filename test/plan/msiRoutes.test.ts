// The address that devices emit for an MSI, and what becomes of it on machines of many kinds. A line a machine.
import assert from "node:assert/strict";
import { msiRouteOf, msiRouting } from "../../core/src/plan/msiRoutes";
import { printRange } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";

const IOMMUS = `"iommus": [
  { "name": "arm", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true } },
  { "name": "plain", "type": "smmuv3", "base": "0x4100_0000", "size": "128K" },
  { "name": "off", "type": "smmuv3", "base": "0x4200_0000", "size": "128K", "disabled": true, "msiWindow": { "base": "0x0900_0000", "size": "1M" } },
],`;
const DOORBELLS = `"doorbells": [
  { "name": "its", "type": "its", "base": "0x5000_0000", "size": "256K" },
  { "name": "v2m", "type": "gicv2m", "base": "0x5100_0000", "size": "64K" },
  { "name": "mip", "type": "mip", "base": "0x10_0013_0000", "size": "4K" },
],`;

/** A machine with one host bridge, whose keys these are. */
function planOf(bridge: string): NonNullable<ReturnType<typeof checkText>["plan"]> {
  const { plan } = checkText("a.platform.jsonc", `{ "platform": "a", ${DOORBELLS} ${IOMMUS} "pci": [{ "name": "p", ${bridge} }] }`);
  assert.ok(plan);
  return plan;
}

/** "what 0x…-0x…, blocked" for each way, then the reasons why others are not known. */
function ways(bridge: string): string[] {
  const plan = planOf(bridge);
  const { routes, unknown } = msiRouting(plan, plan.platform.pci?.[0] as NonNullable<typeof plan.platform.pci>[0]);
  const printed = routes.map(({ emitted }) => `${emitted.name} ${emitted.ranges.map(printRange).join()}${emitted.forwarded === true ? "" : ", blocked"}`);
  return [...printed, ...unknown.map((because) => `unknown: ${because}`)];
}

describe("the way of an MSI", () => {
  const ITS = "translation page of its 0x5001_0000-0x5001_ffff";
  const machines: Record<string, readonly [bridge: string, ...ways: string[]]> = {
    "no IOMMU: the doorbell": [`"msi": "its"`, ITS],
    "an IOMMU with an MSI window: the window": [`"msi": "its", "iommu": [{ "ids": "0-ffff", "to": "arm" }]`, "MSI window of arm 0x0800_0000-0x080f_ffff"],
    "an IOMMU without one: the doorbell": [`"msi": "its", "iommu": [{ "ids": "0-ffff", "to": "plain" }]`, ITS],
    "an IOMMU that is off: the doorbell": [`"msi": "its", "iommu": [{ "ids": "0-ffff", "to": "off" }]`, ITS],
    "part of the functions behind an IOMMU: both": [`"msi": "its", "iommu": [{ "ids": "0-ff", "to": "arm" }]`, "MSI window of arm 0x0800_0000-0x080f_ffff", ITS],
    "two doorbells by requester id": [
      `"msi": [{ "ids": "0000-00ff", "to": "v2m" }, { "ids": "0100-ffff", "to": "its" }]`, "doorbell v2m 0x5100_0000-0x5100_ffff", ITS,
    ],
    "through an inbound window that is not one to one: the bus address": [
      `"msi": "mip", "inbound": [{ "bus": "0x10_0000_0000", "cpu": "0x0", "size": "64G" }, { "bus": "0xff_ffff_f000", "cpu": "0x10_0013_0000", "size": "4K" }]`,
      "doorbell mip 0xff_ffff_f000-0xff_ffff_ffff",
    ],
    "no inbound window leads to the doorbell, though one holds its number": [
      `"msi": "mip", "inbound": [{ "bus": "0x10_0000_0000", "cpu": "0x0", "size": "64G" }]`, "doorbell mip 0x10_0013_0000-0x10_0013_0fff, blocked",
    ],
    "an MSI window outside the inbound windows": [
      `"msi": "its", "iommu": [{ "ids": "0-ffff", "to": "arm" }], "inbound": [{ "bus": "0x8000_0000", "size": "2G" }]`, "MSI window of arm 0x0800_0000-0x080f_ffff, blocked",
    ],
    "an MSI window over two inbound windows that touch": [
      `"msi": "its", "iommu": [{ "ids": "0-ffff", "to": "arm" }], "inbound": [{ "bus": "0x0", "size": "0x0808_0000" }, { "bus": "0x0808_0000", "size": "1G" }]`,
      "MSI window of arm 0x0800_0000-0x080f_ffff",
    ],
    "the root complex takes it, whatever is in front": [
      `"msi": { "rootComplex": "0xffff_fffc" }, "iommu": [{ "ids": "0-ffff", "to": "arm" }], "inbound": [{ "bus": "0x0", "size": "3G" }]`,
      "MSI address of p 0xffff_fffc-0xffff_ffff",
    ],
    "none": [`"msi": "none"`],
    "disabled": [`"msi": "its", "disabled": true`],
    "unknown doorbell": [`"msi": "unknown"`, "unknown: where the MSIs of p go is unknown"],
    "unknown IOMMU": [`"msi": "its", "iommu": "unknown"`, "unknown: which IOMMU is in front of p is unknown"],
    "unknown inbound windows, no IOMMU": [`"msi": "its", "inbound": "unknown"`, "unknown: which bus addresses p forwards to memory is unknown"],
    "a placeholder": [
      `"msi": "its", "iommu": [{ "ids": "0000", "to": "arm", "incomplete": true }]`,
      "MSI window of arm 0x0800_0000-0x080f_ffff", "unknown: the boot loader fills in the IOMMU mappings of p",
    ],
    "a doorbell that is not there": [`"msi": "nothing"`],
  };
  for (const [name, [bridge, ...expected]] of Object.entries(machines)) it(name, () => assert.deepEqual(ways(bridge), expected));

  it("is a function's own", () => {
    const plan = planOf(`"buses": "00-01", "msi": [{ "devices": ["00:01.0"], "below": true, "to": "v2m" }, { "ids": "0000-ffff", "to": "its" }],
      "devices": [{ "at": "00:00.0" }, { "at": "00:01.0", "buses": "01-01", "devices": [{ "at": "01:00.0" }, { "at": "02:00.0" }] }]`);
    const doorbells = plan.functions.map((node) => `${node.address} ${msiRouteOf(plan, node)?.doorbell?.name}`);
    assert.deepEqual(doorbells, ["0000:00:00.0 its", "0000:00:01.0 v2m", "0000:01:00.0 v2m", "0000:02:00.0 undefined"]);
  });
});

describe("an MSI that a bridge claims", () => {
  /** Severities of doorbell-in-bridge-window. */
  const severities = (text: string): string[] =>
    checkText("a.platform.jsonc", text).findings.filter((finding) => finding.rule === "doorbell-in-bridge-window").map((finding) => finding.severity);
  const port = (at: string, buses: string, window: string, inside = ""): string =>
    `{ "at": "${at}", "type": "${at.startsWith("00") ? "root-port" : "downstream-port"}", "buses": "${buses}", "windows": [{ "type": "mem32", "range": "${window}" }], "devices": [${inside}] }`;

  it("is taken by a switch, but not by the windows of a root complex that takes MSIs itself", () => {
    const machine = (window: string): string => `{ "platform": "a", "pci": [{ "name": "p", "msi": { "rootComplex": "0x5000_0000" },
      "windows": [{ "type": "mem32", "cpu": "0x1_4000_0000", "bus": "0x4000_0000", "size": "512M" }],
      "devices": [${port("00:00.0", "01-03", "0x4000_0000-0x5fff_ffff", port("01:00.0", "02-02", window))}] }] }`;
    assert.deepEqual(severities(machine("0x4000_0000-0x4fff_ffff")), []);
    assert.deepEqual(severities(machine("0x5000_0000-0x500f_ffff")), ["warning"]);
  });

  it("is a note on x86, unless a bridge below the root complex claims it", () => {
    const machine = (window: string): string => `{ "platform": "a", "doorbells": [{ "name": "lapic", "type": "local-apic", "base": "0xfee0_0000", "size": "1M" }],
      "pci": [{ "name": "p", "msi": "lapic", "windows": [{ "type": "mem32", "cpu": "0xc000_0000", "size": "0x3fff_f000" }], "devices": [${port("00:00.0", "01-01", window)}] }] }`;
    assert.deepEqual(severities(machine("0xc000_0000-0xc00f_ffff")), ["info"]);
    assert.deepEqual(severities(machine("0xfee0_0000-0xfeef_ffff")), ["warning"]);
  });
});
