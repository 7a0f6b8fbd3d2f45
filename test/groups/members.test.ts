// Which functions have a group at all, and what a stream id shared by several does.
import assert from "node:assert/strict";
import { groupNotes } from "../../core/src/plan/groups/describeGroups";
import { deviceGroups } from "../../core/src/plan/groups/deviceGroups";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { parseKernelVersion } from "../../core/src/plan/groups/kernel";
import { groupsOf, joinsOf, partition, membersOf, planOf, platform, short } from "./partitions";

function without(text: string, kernel = "7.2"): string[] {
  const version = parseKernelVersion(kernel);
  const { membership } = iommuGroups(planOf(text), version ? { kernel: version } : {});
  return membership.without.map(({ node, because }) => `${short(node.address)}: ${because}`);
}

const three = `{ "at": "00:01.0", "type": "endpoint" }, { "at": "00:02.0", "type": "endpoint" }, { "at": "00:03.0", "type": "endpoint" }`;
const smmu = (type: string): string => `{ "name": "smmu0", "type": "${type}" }`;

describe("who has an IOMMU group", () => {
  it("is nobody where no IOMMU is in front", () => {
    const text = platform(three, { bridge: `"iommu": [{ "ids": "0008-0010", "to": "iommu0" }]` });
    assert.deepEqual(without(text), ["00:03.0: no IOMMU is in front of it"]);
    assert.deepEqual(groupsOf(text), ["00:01.0", "00:02.0"]);
    assert.deepEqual(groupsOf(platform(three, { bridge: `"iommu": "none"` })), []);
  });

  it("is not the IOMMU itself", () => {
    const amd = `{ "at": "00:00.2", "type": "pci-device", "id": "1022:1451", "class": "0806" }, { "at": "00:01.0", "type": "endpoint" }`;
    assert.deepEqual(without(platform(amd)), ["00:00.2: it is an IOMMU itself"]);
    const virtio = platform(three, { iommu: `{ "name": "iommu0", "type": "virtio-iommu", "at": "00:02.0" }` });
    assert.deepEqual(without(virtio), ["00:02.0: it is an IOMMU itself"]);
  });

  it("is only what a driver holds, before Linux 6.15 and behind an SMMU, where the drivers are known", () => {
    const devices = `{ "at": "00:01.0", "type": "endpoint", "driver": "nvme" }, { "at": "00:02.0", "type": "endpoint" }`;
    const text = (type: string, driver: boolean): string =>
      platform(driver ? devices : devices.replace(`, "driver": "nvme"`, ""), {
        iommu: smmu(type),
        bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }]`,
        top: `, "captured": { "kernel": "6.12.107" }`,
      });
    const because = "no driver holds it, and before Linux 6.15 smmuv3 gives a group only to what a driver holds";
    assert.deepEqual(without(text("smmuv3", true), ""), [`00:02.0: ${because}`]);
    assert.deepEqual(without(text("smmuv3", true), "7.2"), []);
    assert.deepEqual(without(text("smmuv3", false), "6.12"), []);
    assert.deepEqual(without(text("vt-d", true), "6.12"), []);
  });

  it("may be fewer where the drivers are not known, and that is said", () => {
    const bridge = `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }]`;
    const text = platform(three, { iommu: smmu("smmuv3"), bridge });
    const notes = (minor: number): string[] =>
      groupNotes(iommuGroups(planOf(text), { kernel: { major: 6, minor } }), undefined);
    assert.match(notes(12).join(), /no drivers are described: those without one have no group/);
    assert.doesNotMatch(notes(15).join(), /drivers/);
  });

  it("is nobody on a machine that ran with its IOMMU off", () => {
    const text = platform(three, {
      bridge: `"iommu": "unknown"`,
      top: `, "captured": { "commandLine": "quiet intel_iommu=off" }`,
    });
    assert.deepEqual(groupsOf(text), []);
    assert.match(without(text)[0] ?? "", /the kernel ran with intel_iommu=off/);
  });

  it("is everybody where it is not known, and that is said", () => {
    const groups = iommuGroups(planOf(platform(three, { bridge: `"iommu": "unknown"` })));
    assert.deepEqual(partition(membersOf(groups.groups)), ["00:01.0", "00:02.0", "00:03.0"]);
    assert.deepEqual(groups.membership.unknown, ["which IOMMU is in front of pci0 is unknown"]);
  });

  it("does not count what is disabled", () => {
    assert.deepEqual(groupsOf(platform(three.replace(`"00:02.0", `, `"00:02.0", "disabled": true, `))), [
      "00:01.0",
      "00:03.0",
    ]);
  });
});

describe("a stream id of several functions", () => {
  const masked = (type: string): string =>
    platform(three, {
      iommu: smmu(type),
      bridge: `"iommu": [{ "ids": "0000-0000", "to": "smmu0", "stream": "0x0", "mask": "0x0" }]`,
    });

  it("makes one group behind an SMMUv1 and v2", () => {
    for (const type of ["smmuv1", "smmuv2"]) {
      assert.deepEqual(groupsOf(masked(type)), ["00:01.0 00:02.0 00:03.0"]);
      assert.deepEqual(joinsOf(iommuGroups(planOf(masked(type)))), [
        "00:02.0 joins 00:01.0, same-stream",
        "00:03.0 joins 00:01.0, same-stream",
      ]);
    }
  });

  it("does the same for devices that are not PCI", () => {
    const device = (name: string, base: string, streams: string): string =>
      `{ "name": "${name}", "base": "${base}", "size": "4K", "iommu": [{ "streams": "${streams}", "to": "smmu0" }] }`;
    const devices = [
      device("dma0", "0x1000_0000", "0-3"),
      device("sata", "0x1000_1000", "8"),
      device("dma1", "0x1000_2000", "3"),
    ];
    const names = (type: string): string[] => {
      const text = `{ "platform": "m", "iommus": [${smmu(type)}], "devices": [${devices.join(", ")}, { "name": "uart", "base": "0x1000_3000", "size": "4K" }] }`;
      return deviceGroups(planOf(text)).map((group) => group.devices.map((one) => one.name).join(" "));
    };
    assert.deepEqual(
      [names("smmuv2"), names("smmuv3")],
      [
        ["dma0 dma1", "sata"],
        ["dma0", "sata"],
      ],
    );
  });

  it("leaves all but the first without a group behind an SMMUv3", () => {
    assert.deepEqual(groupsOf(masked("smmuv3")), ["00:01.0"]);
    assert.match(
      without(masked("smmuv3"))[0] ?? "",
      /^00:02\.0: its stream 0x0 on smmu0 already belongs to 0000:00:01\.0/,
    );
  });

  it("is that of a PCIe-to-PCI bridge: the second function behind one has no group behind an SMMUv3 (seen on arm-07)", () => {
    const acs = `"acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;
    const devices = `{ "at": "00:02.0", "type": "root-port", "buses": "01-02", ${acs}, "devices": [{ "at": "01:00.0", "type": "pcie-to-pci-bridge", "buses": "02-02", "devices": [{ "at": "02:01.0", "type": "pci-device" }, { "at": "02:02.0", "type": "pci-device" }] }] }`;
    const text = platform(devices, {
      iommu: smmu("smmuv3"),
      bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }]`,
    });
    assert.deepEqual(groupsOf(text), ["00:02.0", "01:00.0 02:01.0"]);
    assert.deepEqual(without(text), [
      "02:02.0: its stream 0x200 on smmu0 already belongs to 0000:02:01.0, which an SMMUv3 refuses",
    ]);
  });
});
