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

describe("functions that lspci shows", () => {
  const board = [
    "[    1.383770] xgene-pcie 1f2b0000.pcie: host bridge /soc/pcie@1f2b0000 ranges:",
    "[    1.383770] xgene-pcie 1f2b0000.pcie:    IO 0xe010000000..0xe01000ffff -> 0x00000000",
    "[    1.383777] xgene-pcie 1f2b0000.pcie:   MEM 0xe180000000..0xe1ffffffff -> 0x80000000",
    "[    1.383871] xgene-pcie 1f2b0000.pcie: PCI host bridge to bus 0000:00",
    "[    1.383875] pci_bus 0000:00: root bus resource [bus 00-ff]",
    "[    1.383878] pci_bus 0000:00: root bus resource [io  0x10000-0x1ffff] (bus address [0x0000-0xffff])",
    "[    1.383881] pci_bus 0000:00: root bus resource [mem 0xe180000000-0xe1ffffffff] (bus address [0x80000000-0xffffffff])",
  ];
  const port = (window: string): string[] => [
    "00:00.0 PCI bridge [0604]: Applied Micro Circuits Corp. X-Gene PCIe bridge [10e8:e004] (rev 04)",
    "\tControl: I/O+ Mem+ BusMaster+",
    "\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0",
    `\tMemory behind bridge: ${window}`,
    "\tCapabilities: [40] Express (v2) Root Port (Slot+), MSI 00",
    "",
  ];
  const disk = [
    "01:00.0 Non-Volatile memory controller [0108]: Intel Corporation SSD Pro 7600p [8086:f1a6] (rev 03)",
    "\tControl: I/O- Mem+ BusMaster+",
    "\tRegion 0: Memory at e180000000 (64-bit, non-prefetchable) [size=16K]",
    "\tRegion 2: I/O ports at 11000 [size=32]",
    "\tCapabilities: [70] Express (v2) Endpoint, MSI 00",
  ];

  for (const [version, window] of [
    ["has the bridge's registers", "80000000-800fffff"],
    ["has the kernel's windows", "e180000000-e1800fffff [size=1M] [32-bit]"],
  ] as const) {
    it(`BARs become bus addresses, where lspci ${version}`, () => {
      const folder = temporaryFolder();
      fs.writeFileSync(path.join(folder, "log"), board.join("\n"));
      fs.writeFileSync(path.join(folder, "list"), [...port(window), ...disk].join("\n"));
      const { document } = importPaths(path.join(folder, "log"), path.join(folder, "list"));
      const bridge = document.pci?.[0]?.devices?.[0];
      assert.deepEqual(bridge?.windows, [{ type: "mem32", bus: "0x80000000", size: "1M" }]);
      assert.deepEqual(bridge.devices?.[0]?.bars, [
        { bar: 0, base: "0x80000000", size: "16K", type: "mem64" },
        { bar: 2, base: "0x1000", size: "0x20", type: "io" },
      ]);
    });
  }
});

describe("windows that firmware tells twice", () => {
  it("come once: the kernel lists a window, and the parts of it that it calls expanded", () => {
    const file = path.join(temporaryFolder(), "log");
    fs.writeFileSync(
      file,
      [
        "[    0.246888] acpi PNP0A08:00: host bridge window expanded to [io  0x0000-0x7fff]; [io  0x0000-0x7fff window] ignored",
        "[    0.247040] PCI host bridge to bus 0000:00",
        "[    0.247042] pci_bus 0000:00: root bus resource [io  0x0000-0x7fff]",
        "[    0.247043] pci_bus 0000:00: root bus resource [io  0x0000-0x03af window]",
        "[    0.247044] pci_bus 0000:00: root bus resource [io  0x03e0-0x0cf7 window]",
        "[    0.247046] pci_bus 0000:00: root bus resource [mem 0xed800000-0xefffffff window]",
        "[    0.247046] pci_bus 0000:00: root bus resource [bus 00-3f]",
      ].join("\n"),
    );
    assert.deepEqual(importPaths(file).document.pci?.[0]?.windows, [
      { type: "io", bus: "0x0", size: "32K" },
      { type: "mem32", cpu: "0xed800000", size: "40M" },
    ]);
  });
});

describe("I/O ports that have no place", () => {
  it("are left out, and leave the other BARs known", () => {
    const file = path.join(temporaryFolder(), "list");
    fs.writeFileSync(
      file,
      [
        "0000:01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA102 [GeForce RTX 3090] [10de:2204] (rev a1)",
        "\tControl: I/O- Mem+ BusMaster+",
        "\tRegion 0: Memory at 70000000 (32-bit, non-prefetchable) [size=16M]",
        "\tRegion 2: I/O ports at 0000",
        "\tRegion 5: I/O ports at <ignored> [disabled]",
        "\tExpansion ROM at 71000000 [virtual] [disabled] [size=512K]",
        "\tCapabilities: [78] Express (v2) Legacy Endpoint, MSI 00",
      ].join("\n"),
    );
    const { document, platform } = importPaths(file);
    assert.deepEqual(document.pci?.[0]?.devices?.[0]?.bars, [
      { bar: 0, base: "0x70000000", size: "16M", type: "mem32" },
      { bar: 6, base: "0x71000000", size: "512K", type: "mem32" },
    ]);
    assert.match(platform.text, /I\/O ports without a place, of unknown size, are left out:\s+\/?\/?\s*BAR 2 at 0x0, BAR 5/);
  });
});

describe("configuration space that covers a bridge in part", () => {
  it("ends the bridge's buses, and the comment says what firmware gives it", () => {
    const file = path.join(temporaryFolder(), "log");
    fs.writeFileSync(
      file,
      [
        "[    0.234150] PCI: MMCONFIG for domain 0000 [bus 00-7f] at [mem 0xf0000000-0xf7ffffff] (base 0xf0000000)",
        "[    0.255863] acpi PNP0A08:01: [Firmware Info]: MMCONFIG for domain 0000 [bus 00-7f] only partially covers this bridge",
        "[    0.256144] PCI host bridge to bus 0000:40",
        "[    0.256150] pci_bus 0000:40: root bus resource [bus 40-ff]",
      ].join("\n"),
    );
    const { document, platform } = importPaths(file);
    assert.deepEqual([document.pci?.[0]?.buses, document.pci?.[0]?.config], ["40-7f", { base: "0xf4000000", size: "64M", type: "ecam" }]);
    assert.match(platform.text, /firmware gives it the buses 40-ff, and configuration space for 40-7f alone/);
  });
});
