// Nested resources as BIOSes of real machines leave them: what lies in what is kept, and nothing is told twice.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { captureDocument, importPaths, type PlatformDocument } from "./captures";
import { temporaryFolder } from "../temporaryFolder";

function iomem(...lines: readonly string[]): PlatformDocument {
  const file = path.join(temporaryFolder(), "iomem");
  fs.writeFileSync(file, lines.join("\n"));
  return importPaths(file).document;
}

describe("nested resources", () => {
  it("a page that is reserved for one device is that device", () => {
    const { devices, reserved } = iomem(
      "fec00000-fec00fff : Reserved",
      "  fec00000-fec003ff : IOAPIC 0",
      "fed00000-fed00fff : Reserved",
      "  fed00000-fed003ff : HPET 0",
      "    fed00000-fed003ff : PNP0103:00",
    );
    assert.deepEqual(
      devices?.map(({ name, base, size }) => `${name} ${base} ${size}`),
      ["ioapic0 0xfec00000 1K", "hpet0 0xfed00000 1K"],
    );
    assert.equal(reserved, undefined);
  });

  it("a device in a larger reservation is a part of it", () => {
    const { devices, reserved } = iomem(
      "40000000-47ffffff : Reserved",
      "  40200000-45f7ffff : INT0E0C:00",
      "fec00000-fec003ff : IOAPIC 0",
    );
    assert.deepEqual(
      reserved?.map(({ name }) => name),
      ["reserved-40000000"],
    );
    assert.deepEqual(devices?.[0], {
      name: "int0e0c-0",
      base: "0x40200000",
      size: "0x5d80000",
      in: "reserved-40000000",
    });
  });

  it("ECAM and windows are taken out of the reservation around them", () => {
    const document = iomem(
      "6f800000-8fffffff : Reserved",
      "  80000000-8fffffff : PCI MMCONFIG 0000 [bus 00-ff]",
      "000c0000-000c7fff : Video ROM",
      "  000c4000-000c7fff : PCI Bus 0000:00",
      "fec00000-fec003ff : IOAPIC 0",
    );
    assert.deepEqual(
      document.reserved?.map(({ name, base, size }) => `${name} ${base} ${size}`),
      ["video-rom 0xc0000 16K", "reserved-6f800000 0x6f800000 264M"],
    );
    assert.deepEqual(document.pci?.[0]?.config, { base: "0x80000000", size: "256M", type: "ecam" });
    assert.deepEqual(document.pci?.[0]?.windows, [{ type: "mem32", cpu: "0xc4000", size: "16K" }]);
  });

  it("a reservation with a window in its middle keeps both ends", () => {
    const { reserved } = iomem(
      "0009e000-000fffff : Reserved",
      "  000a0000-000dffff : PCI Bus 0000:00",
      "  000f0000-000fffff : System ROM",
      "fec00000-fec003ff : IOAPIC 0",
    );
    assert.deepEqual(
      reserved?.map(({ name, ranges, in: inside }) => [name, ranges, inside]),
      [
        ["reserved-9e000", ["0x9e000-0x9ffff", "0xe0000-0xfffff"], undefined],
        ["system-rom", undefined, "reserved-9e000"],
      ],
    );
  });

  it("the local APIC is the doorbell, and nothing else besides", () => {
    const { doorbells, devices, reserved } = iomem(
      "fee00000-feefffff : pnp 00:01",
      "  fee00000-fee00fff : Local APIC",
      "fec00000-fec003ff : IOAPIC 0",
    );
    assert.deepEqual(doorbells, [{ name: "local-apic", type: "local-apic", base: "0xfee00000", size: "1M" }]);
    assert.deepEqual(
      devices?.map(({ name }) => name),
      ["ioapic0"],
    );
    assert.equal(reserved, undefined);
  });

  it("what lies in a window of a host bridge is a part of the bridge, the doorbell too", () => {
    const document = iomem(
      "b0000000-ffffffff : PCI Bus 0000:00",
      "  feb20000-feb23fff : amd_iommu",
      "  fec00000-fec00fff : reserved",
      "    fec00000-fec003ff : IOAPIC 0",
      "  fed61000-fed70fff : reserved",
      "    fed61000-fed70fff : pnp 00:01",
      "  fee00000-fee00fff : Local APIC",
    );
    const inside = [
      ...(document.devices ?? []),
      ...(document.reserved ?? []),
      ...(document.doorbells ?? []),
      ...(document.iommus ?? []),
    ].map(({ name, in: outer }) => [name, outer]);
    assert.deepEqual(inside, [
      ["ioapic0", "pcie0"],
      ["reserved-fed61000", "pcie0"],
      ["local-apic", "pcie0"],
      ["ivhd0", "pcie0"],
    ]);
  });

  it("motherboard resources that nobody drives are reservations of the board", () => {
    const { reserved } = iomem("fed10000-fed17fff : pnp 00:05", "fec00000-fec003ff : IOAPIC 0");
    assert.deepEqual(reserved, [
      { name: "pnp-00-05", base: "0xfed10000", size: "32K", type: "firmware", origin: "board" },
    ]);
  });

  it("memory of other kinds is told apart, and the kernel's own resources are left out", () => {
    const document = iomem(
      "00100000-7fffffff : System RAM",
      "  01000000-01ffffff : Kernel code",
      "2ae800000-2afffffff : RAM buffer",
      "4080000000-487fffffff : Persistent Memory",
      "  4080000000-447fffffff : namespace0.0",
      "5000000000-5fffffffff : Soft Reserved",
    );
    assert.deepEqual(
      document.memory?.map(({ name, type }) => [name, type]),
      [
        ["ram0", undefined],
        ["pmem0", "persistent"],
        ["soft-reserved0", "soft-reserved"],
      ],
    );
    assert.equal(document.devices, undefined);
  });

  it("memory that firmware cut in the middle of a page is joined, then trimmed inward", () => {
    const { memory } = iomem(
      "00001000-0009fbff : System RAM",
      "00900000-7d82b017 : System RAM",
      "7d82b018-7eeb6fff : System RAM",
    );
    assert.deepEqual(
      memory?.map(({ base, size }) => `${base} ${size}`),
      ["0x1000 632K", "0x900000 0x7e5b7000"],
    );
  });

  it("what keeps ECAM free where no firmware map does is a motherboard resource", () => {
    const { reserved } = captureDocument("x86-22-microvm");
    assert.deepEqual(
      reserved?.find(({ name }) => name === "motherboard"),
      { name: "motherboard", base: "0xe0000000", size: "256M", type: "firmware", origin: "board", in: "pcie0" },
    );
    const ofPc = captureDocument("x86-01-rp-acs").reserved ?? [];
    assert.ok(!ofPc.some(({ name }) => name === "motherboard"), "the E820 map of this one reserves it");
  });
});
