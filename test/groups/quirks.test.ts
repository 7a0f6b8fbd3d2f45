// The kernel's quirks: each row of the table does what it says, and the table is what it should be.
import assert from "node:assert/strict";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { parseKernelVersion } from "../../core/src/plan/groups/kernel";
import { ACS_DEFECTS, ACS_QUIRKS, type AcsQuirk } from "../../core/src/quirks/acsQuirks";
import { ALIAS_QUIRKS } from "../../core/src/quirks/aliasQuirks";
import { readConfigSpace } from "../../core/src/capture/configSpace";
import { groupsOf, joinsOf, planOf, platform } from "./partitions";

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");

function deviceOf(row: AcsQuirk): number {
  if (row.devices === "any") return 0x0001;
  const [first] = row.devices;
  return typeof first === "number" ? first : (first?.[0] ?? 0);
}

/**
 * Two functions of one slot, or a port with an endpoint: what the row is about, without ACS unless it needs the
 * capability.
 */
function exampleOf(row: AcsQuirk, id: string): string {
  const acs = row.grants === "as-capable" ? `"acs": { "capable": "SV RR CR UF", "enabled": "" }` : `"acs": "none"`;
  const type = row.types?.[0] ?? (row.source.includes("mf_endpoint") || row.needsAmdIommu ? "endpoint" : "root-port");
  if (!type.endsWith("-port"))
    return `{ "at": "00:04.0", "type": "${type}", "multifunction": true, "id": "${id}", ${acs} }, { "at": "00:04.1", "type": "${type}", "id": "${id}", ${acs} }`;
  return `{ "at": "00:04.0", "type": "${type}", "id": "${id}", ${acs}, "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`;
}

