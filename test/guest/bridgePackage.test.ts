// The bridge package of a guest, judged by what Platmap says of it as a platform: it is one that can be read, and lacks nothing but the memory that is left out.
import assert from "node:assert/strict";
import { emitBridgePackage } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";
import type { Hosts } from "./guests";
import { planOf } from "./guests";

const host = (reserved: readonly object[], bars: readonly object[] = []): string =>
  JSON.stringify({
    platform: "d05", arch: "arm64",
    iommus: [{ name: "smmu", type: "smmuv3", reserved }],
    pci: [{ name: "pci0", msi: "none", iommu: [{ ids: "0000-ffff", to: "smmu" }], devices: [{ at: "00:05.0", name: "nic", type: "endpoint", bars }] }],
  });
const ITS_PAGE = { range: "0xc601_0000-0xc601_ffff", type: "msi" };
const GUEST = {
  machine: "qemu-virt-10.1", physicalAddressBits: 40, memory: [{ name: "ram", size: "2560M", base: "0x4000_0000" }],
  passthrough: [{ host: "d05", device: "00:05.0", when: "hotplug" }],
};

function packageOf(guest: object, hosts: Hosts): string {
  const emitted = emitBridgePackage(planOf(guest, hosts));
  assert.ok("text" in emitted, "cannot" in emitted ? emitted.cannot : "");
  return emitted.text;
}

describe("the bridge package", () => {
  it("is a platform file whose only fault is the memory that it leaves out", () => {
    const { findings, plan } = checkText("package.platform.jsonc", packageOf(GUEST, { d05: host([ITS_PAGE]) }));
    assert.deepEqual(findings.map((one) => one.message), ["DMA below package does not reach 0xc601_0000-0xc601_ffff (64 KiB) of memory: no inbound window covers it, and there is no IOMMU"]);
    assert.equal(plan?.platform.platform, "g-package");
  });

  it("has windows that hold the BARs of its devices, naturally aligned", () => {
    const bars = [{ bar: 0, size: "3G", type: "mem64-prefetchable" }, { bar: 2, size: "64M", type: "mem32" }];
    const { plan } = checkText("package.platform.jsonc", packageOf(GUEST, { d05: host([ITS_PAGE], bars) }));
    const windows = plan?.platform.pci?.[0]?.windows;
    assert.ok(Array.isArray(windows));
    const sizes = windows.map(({ type, busExtent }) => [type, busExtent?.ranges[0].base ?? 0n, (busExtent?.ranges[0].end ?? 0n) - (busExtent?.ranges[0].base ?? 0n)] as const);
    assert.deepEqual(sizes.map(([type, , size]) => [type, size]), [["mem32", 64n << 20n], ["mem64-prefetchable", 4n << 30n]]);
    for (const [, base, size] of sizes) assert.equal(base % size, 0n);
  });

  it("says where no window below 4 GiB has a place", () => {
    const text = packageOf({ ...GUEST, memory: [{ name: "ram", size: "4G", base: "0x4000_0000" }] }, { d05: host([ITS_PAGE]) });
    assert.match(text, /No window below 4 GiB has a place/);
  });

  it("does not exist for a guest that can have its devices", () => {
    const emitted = emitBridgePackage(planOf({ ...GUEST, memory: [{ name: "ram", size: "1G", base: "0x4000_0000" }] }, { d05: host([ITS_PAGE]) }));
    assert.deepEqual(emitted, { cannot: "every device that is to be plugged in later can reach the guest's memory as it lies" });
  });
});
