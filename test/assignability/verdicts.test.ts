// Which functions can be given to a guest, on small machines that each have one thing wrong.
import assert from "node:assert/strict";
import { armMachine, nic0, verdicts, x86Machine } from "./machines";

describe("a PCI function behind an IOMMU", () => {
  it("is assignable alone, with what keeps it from the rest of the machine", () => {
    assert.deepEqual(verdicts(armMachine()), ["00:01.0 impossible", "01:00.0 assignable"]);
    const { reasons, protections, group, together } = nic0(armMachine());
    assert.deepEqual(reasons, ["alone in its group: rp0 (0000:00:01.0) above it isolates"]);
    assert.deepEqual(protections, ["smmu0 translates its DMA", "its0 checks who writes"]);
    assert.deepEqual([group.length, together.length], [1, 0]);
  });

  it("is assignable with ports in its group: they stay with the host", () => {
    const { verdict, reasons } = nic0(armMachine({ acs: `"none"` }));
    assert.equal(verdict, "assignable");
    assert.deepEqual(reasons, [
      "its group holds otherwise only rp0 (0000:00:01.0): what is a bridge stays with the host",
    ]);
  });

  it("goes only together with what shares its group, and the port is named", () => {
    const text = x86Machine({ acs: `"none"` });
    assert.deepEqual(verdicts(text), [
      "00:1c.0 impossible",
      "00:1c.4 impossible",
      "01:00.0 together",
      "02:00.0 together",
    ]);
    const { together, reasons } = nic0(text);
    assert.deepEqual(
      together.map((node) => node.label),
      ["nic1 (0000:02:00.0)"],
    );
    assert.match(reasons.join("\n"), /root port rp0 \(0000:00:1c\.0\) has no ACS/);
  });

  it("is split from it by ACS", () =>
    assert.deepEqual(verdicts(x86Machine()).slice(2), ["01:00.0 assignable", "02:00.0 assignable"]));
});

describe("a PCI function whose DMA nothing translates", () => {
  const bypass = `"iommu": [{ "ids": "0000-00ff", "to": "smmu0" }], "msi": [{ "ids": "0000-ffff", "to": "its0" }]`;

  it("is not safe where the machine has an IOMMU that does not see it", () => {
    const { verdict, reasons } = nic0(armMachine({ bridge: bypass }));
    assert.deepEqual(
      [verdict, ...reasons],
      ["not-safe", "its DMA bypasses the IOMMU: no IOMMU mapping of pcie0 covers id 0100"],
    );
    assert.deepEqual(nic0(armMachine({ bridge: `"iommu": "none", "msi": "its0"` })).reasons, [
      "its DMA bypasses the IOMMU: pcie0 has no IOMMU mapping",
    ]);
  });

  it("is impossible where there is none, or only one that is off", () => {
    assert.deepEqual(nic0(armMachine({ iommu: `, "disabled": true` })).reasons, [
      "smmu0, its only protection, is disabled",
    ]);
    const none = armMachine({ bridge: `"msi": "its0"` }).replace(/ {2}"iommus".*\n/, "");
    assert.deepEqual([nic0(none).verdict, ...nic0(none).reasons], ["impossible", "the machine has no IOMMU"]);
  });

  it("is not known where the mappings are not", () => {
    const { verdict, reasons } = nic0(armMachine({ bridge: `"iommu": "unknown", "msi": "its0"` }));
    assert.equal(verdict, "unknown");
    assert.equal(reasons[0], "which IOMMU is in front of pcie0 is unknown");
  });

  it("is impossible where the kernel ran with the IOMMU off", () => {
    const { verdict, reasons } = nic0(x86Machine({ top: `, "captured": { "commandLine": "quiet intel_iommu=off" }` }));
    assert.deepEqual([verdict, ...reasons], ["impossible", "the kernel ran with intel_iommu=off"]);
  });
});