describe("the kernel's ACS quirks", () => {
  it("are some seventy, each with its source, and few of them tested", () => {
    assert.ok(ACS_QUIRKS.length >= 60 && ACS_QUIRKS.length <= 90);
    for (const row of ACS_QUIRKS) assert.match(row.source, /^pci_quirk_\w+_acs$/, row.name);
    assert.deepEqual(
      ACS_QUIRKS.filter((row) => row.tested).map((row) => row.name),
      ["Intel root complex integrated endpoint"],
    );
    assert.equal(new Set(ACS_QUIRKS.map((row) => row.name)).size, ACS_QUIRKS.length, "names are unique");
  });

  for (const row of ACS_QUIRKS) {
    const isolates = row.grants === "as-capable" || row.grants.length > 0;
    it(`${isolates ? "isolate" : "do not isolate"}: ${row.name}`, () => {
      const id = `${hex4(row.vendor)}:${hex4(deviceOf(row))}`;
      const iommu = { iommu: `{ "name": "iommu0", "type": "${row.needsAmdIommu ? "amd-vi" : "vt-d"}" }` };
      const groups = iommuGroups(planOf(platform(exampleOf(row, id), iommu)));
      assert.equal(groups.groups.length, isolates ? 2 : 1);
      assert.equal(groups.isolationOf(groups.topology.functions[0] as never).quirk, row.name);
      assert.equal(
        groupsOf(platform(exampleOf(row, "abcd:0001"), iommu)).length,
        1,
        "another vendor's does not isolate",
      );
    });
  }

  it("isolate the AMD southbridge only where AMD's IOMMU is", () => {
    const functions = `{ "at": "00:14.0", "type": "pci-device", "multifunction": true, "id": "1002:4385" }, { "at": "00:14.2", "type": "pci-device", "id": "1002:4383" }`;
    assert.equal(groupsOf(platform(functions)).length, 1);
    assert.equal(groupsOf(platform(functions, { iommu: `{ "name": "iommu0", "type": "amd-vi" }` })).length, 2);
  });

  it("take a Wangxun device of no known number, and a Zhaoxin port, not to isolate, whatever ACS says", () => {
    const on = `"acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;
    const port = `{ "at": "00:04.0", "type": "root-port", "id": "1d17:0700", ${on}, "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`;
    assert.deepEqual(groupsOf(platform(port)), ["00:04.0 01:00.0"]);
  });

  it("come with a kernel", () => {
    const port = `{ "at": "00:00.0", "type": "root-port", "id": "17cb:0111", "acs": "none", "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`;
    const count = (kernel: string): number =>
      groupsOf(platform(port), { kernel: parseKernelVersion(kernel) ?? { major: 0, minor: 0 } }).length;
    assert.deepEqual([count("6.12.107"), count("7.2")], [1, 2]);
  });

  it("yield to what the description says itself", () => {
    const port = `{ "at": "00:04.0", "type": "root-port", "quirks": ["vendor says so"], "acs": "none", "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`;
    assert.deepEqual(groupsOf(platform(port)), ["00:04.0", "01:00.0"]);
  });
});

describe("a switch whose source validation is broken", () => {
  const switchOf = (id: string, enabled: string): string => `{ "at": "00:04.0", "type": "root-port", "buses": "01-03",
    "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [
      { "at": "01:00.0", "type": "upstream-port", "buses": "02-03", "devices": [
        { "at": "02:00.0", "type": "downstream-port", "id": "${id}", "buses": "03-03",
          "acs": { "capable": "SV RR CR UF", "enabled": "${enabled}" }, "devices": [{ "at": "03:00.0", "type": "endpoint" }] }] }] }`;
  const alone = ["00:04.0", "01:00.0", "02:00.0", "03:00.0"];
  const together = ["00:04.0", "01:00.0", "02:00.0 03:00.0"];
  const groups = (id: string, enabled: string, version: string): string[] =>
    groupsOf(platform(switchOf(id, enabled)), { kernel: parseKernelVersion(version) ?? { major: 0, minor: 0 } });

  it("has its source", () => {
    for (const row of ACS_DEFECTS) assert.match(row.source, /^pci_disable_broken_acs_cap$/, row.name);
  });

  it("isolates without it since Linux 7.0", () => {
    assert.deepEqual(groups("111d:80b5", "RR CR UF", "7.0"), alone);
    assert.deepEqual(groups("111d:8090", "RR CR UF", "7.2"), alone);
    assert.deepEqual(groups("111d:80b5", "RR CR UF", "6.18"), together);
    assert.deepEqual(groups("111d:8061", "RR CR UF", "7.2"), together);
  });

  it("still needs the other bits", () => {
    assert.deepEqual(groups("111d:80b5", "SV CR UF", "7.2"), together);
  });

  it("is said to be one where that decides", () => {
    const quirk = (enabled: string): string | undefined => {
      const made = iommuGroups(planOf(platform(switchOf("111d:80b5", enabled))));
      return made.isolationOf(made.topology.functions[2] as never).quirk;
    };
    assert.equal(quirk("RR CR UF"), ACS_DEFECTS[0]?.name);
    assert.equal(quirk("SV RR CR UF"), undefined);
  });
});

describe("a Sunrise Point root port", () => {
  /**
   * Configuration space of a root port with an ACS capability at 0x100: capable of SV RR CR UF, `control` where the
   * device has it.
   */
  function registers(vendor: number, device: number): Uint8Array {
    const bytes = new Uint8Array(4096);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, vendor, true);
    view.setUint16(2, device, true);
    view.setUint16(6, 0x10, true);
    bytes[0x0e] = 1;
    bytes[0x34] = 0x40;
    view.setUint16(0x40, 0x0010, true);
    view.setUint16(0x42, 0x0042, true);
    view.setUint32(0x100, 0x0001_000d, true);
    view.setUint32(0x104, 0x1d, true);
    view.setUint32(0x108, 0x0d, true);
    return bytes;
  }

  it("has its ACS control word at offset 8, and others at 6", () => {
    assert.deepEqual(readConfigSpace(registers(0x8086, 0xa110), "here").facts.acs, { capable: 0x1d, enabled: 0x0d });
    assert.deepEqual(readConfigSpace(registers(0x8086, 0xa330), "here").facts.acs, { capable: 0x1d, enabled: 0 });
  });

  it("does not isolate where that word says so", () => {
    const port = (enabled: string): string =>
      `{ "at": "00:1c.0", "type": "root-port", "id": "8086:a110", "acs": { "capable": "SV RR CR UF", "enabled": "${enabled}" }, "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }`;
    assert.deepEqual(groupsOf(platform(port("SV CR UF"))), ["00:1c.0 01:00.0"]);
    assert.deepEqual(groupsOf(platform(port(""))), ["00:1c.0", "01:00.0"]);
  });
});

