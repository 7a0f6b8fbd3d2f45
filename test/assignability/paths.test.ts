// The way of an MSI from a function to its doorbell, as text, on small machines and on real ones.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { DoorbellPathAnswer } from "../../core/src/index";
import { describeDoorbellPath, doorbellPath, iommuGroups } from "../../core/src/index";
import { planOf } from "../groups/partitions";
import { repositoryRoot } from "../repositoryRoot";
import { armMachine, x86Machine } from "./machines";

function pathOf(text: string, name = "nic0"): DoorbellPathAnswer {
  const plan = planOf(text);
  const node = plan.functions.find((one) => one.function.name === name);
  assert.ok(node, `there is a ${name}`);
  return doorbellPath(plan, iommuGroups(plan).topology, node);
}

const words = (text: string, name?: string): string[] => describeDoorbellPath(pathOf(text, name));
const window = `, "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true }`;

describe("the path of an MSI", () => {
  it("is translated behind an SMMU: map entries, stream, device id, page", () => {
    assert.deepEqual(
      words(
        armMachine({
          iommu: window,
          bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x1_0000" }], "msi": [{ "ids": "0100-01ff", "to": "its0", "deviceIds": "0x20" }]`,
        }),
      ),
      [
        "requester id 0x0100",
        "MSI map entry 1 (ids 0100-01ff) of pcie0 leads to its0 as device id 0x20",
        "it writes to 0x0800_0000-0x080f_ffff (MSI window of smmu0)",
        "smmu0 translates the write as stream 0x10100 (IOMMU map entry 1 (ids 0000-ffff) of pcie0) to translation page of its0 0x0809_0000-0x0809_ffff",
        "mapped in pages of 64 KiB: 0x0809_0000-0x0809_ffff, which hold nothing else",
      ],
    );
  });

  it("takes the entry that covers the id, after the mask", () => {
    const text = armMachine({
      bridge: `"iommu": [{ "ids": "0000-00ff", "to": "smmu0", "stream": "0x800", "mask": "0xff" }], "msi": [{ "ids": "0000-00ff", "to": "its0" }, { "ids": "0100-01ff", "to": "its0" }]`,
    });
    const found = pathOf(text);
    assert.ok("route" in found);
    assert.deepEqual([found.msiEntry?.index, found.msiEntry?.becomes, found.iommuEntry?.becomes], [1, 0x100, 0x800]);
  });

  it("is taken by hardware on x86", () => {
    assert.deepEqual(words(x86Machine()), [
      "requester id 0x0100",
      "all MSIs of pci0 go to lapic",
      "it writes to 0xfee0_0000-0xfeef_ffff (doorbell lapic)",
      "dmar0 does not translate the write: hardware takes its address as an interrupt",
    ]);
  });

  it("ends in the root complex where that takes it", () => {
    const text = armMachine({
      bridge: `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": { "rootComplex": "0xffff_fffc" }`,
    });
    assert.deepEqual(words(text).slice(1), [
      "it writes to 0xffff_fffc-0xffff_ffff (MSI address of pcie0)",
      "pcie0 takes the write itself: no IOMMU sees it, and nothing needs to be mapped",
    ]);
  });

  it("bypasses the IOMMU where no mapping covers the id", () => {
    const text = armMachine({ bridge: `"iommu": [{ "ids": "0000-00ff", "to": "smmu0" }], "msi": "its0"` });
    assert.deepEqual(words(text).slice(1), [
      "all MSIs of pcie0 go to its0",
      "it writes to 0x0809_0000-0x0809_ffff (translation page of its0)",
      "no IOMMU is in front: the write reaches its0 as it is",
    ]);
  });

  it("names the requester ids that bridges put in place of the function's own", () => {
    const text = `{ "platform": "p", "doorbells": [{ "name": "db0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
      "pci": [{ "name": "pcie0", "msi": "db0", "devices": [{ "at": "00:01.0", "type": "pcie-to-pci-bridge", "buses": "01-01",
        "devices": [{ "at": "01:02.0", "name": "nic0", "type": "pci-device" }] }] }] }`;
    assert.equal(words(text)[0], "requester id 0x0110, also seen as 0x0100");
  });

  it("says who else is in the page that is mapped", () => {
    const text = armMachine({
      iommu: `, "pageSizes": ["64K"]`,
      doorbell: `{ "name": "its0", "type": "gicv2m", "base": "0x0808_0000", "size": "4K" }`,
      top: `, "devices": [{ "name": "gpio0", "base": "0x0808_1000", "size": "4K" }, { "name": "uart0", "base": "0x0809_0000", "size": "4K" }]`,
    });
    assert.equal(
      words(text).at(-1),
      "mapped in pages of 64 KiB: 0x0808_0000-0x0808_ffff, which also hold device gpio0 0x0808_1000-0x0808_1fff: who is given the doorbell reaches that too",
    );
  });

  it("says what is in the way: widths, 32-bit MSI, inbound windows", () => {
    const high = `, "msiWindow": { "base": "0x1_0000_0000", "size": "1M", "programmable": true }, "inputBits": 32, "outputBits": 26`;
    const text = armMachine({
      iommu: high,
      nic: `, "msi": { "address64": false }`,
      bridge: `"inbound": [{ "bus": "0x0", "size": "2G" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0"`,
    });
    assert.deepEqual(words(text).slice(-4), [
      "no inbound window of pcie0 lets the write through",
      "its MSI capability holds 32 bits, and 0x1_0000_0000-0x1_000f_ffff is above 4 GiB",
      "0x1_0000_0000-0x1_000f_ffff is beyond the 32-bit input of smmu0, which ends at 0xffff_ffff",
      "the doorbell cannot be mapped: 0x0809_0000-0x0809_ffff is beyond the 26-bit output of smmu0, which ends at 0x03ff_ffff",
    ]);
    const wide = armMachine({ iommu: high, nic: `, "msi": { "address64": false, "msix": true }` });
    assert.ok(!words(wide).some((line) => line.includes("32 bits")), "MSI-X has 64 bits");
  });

  it("is told to be absent or not known, with why", () => {
    const iommu = `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }]`;
    assert.deepEqual(words(armMachine({ bridge: `${iommu}, "msi": "none"` })), ["pcie0 has no MSIs"]);
    assert.deepEqual(words(armMachine({ bridge: iommu })), ["no doorbell is described for pcie0"]);
    assert.deepEqual(words(armMachine({ bridge: `${iommu}, "msi": "unknown"` })), [
      "not known: where the MSIs of pcie0 go is unknown",
    ]);
    assert.deepEqual(words(armMachine({ bridge: `${iommu}, "msi": [{ "ids": "0000-00ff", "to": "its0" }]` })), [
      "no MSI mapping of pcie0 leads nic0 (0000:01:00.0) to a doorbell",
    ]);
  });

  it("of HiSilicon's D05 goes to the ITS that its kernel lists in reserved_regions", () => {
    const text = fs.readFileSync(path.join(repositoryRoot, "examples/hisilicon-d05.platform.jsonc"), "utf8");
    assert.ok(words(text, "rp-f8").includes("it writes to 0xc601_0000-0xc601_ffff (translation page of its-dsa-a)"));
  });
});
