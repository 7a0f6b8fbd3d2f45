// `platmap fleet` as a person runs it: the rule by which hosts exchange guests, what each costs, exit codes and the fixed names in JSON.
import assert from "node:assert/strict";
import { folderWith, platmap } from "./commandLine";

/** A host with one root port, and an adapter behind it. */
function host(name: string, { acs = true, reserved = [], platform = {}, window = "0x5000_0000" }: { acs?: boolean; reserved?: readonly object[]; platform?: object; window?: string } = {}): string {
  const bits = acs ? { capable: "SV RR CR UF", enabled: "SV RR CR UF" } : "none";
  return JSON.stringify({
    platform: name, arch: "arm64",
    iommus: [{ name: "smmu", type: "smmuv3", inputBits: 48, reserved }],
    pci: [{
      name: "pci0", msi: "none", iommu: [{ ids: "0000-ffff", to: "smmu" }], windows: [{ type: "mem32", cpu: window, size: "128M" }],
      devices: [{ at: "00:01.0", name: "rp", type: "root-port", buses: "01", acs: bits, devices: [{ at: "01:00.0", name: "nic", type: "endpoint" }] }],
    }],
    ...platform,
  });
}

interface FleetReport {
  readonly hosts: { name: string; acs: string; only: { base: string; last: string }[]; without: { uninterruptedEnd: string; gainedAbove: string } }[];
  readonly exchangeGroups: { platforms: string[]; by: string }[];
  readonly migrationGroups: { name: string; verdict: string; because: { because: string; differences: { noun: string }[] }[] }[];
  readonly guests: { guest: string; fits: string[]; blocked: { host: string }[] }[];
}

async function fleet(hosts: Readonly<Record<string, string>>, more: object = {}, files: Readonly<Record<string, string>> = {}): Promise<{ code: number; report: FleetReport }> {
  const platforms = Object.keys(hosts).map((name) => `${name}.platform.jsonc`);
  const texts = Object.fromEntries(Object.entries(hosts).map(([name, text]) => [`${name}.platform.jsonc`, text]));
  const folder = folderWith({ ...texts, ...files, "rack.fleet.jsonc": JSON.stringify({ fleet: "rack", platforms, ...more }) });
  const { code, out } = await platmap(folder, ["fleet", "rack.fleet.jsonc", "--format", "json"]);
  return { code, report: JSON.parse(out) as FleetReport };
}

const ITS_PAGE = { range: "0xc601_0000-0xc601_ffff", type: "msi" };

async function groups(hosts: Readonly<Record<string, string>>): Promise<string[]> {
  const { report } = await fleet(hosts);
  return report.exchangeGroups.map(({ platforms, by }) => `${platforms.join(" ")}: ${by}`);
}

describe("platmap fleet", () => {
  it("lets hosts with ACS exchange guests, whatever they reserve", async () => {
    assert.deepEqual(await groups({ a: host("a"), b: host("b", { reserved: [ITS_PAGE], window: "0x6000_0000" }) }), ["a b: acs"]);
  });

  it("lets hosts without ACS exchange guests only when they are identical in their I/O", async () => {
    assert.deepEqual(await groups({ a: host("a", { acs: false }), b: host("b", { acs: false }) }), ["a b: identical"]);
    assert.deepEqual(await groups({ a: host("a", { acs: false }), b: host("b", { acs: false, window: "0x6000_0000" }) }), ["a: alone", "b: alone"]);
    assert.deepEqual(await groups({ a: host("a", { acs: false }), b: host("b", { acs: false, reserved: [ITS_PAGE] }) }), ["a: alone", "b: alone"]);
    assert.deepEqual(await groups({ a: host("a"), b: host("b", { acs: false }) }), ["a: alone", "b: alone"]);
  });

  it("does not mind more memory, more processors or other names", async () => {
    const larger = { memory: [{ name: "dram", base: "0x80_0000_0000", size: "1T" }], physicalAddressBits: 52, description: "bought later" };
    assert.deepEqual(await groups({ a: host("a", { acs: false }), b: host("b", { acs: false, platform: larger }) }), ["a b: identical"]);
  });

  it("keeps architectures apart", async () => {
    assert.deepEqual(await groups({ a: host("a"), b: host("b", { platform: { arch: "x86_64" } }) }), ["a: alone", "b: alone"]);
  });

  it("holds the declared groups against that, names the port to blame, and exits with 1", async () => {
    const declared = { migrationGroups: [{ name: "all", platforms: ["a", "b"] }, { name: "one", platforms: ["a"] }] };
    const { code, report } = await fleet({ a: host("a"), b: host("b", { acs: false, reserved: [ITS_PAGE] }) }, declared);
    assert.equal(code, 1);
    assert.deepEqual(report.migrationGroups.map(({ name, verdict }) => [name, verdict]), [["all", "fails"], ["one", "holds"]]);
    assert.deepEqual(report.migrationGroups[0]?.because.map(({ because }) => because), ["on b rp (0000:00:01.0) above nic (0000:01:00.0) has no ACS"]);
    assert.deepEqual(report.migrationGroups[0]?.because[0]?.differences.map(({ noun }) => noun), ["reserved regions", "PCI functions"]);
  });

  it("says what a host keeps alone, and what leaving it out gains", async () => {
    const { report } = await fleet({ a: host("a", { window: "0x3000_0000" }), b: host("b", { window: "0x3000_0000", reserved: [ITS_PAGE] }), c: host("c", { window: "0x3000_0000", platform: { iommus: [{ name: "smmu", type: "smmuv3", inputBits: 40 }] } }) });
    const [a, b, c] = report.hosts;
    assert.deepEqual(a?.only, []);
    assert.deepEqual(b?.only, [{ base: "0xc6010000", last: "0xc601ffff" }]);
    assert.equal(b?.without.uninterruptedEnd, "0x10000000000");
    assert.equal(c?.without.gainedAbove, "0xff0000000000");
  });

  it("says on which hosts a guest fits with its memory where it lies", async () => {
    const web = `{ "guest": "web", "hosts": ["a.platform.jsonc", "b.platform.jsonc"], "policy": "relaxed", "memory": [{ "name": "ram", "base": "0x8000_0000", "size": "4G" }], "passthrough": [{ "host": "b", "device": "01:00.0" }] }`;
    const declared = { migrationGroups: [{ name: "all", platforms: ["a", "b"], guests: ["web.guest.jsonc"] }] };
    const { code, report } = await fleet({ a: host("a"), b: host("b", { reserved: [ITS_PAGE] }) }, declared, { "web.guest.jsonc": web });
    assert.equal(code, 1);
    assert.deepEqual(report.guests.map(({ guest, fits, blocked }) => [guest, fits, blocked.map((one) => one.host)]), [["web", ["a"], ["b"]]]);
  });

  it("gives hosts of which the table says the same one row", async () => {
    const folder = folderWith({
      ...Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`${name}.platform.jsonc`, host(name)])),
      "rack.fleet.jsonc": `{ "fleet": "rack", "platforms": ["*.platform.jsonc"] }`,
    });
    const { code, out } = await platmap(folder, ["fleet", "rack.fleet.jsonc"]);
    assert.equal(code, 0);
    assert.match(out, /^a, b, c and 2 more +arm64 +4 KiB +48 bits +yes +/m);
  });

  it("wants a fleet file", async () => {
    const folder = folderWith({ "a.platform.jsonc": host("a") });
    const { code, err } = await platmap(folder, ["fleet", "a.platform.jsonc"]);
    assert.equal(code, 2);
    assert.match(err, /a fleet file is needed, and this is a platform file/);
  });
});