describe("the kernel's alias quirks", () => {
  it("have their sources", () => {
    for (const row of ALIAS_QUIRKS) assert.match(row.source, /^quirk_\w+$/, row.name);
  });

  it("put the DMA of a function under another one's id, whether that is there or not", () => {
    const functions = (second: string): string =>
      `{ "at": "00:04.0", "type": "endpoint", "id": "1180:ffff", "multifunction": true }, { "at": "00:04.${second}", "type": "endpoint", "id": "1180:e832" }`;
    const acs = (text: string): string =>
      text.replaceAll(
        `"type": "endpoint"`,
        `"type": "endpoint", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`,
      );
    assert.deepEqual(groupsOf(platform(acs(functions("2")))), ["00:04.0 00:04.2"]);
    assert.deepEqual(groupsOf(platform(acs(functions("2").slice(functions("2").indexOf("}, ") + 3)))), ["00:04.2"]);
  });

  it("end the walk at a bridge where the IOMMU sits", () => {
    const functions = (
      id: string,
    ): string => `{ "at": "00:1e.0", "type": "pci-bridge", "id": "${id}", "buses": "01-02", "devices": [
      { "at": "01:00.0", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [{ "at": "02:00.0", "type": "endpoint" }] }] }`;
    const reasons = (id: string): string[] => joinsOf(iommuGroups(planOf(platform(functions(id)))));
    assert.deepEqual(reasons("14e4:1234"), [
      "01:00.0 joins 00:1e.0, dma-alias, blame 00:1e.0",
      "02:00.0 joins 00:1e.0, dma-alias, blame 00:1e.0",
    ]);
    assert.deepEqual(reasons("14e4:9084"), [
      "01:00.0 joins 00:1e.0, acs-path, blame 00:1e.0",
      "02:00.0 joins 01:00.0, acs-path, blame 00:1e.0",
    ]);
  });

  it("let the bridge of an ASPEED BMC keep the requester ids, so that an SMMUv3 takes both functions, since Linux 7.0", () => {
    const bridge = `{ "at": "00:01.0", "type": "root-port", "buses": "01-02", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [
      { "at": "01:00.0", "type": "pcie-to-pci-bridge", "id": "1a03:1150", "buses": "02-02", "devices": [
        { "at": "02:00.0", "type": "pci-device", "id": "1a03:2000" }, { "at": "02:02.0", "type": "pci-device", "id": "1a03:2603" }] }] }`;
    const text = platform(bridge, { iommu: `{ "name": "iommu0", "type": "smmuv3", "base": "0x900_0000", "size": "128K" }` });
    const without = (version: string): string[] =>
      iommuGroups(planOf(text), { kernel: parseKernelVersion(version) ?? { major: 0, minor: 0 } }).membership.without.map(
        ({ node }) => node.address,
      );
    assert.deepEqual(without("6.19"), ["0000:02:02.0"]);
    assert.deepEqual(without("7.0"), []);
    assert.deepEqual(groupsOf(text), ["00:01.0", "01:00.0 02:00.0 02:02.0"]);
  });

  it("put all that is on the bus of a PLX non-transparent bridge together with it", () => {
    const on = `"acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;
    const bus = (id: string): string => `{ "at": "00:04.0", "type": "root-port", ${on}, "buses": "01-01", "devices": [
      { "at": "01:00.0", "type": "endpoint", "id": "${id}" }, { "at": "01:01.0", "type": "endpoint", "id": "10b5:87d0" }] }`;
    assert.deepEqual(groupsOf(platform(bus("10b5:87b0"))), ["00:04.0", "01:00.0 01:01.0"]);
    assert.deepEqual(groupsOf(platform(bus("10b5:8796"))), ["00:04.0", "01:00.0", "01:01.0"]);
  });

  it("find the VMD endpoint of every number that Linux's driver takes", () => {
    const made = (id: string): string[] =>
      groupsOf(
        platform(`{ "at": "00:0e.0", "type": "integrated-endpoint", "id": "${id}" }`).replace(
          /\]\s*\}\s*$/,
          `, { "name": "vmd0", "segment": 65536, "msi": "none", "iommu": "unknown", "devices": [{ "at": "00:00.0", "type": "endpoint" }] }] }`,
        ),
      );
    for (const id of ["201d", "28c0", "467f", "4c3d", "7d0b", "9a0b", "a77f", "ad0b", "b06f", "b07f", "b60b"])
      assert.equal(made(`8086:${id}`).length, 1, id);
    assert.equal(made("8086:1234").length, 2);
  });
});