describe("a PCI function whose interrupts nothing checks", () => {
  const msi = (type: string): string =>
    armMachine({
      doorbell: `{ "name": "db0", "type": "${type}", "base": "0x0802_0000", "size": "64K" }`,
      bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "db0"`,
    });

  for (const type of ["gicv2m", "mbi", "controller", "mip"]) {
    it(`is not safe behind a ${type}`, () => {
      assert.deepEqual(
        [nic0(msi(type)).verdict, nic0(msi(type)).reasons[0]],
        ["not-safe", `db0 (${type}) does not check who writes: it can raise the interrupts of others`],
      );
    });
  }

  it("is not safe where the root complex takes its MSIs", () => {
    const { verdict, reasons } = nic0(
      armMachine({
        bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": { "rootComplex": "0xffff_fffc" }`,
      }),
    );
    assert.deepEqual([verdict, reasons[0]], ["not-safe", "pcie0 takes MSIs itself and does not check who writes"]);
  });

  it("is not safe on x86 without interrupt remapping", () => {
    for (const iommu of ["", `, "interruptRemapping": false`]) {
      assert.deepEqual(
        [nic0(x86Machine({ iommu })).verdict, nic0(x86Machine({ iommu })).reasons[0]],
        ["not-safe", "dmar0 does not remap interrupts, so it can raise any"],
      );
    }
    assert.equal(nic0(x86Machine({ top: `, "captured": { "commandLine": "intremap=off" }` })).verdict, "not-safe");
  });

  it("is not known where an import did not see whether they are remapped", () => {
    const { verdict, reasons } = nic0(x86Machine({ iommu: `, "interruptRemapping": "unknown"` }));
    assert.equal(verdict, "unknown");
    assert.ok(reasons.includes("whether dmar0 remaps interrupts is unknown"), reasons.join("\n"));
  });

  it("is not safe behind a virtio-iommu on x86, which cannot remap any", () => {
    const text = x86Machine({ iommu: `, "interruptRemapping": "unknown"` }).replace(
      `"vt-d"`,
      `"virtio-iommu"`,
    );
    assert.deepEqual(
      [nic0(text).verdict, nic0(text).reasons[0]],
      ["not-safe", "dmar0 does not remap interrupts, so it can raise any"],
    );
  });

  it("makes all of its group unsafe", () => {
    const nic1 = `, "devices": []`;
    assert.deepEqual(verdicts(x86Machine({ acs: `"none"`, iommu: "", nic: nic1 })).slice(2), [
      "01:00.0 not-safe",
      "02:00.0 not-safe",
    ]);
  });
});

describe("a PCI function that firmware holds on to", () => {
  const region = (type: string): string =>
    `, "interruptRemapping": true, "reserved": [{ "name": "rmrr0", "range": "0xbdf6_e000-0xbdf8_4fff", "type": "${type}", "devices": ["01:00.0"] }]`;

  it("is impossible with a direct region, and so is what shares its group", () => {
    const { verdict, reasons } = nic0(x86Machine({ iommu: region("direct") }));
    assert.deepEqual(
      [verdict, reasons[0]],
      [
        "impossible",
        "firmware wants 0xbdf6_e000-0xbdf8_4fff mapped one to one for nic0 (0000:01:00.0) at all times (direct)",
      ],
    );
    assert.deepEqual(verdicts(x86Machine({ iommu: region("direct") })).slice(2), [
      "01:00.0 impossible",
      "02:00.0 assignable",
    ]);
    assert.deepEqual(verdicts(x86Machine({ iommu: region("direct"), acs: `"none"` })).slice(2), [
      "01:00.0 impossible",
      "02:00.0 impossible",
    ]);
  });

  it("is assignable where the region is relaxable", () =>
    assert.equal(nic0(x86Machine({ iommu: region("direct-relaxable") })).verdict, "assignable"));

  it("is refused by the IOMMU core since Linux 6.6, and by Intel's driver always", () => {
    const arm = (kernel: string): string =>
      armMachine({
        iommu: `, "reserved": [{ "range": "0xe000_0000-0xe000_ffff", "type": "direct" }]`,
        top: `, "captured": { "kernel": "${kernel}" }`,
      });
    assert.deepEqual([nic0(arm("6.12.1")).verdict, nic0(arm("6.1.0")).verdict], ["impossible", "assignable"]);
    assert.equal(
      nic0(x86Machine({ iommu: region("direct"), top: `, "captured": { "kernel": "6.1.0" }` })).verdict,
      "impossible",
    );
  });
});

describe("what cannot be assigned for what it is", () => {
  it("is a bridge, and what is disabled, itself or above", () => {
    assert.deepEqual(nic0(armMachine({ nic: `, "disabled": true` })).reasons, ["it is disabled"]);
    const off = armMachine().replace(`"type": "root-port"`, `"type": "root-port", "disabled": true`);
    assert.deepEqual(nic0(off).reasons, ["rp0 (0000:00:01.0) above it is disabled"]);
  });

  it("is an IOMMU", () => {
    const { verdict, reasons } = nic0(armMachine({ iommu: `, "at": "01:00.0"` }));
    assert.deepEqual([verdict, ...reasons], ["impossible", "it is an IOMMU itself"]);
  });
});

describe("a PCI function whose group is not settled", () => {
  it("is not known where the ACS of a port is not", () => {
    const { verdict, reasons, group } = nic0(x86Machine({ acs: `"unknown"` }));
    assert.deepEqual([verdict, group.length], ["unknown", 0]);
    assert.deepEqual(reasons.slice(0, 2), ["its IOMMU group is not known", "the ACS of rp0 (0000:00:1c.0) is unknown"]);
  });

  it("gets its group when vfio-pci takes it, where only held functions have one", () => {
    const text = armMachine({ top: `, "captured": { "kernel": "6.12.107" }` }).replace(
      `"name": "rp0"`,
      `"name": "rp0", "driver": "pcieport"`,
    );
    const { verdict, cautions } = nic0(text);
    assert.equal(verdict, "assignable");
    assert.match(cautions[0] ?? "", /no driver holds it.*; bound to vfio-pci it gets this one/);
  });
});

describe("whoever assigns a function", () => {
  it("is told what can reach it though the kernel keeps them apart", () => {
    const text = `{ "platform": "p", "arch": "x86_64", "iommus": [{ "name": "dmar0", "type": "vt-d", "interruptRemapping": true }],
      "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }], "msi": "none", "devices": [
        { "at": "00:01.0", "type": "root-port", "buses": "01-04", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [
          { "at": "01:00.0", "type": "upstream-port", "buses": "02-04", "devices": [
            { "at": "02:00.0", "name": "dsp0", "type": "downstream-port", "buses": "03-03", "devices": [{ "at": "03:00.0", "name": "nic0", "type": "endpoint" }] },
            { "at": "02:01.0", "name": "dsp1", "type": "downstream-port", "buses": "04-04", "devices": [{ "at": "04:00.0", "type": "endpoint" }] }] }] }] }] }`;
    const { verdict, cautions } = nic0(text);
    assert.equal(verdict, "assignable");
    assert.match(
      cautions.join("\n"),
      /apart, yet they may reach one another past the IOMMU: downstream port dsp0 \(0000:02:00\.0\) has no ACS/,
    );
  });

  it("is told that iommufd refuses a group with both kinds of MSI region, as on HiSilicon's D05", () => {
    const text = armMachine({
      iommu: `, "reserved": [{ "name": "its-hw", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }]`,
    });
    assert.match(nic0(text).cautions.join("\n"), /^iommufd refuses its group/);
  });

  it("is told when its MSIs do not arrive", () => {
    const far = armMachine({
      iommu: `, "outputBits": 40`,
      doorbell: `{ "name": "its0", "type": "its", "base": "0x8010_0002_0000", "size": "128K" }`,
    });
    assert.deepEqual(nic0(far).cautions, [
      "its MSIs do not arrive: the doorbell cannot be mapped: 0x8010_0003_0000-0x8010_0003_ffff is beyond the 40-bit output of smmu0, which ends at 0xff_ffff_ffff",
    ]);
  });
});
