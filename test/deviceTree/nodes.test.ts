// What single nodes of device trees say: made trees in the shapes of real boards, each with what the binding, the
// kernel or the board's documents say of it.
import assert from "node:assert/strict";
import type { BridgeEntry, PlatformDocument } from "../capture/captures";
import { documentOfBlob, importBlob, makeBlob, type Tree } from "./blobs";

const root = { "#address-cells": [2], "#size-cells": [2] } as const;
const wide = { "#address-cells": [2], "#size-cells": [2], ranges: true } as const;

function documentFor(tree: Tree): PlatformDocument {
  return documentOfBlob(makeBlob({ ...root, ...tree }));
}

function notesFor(tree: Tree): string {
  return importBlob(makeBlob({ ...root, ...tree })).notes.join("\n");
}

const host = {
  device_type: "pci",
  "#address-cells": [3],
  "#size-cells": [2],
  compatible: "pci-host-ecam-generic",
  reg: [0, 0x4000_0000, 0, 0x1000_0000],
  ranges: [0x200_0000, 0, 0x5000_0000, 0, 0x5000_0000, 0, 0x800_0000],
} as const;

function bridgeFor(properties: Tree, others: Tree = {}): BridgeEntry & { inbound?: unknown; disabled?: boolean } {
  const [bridge] = documentFor({ ...others, "pcie@40000000": { ...host, ...properties } }).pci ?? [];
  assert.ok(bridge, "there is a host bridge");
  return bridge;
}

const gicWithFrame = (ranges: readonly number[]): Tree => ({
  "gic@e1110000": {
    compatible: "arm,gic-400",
    "#address-cells": [2],
    "#size-cells": [2],
    ranges,
    reg: [0, 0xe111_0000, 0, 0x1000, 0, 0xe112_0000, 0, 0x2000],
    "v2m@e0080000": {
      compatible: "arm,gic-v2m-frame",
      "msi-controller": true,
      reg: [0, 0x8_0000, 0, 0x1000],
      phandle: [9],
    },
  },
});

describe("addresses of nodes", () => {
  it("go through the ranges of every bus above, whatever the node's name says (AMD Seattle's v2m)", () => {
    const { doorbells, devices } = documentFor(gicWithFrame([0, 0, 0, 0xe110_0000, 0, 0x10_0000]));
    assert.deepEqual(
      doorbells?.map(({ base, size }) => [base, size]),
      [["0xe1180000", "4K"]],
    );
    assert.deepEqual(
      devices?.map(({ name, base }) => [name, base]),
      [
        ["gicd", "0xe1110000"],
        ["gicc", "0xe1120000"],
      ],
    );
  });

  it("that the name contradicts on both sides of the bus are said, with the node", () => {
    const misnamed = gicWithFrame([0, 0, 0, 0xe110_0000, 0, 0x10_0000]);
    assert.match(
      notesFor(misnamed),
      /^\/gic@e1110000\/v2m@e0080000: it is named for 0xe008_0000, but its registers are at 0xe118_0000, where its entry lies$/m,
    );
    const frame: Tree = { compatible: "arm,gic-v2m-frame", "msi-controller": true, reg: [0, 0x8_0000, 0, 0x1000] };
    const ranges = [0, 0, 0, 0xe110_0000, 0, 0x10_0000];
    const bus: Tree = { ...wide, compatible: "simple-bus", ranges };
    assert.doesNotMatch(notesFor({ "bus@e1100000": { ...bus, "v2m@80000": frame } }), /named for/, "its own bus's address");
    assert.doesNotMatch(notesFor({ "bus@e1100000": { ...bus, "v2m@e1180000": frame } }), /named for/, "the physical address");
  });

  it("outside of their bus's ranges are nowhere, and a doorbell there is said", () => {
    const tree = gicWithFrame([0, 0, 0, 0xe110_0000, 0, 0x1000]);
    assert.equal(documentFor(tree).doorbells, undefined);
    assert.match(
      notesFor(tree),
      /\/gic@e1110000\/v2m@e0080000: an interrupt controller whose registers no CPU reaches/,
    );
  });

  it("below a bus without ranges are not the CPUs' (I2C, memory-mapped LEDs)", () => {
    const tree: Tree = {
      "i2c@1000": {
        reg: [0, 0x1000, 0, 0x100],
        "#address-cells": [1],
        "#size-cells": [0],
        "eeprom@50": { reg: [0x50] },
      },
    };
    assert.deepEqual(
      documentFor(tree).devices?.map(({ name }) => name),
      ["i2c"],
    );
  });

  it("of a part inside another device name that device, and the same registers are told once", () => {
    const tree: Tree = {
      "syscon@1000": { reg: [0, 0x1000, 0, 0x1000] },
      "clock@1100": { reg: [0, 0x1100, 0, 0x10] },
      "led@8,0": { reg: [0, 0x3000, 0, 4] },
      "led@8,1": { reg: [0, 0x3000, 0, 4] },
    };
    assert.deepEqual(
      documentFor(tree).devices?.map(({ name, in: inside }) => [name, inside]),
      [
        ["syscon", undefined],
        ["clock", "syscon"],
        ["led", undefined],
      ],
    );
    assert.match(importBlob(makeBlob({ ...root, ...tree })).text, /\/led@8,0, also \/led@8,1/);
  });

  it("of what is off and lies across what is on are left out, with a note", () => {
    const tree: Tree = {
      "a@1000": { reg: [0, 0x1000, 0, 0x1000] },
      "b@1800": { reg: [0, 0x1800, 0, 0x1000], status: "disabled" },
    };
    assert.deepEqual(
      documentFor(tree).devices?.map(({ name }) => name),
      ["a"],
    );
    assert.match(notesFor(tree), /1 node switched off and across what is on, left out: \/b@1800/);
  });

  it("that a host bridge takes part of are cut, and the controller's other mode is left out while it is off", () => {
    const bus = { "bus@40000000": { reg: [0, 0x4000_0000, 0, 0x2000_0000] }, "pcie@40000000": host };
    assert.deepEqual(
      documentFor(bus).devices?.map(({ base, size }) => [base, size]),
      [["0x58000000", "128M"]],
    );
    const endpoint = { "pcie-ep@40000000": { reg: [0, 0x4000_0000, 0, 0x2000_0000], status: "disabled" } };
    assert.equal(documentFor({ ...endpoint, "pcie@40000000": host }).devices, undefined);
    assert.match(notesFor({ ...endpoint, "pcie@40000000": host }), /left out: \/pcie-ep@40000000/);
  });

  it("have the label of the source for a name, else the alias", () => {
    const tree: Tree = {
      "serial@1000": { reg: [0, 0x1000, 0, 0x100] },
      "serial@2000": { reg: [0, 0x2000, 0, 0x100] },
      aliases: { serial0: "/serial@1000", serial1: "/serial@2000" },
      __symbols__: { uart_debug: "/serial@1000" },
    };
    assert.deepEqual(
      documentFor(tree).devices?.map(({ name }) => name),
      ["uart-debug", "serial1"],
    );
  });
});

describe("PCI host bridges", () => {
  it("have their ECAM where reg-names says, not first (Tegra234)", () => {
    const bridge = bridgeFor({
      compatible: "nvidia,tegra234-pcie",
      reg: [0, 0x140a_0000, 0, 0x2_0000, 0, 0x2a00_0000, 0, 0x4_0000, 0x35, 0x3000_0000, 0, 0x1000_0000],
      "reg-names": ["appl", "config", "ecam"],
    });
    assert.deepEqual(bridge.config, { base: "0x3530000000", size: "256M", type: "ecam" });
    assert.deepEqual(bridge.msi, "unknown");
  });

  it("of Synopsys take MSIs themselves unless a map says otherwise", () => {
    const synopsys: Tree = {
      compatible: "vendor,pcie",
      reg: [0, 0x140a_0000, 0, 0x2_0000, 0, 0x4000_0000, 0, 0x2000],
      "reg-names": ["dbi", "config"],
    };
    const bridge = bridgeFor(synopsys);
    assert.deepEqual(bridge.config, { base: "0x40000000", size: "8K", type: "indirect" });
    assert.deepEqual(bridge.msi, { rootComplex: "unknown" });
    const its = {
      "its@6020000": {
        compatible: "arm,gic-v3-its",
        reg: [0, 0x602_0000, 0, 0x2_0000],
        "#msi-cells": [1],
        phandle: [3],
      },
    };
    assert.deepEqual(bridgeFor({ ...synopsys, "msi-parent": [3, 0] }, its).msi, "its");
    assert.deepEqual(
      bridgeFor({ ...synopsys, "msi-map": [0xf800, 3, 0xf800, 0x800], "msi-map-mask": [0xffff] }, its).msi,
      [{ ids: "f800-ffff", to: "its", deviceIds: "0xf800", mask: "0xffff" }],
    );
  });

  it("of Broadcom take them at the address that their inbound window leaves", () => {
    const broadcom = (bus: readonly number[], size: readonly number[]): unknown =>
      bridgeFor({
        compatible: "brcm,bcm2711-pcie",
        phandle: [5],
        "msi-parent": [5],
        "msi-controller": true,
        "dma-ranges": [0x200_0000, ...bus, 0, 0, ...size],
      }).msi;
    assert.deepEqual(broadcom([0, 0], [0, 0xc000_0000]), { rootComplex: "0xffffffffc" });
    assert.deepEqual(broadcom([0, 0], [0, 0x4000_0000]), { rootComplex: "0xfffffffc" });
    assert.deepEqual(broadcom([4, 0], [1, 0]), { rootComplex: "0xfffffffc" });
  });

  it("turn space codes into window types, and translate their CPU side through the bus above", () => {
    const soc: Tree = {
      soc: {
        "#address-cells": [1],
        "#size-cells": [1],
        ranges: [0x4000_0000, 0x6, 0, 0x4000_0000],
        "pcie@7d500000": {
          ...host,
          compatible: "vendor,pcie",
          reg: [0x7d50_0000, 0x9310],
          ranges: [
            0x0100_0000, 0, 0, 0x4000_0000, 0, 0x1_0000, 0x0200_0000, 0, 0xf800_0000, 0x5000_0000, 0, 0x400_0000,
            0x4300_0000, 4, 0, 0x6000_0000, 0, 0x1000_0000,
          ],
        },
      },
    };
    const [bridge] = documentFor(soc).pci ?? [];
    assert.deepEqual(bridge?.windows, [
      { type: "io", cpu: "0x600000000", bus: "0x0", size: "64K" },
      { type: "mem32", cpu: "0x610000000", bus: "0xf8000000", size: "64M" },
      { type: "mem64-prefetchable", cpu: "0x620000000", bus: "0x400000000", size: "256M" },
    ]);
    assert.deepEqual(bridge?.config, { base: "0x63d500000", size: "0x9310", type: "indirect" });
  });

  it("whose window above 4 GiB has the code of 32 bits have a 64-bit window, with a note (Arm Juno)", () => {
    const ranges = [0x4200_0000, 0x40, 0, 0x40, 0, 1, 0];
    assert.deepEqual(bridgeFor({ ranges }).windows, [{ type: "mem64-prefetchable", cpu: "0x4000000000", size: "4G" }]);
    assert.match(notesFor({ "pcie@40000000": { ...host, ranges } }), /has the space code of 32 bits/);
  });

  it("inherit the inbound windows of the bus above, and an empty property says nothing", () => {
    const inherited: Tree = {
      soc: { ...wide, "dma-ranges": [0, 0, 0, 0, 0x1_0000, 0], "pcie@40000000": { ...host, "dma-ranges": true } },
    };
    assert.deepEqual((documentFor(inherited).pci?.[0] as { inbound?: unknown } | undefined)?.inbound, [
      { bus: "0x0", cpu: "0x0", size: "256T" },
    ]);
    assert.equal(bridgeFor({ "dma-ranges": true }).inbound, undefined);
    assert.deepEqual(
      bridgeFor({ "dma-ranges": [0x4300_0000, 0xff, 0xffff_f000, 0x10, 0x13_0000, 0, 0x1000] }).inbound,
      [{ bus: "0xfffffff000", cpu: "0x1000130000", size: "4K" }],
    );
  });

  const smmu = (status: string): Tree => ({
    "smmu@2b500000": {
      compatible: "arm,mmu-401",
      reg: [0, 0x2b50_0000, 0, 0x1_0000],
      "#iommu-cells": [1],
      phandle: [4],
      status,
    },
  });

  it("are behind the IOMMU of their map, with its mask", () => {
    assert.deepEqual(bridgeFor({ "iommu-map": [0, 4, 0x12, 0x1000], "iommu-map-mask": [0] }, smmu("okay")).iommu, [
      { ids: "0000-0fff", to: "smmu", stream: "0x12", mask: "0x0" },
    ]);
  });

  it("are behind none that is switched off (D05), and behind an unknown one of a kind without a word", () => {
    assert.equal(bridgeFor({ "iommu-map": [0, 4, 0, 0x1_0000] }, smmu("disabled")).iommu, "none");
    const other: Tree = {
      "iommu@1000": { compatible: "vendor,iommu", reg: [0, 0x1000, 0, 0x1000], "#iommu-cells": [1], phandle: [4] },
    };
    assert.equal(bridgeFor({ "iommu-map": [0, 4, 0, 0x1_0000] }, other).iommu, "unknown");
    assert.equal(bridgeFor({}).iommu, "none");
  });

  it("with a map of a single id wait for the boot loader (LX2160A)", () => {
    assert.deepEqual(bridgeFor({ "iommu-map": [0, 4, 0, 1] }, smmu("okay")).iommu, [
      { ids: "0000", to: "smmu", stream: "0x0", incomplete: true },
    ]);
  });

  it("keep their number; those without one get what is left, those that are on first, marked as a guess", () => {
    const tree: Tree = {
      "pcie@1": { ...host, status: "disabled" },
      "pcie@2": { ...host, "linux,pci-domain": [0] },
      "pcie@3": host,
    };
    assert.deepEqual(
      documentFor(tree).pci?.map(({ segment }) => segment),
      [2, 0, 1],
    );
    assert.match(importBlob(makeBlob({ ...root, ...tree })).text, /The segment is a guess/);
  });

  it("are not the ports below them", () => {
    const port = {
      device_type: "pci",
      reg: [0, 0, 0, 0, 0],
      "#address-cells": [3],
      "#size-cells": [2],
      ranges: true,
    } as const;
    assert.equal(documentFor({ "pcie@40000000": { ...host, "pcie@0,0": port } }).pci?.length, 1);
  });
});

describe("devices behind an IOMMU", () => {
  const smmu: Tree = {
    "smmu@e0600000": {
      compatible: "arm,mmu-500",
      reg: [0, 0xe060_0000, 0, 0x1_0000],
      "#iommu-cells": [2],
      phandle: [4],
    },
  };
  const streams = (...iommus: number[]): unknown =>
    (
      documentFor({ ...smmu, "dma@1000": { reg: [0, 0x1000, 0, 0x1000], iommus } }).devices?.[0] as
        { iommu?: unknown } | undefined
    )?.iommu;

  it("have the streams that the mask leaves open (AMD Seattle: 0x17)", () => {
    assert.deepEqual(streams(4, 0, 0x17), [
      { streams: "0000-0007", to: "smmu" },
      { streams: "0010-0017", to: "smmu" },
    ]);
  });

  it("have neighbouring streams in one range", () => {
    assert.deepEqual(streams(4, 2, 0, 4, 0, 0, 4, 1, 0), [{ streams: "0000-0002", to: "smmu" }]);
  });

  it("are unknown where the mask is scattered", () => {
    assert.equal(streams(4, 0, 0x5555_5555), "unknown");
  });

  it("without registers are named in a note", () => {
    assert.match(
      notesFor({ ...smmu, "compute-cb": { iommus: [4, 1, 0] } }),
      /1 node behind an IOMMU but without registers of their own, left out: \/compute-cb/,
    );
  });
});

describe("reserved memory", () => {
  const reserved = (children: Tree, others: Tree = {}): Tree => ({
    ...others,
    "reserved-memory": { ...wide, ...children },
  });
  const entriesFor = (children: Tree, others: Tree = {}): unknown => documentFor(reserved(children, others)).reserved;

  it("has all of its properties", () => {
    assert.deepEqual(
      entriesFor({
        "fw@50000000": { reg: [0, 0x5000_0000, 0, 0x20_0000], "no-map": true },
        cma: {
          compatible: "shared-dma-pool",
          size: [0, 0x400_0000],
          alignment: [0, 0x20_0000],
          "alloc-ranges": [0, 0, 0, 0x4000_0000],
          reusable: true,
        },
        "ramoops@60000000": { compatible: "ramoops", reg: [0, 0x6000_0000, 0, 0x10_0000] },
        "framebuffer@61000000": { reg: [0, 0x6100_0000, 0, 0x80_0000], status: "disabled" },
        "two@6a000000": { reg: [0, 0x6a00_0000, 0, 0x1_0000, 0, 0x6b00_0000, 0, 0x2_0000] },
      }),
      [
        { name: "fw", base: "0x50000000", size: "2M", type: "firmware", noMap: true, origin: "reserved-memory" },
        { name: "ramoops", base: "0x60000000", size: "1M", type: "crash-log", origin: "reserved-memory" },
        {
          name: "framebuffer",
          base: "0x61000000",
          size: "8M",
          type: "framebuffer",
          origin: "reserved-memory",
          disabled: true,
        },
        {
          name: "two",
          ranges: ["0x6a000000-0x6a00ffff", "0x6b000000-0x6b01ffff"],
          type: "firmware",
          origin: "reserved-memory",
        },
        {
          name: "cma",
          size: "64M",
          align: "2M",
          within: ["0x0-0x3fffffff"],
          type: "dma-pool",
          reusable: true,
          origin: "reserved-memory",
        },
      ],
    );
  });

  it("with reg and size has its place from reg", () => {
    const both = { reg: [0, 0x5000_0000, 0, 0x20_0000], size: [0, 0x1000], "alloc-ranges": [0, 0, 0, 0x4000_0000] };
    assert.deepEqual(entriesFor({ "fw@50000000": both }), [
      { name: "fw", base: "0x50000000", size: "2M", type: "firmware", origin: "reserved-memory" },
    ]);
  });

  it("and the reservation block say what both hold once", () => {
    const tree = { ...root, ...reserved({ "fw@50000000": { reg: [0, 0x5000_0000, 0, 0x20_0000] } }) };
    const { reserved: found } = documentOfBlob(
      makeBlob(tree, {
        reservations: [
          [0x5000_0000n, 0x1000n],
          [0x7000_0000n, 0x1000n],
        ],
      }),
    );
    assert.deepEqual(
      found?.map(({ name, base, origin }) => [name, base, origin]),
      [
        ["fw", "0x50000000", "reserved-memory"],
        ["memreserve0", "0x70000000", "memreserve"],
      ],
    );
  });

  it("names the devices that use it", () => {
    const tree = reserved(
      { "fw@50000000": { reg: [0, 0x5000_0000, 0, 0x20_0000], phandle: [7] } },
      { "dsp@1000": { reg: [0, 0x1000, 0, 0x100], "memory-region": [7] } },
    );
    assert.match(importBlob(makeBlob({ ...root, ...tree })).text, /\/reserved-memory\/fw@50000000, for dsp/);
  });

  it("is what a framebuffer of the boot loader scans out, too", () => {
    const chosen: Tree = {
      chosen: {
        "#address-cells": [2],
        "#size-cells": [2],
        ranges: true,
        "framebuffer@61000000": { compatible: "simple-framebuffer", reg: [0, 0x6100_0000, 0, 0x80_0000] },
      },
    };
    assert.deepEqual(documentFor(chosen).devices, undefined);
    assert.deepEqual(documentFor(chosen).reserved, [
      { name: "framebuffer", base: "0x61000000", size: "8M", type: "framebuffer" },
    ]);
  });

  it("without reg and size is left out, with a note", () => {
    assert.match(
      notesFor(reserved({ nothing: {} })),
      /\/reserved-memory\/nothing: a reservation with neither reg nor size/,
    );
  });
});

describe("iommu-addresses", () => {
  const smmu = {
    compatible: "arm,smmu-v3",
    reg: [0, 0x905_0000, 0, 0x2_0000],
    "#iommu-cells": [1],
    phandle: [4],
  } as const;
  const machine = (
    addresses: readonly number[],
    display: Tree = { "memory-region": [7] },
    reg: Tree = { reg: [0, 0x4800_0000, 0, 0x10_0000] },
  ): Tree => ({
    "smmu@9050000": smmu,
    "reserved-memory": { ...wide, "fb@48000000": { ...reg, phandle: [7], "iommu-addresses": addresses } },
    "display@9100000": { reg: [0, 0x910_0000, 0, 0x1000], iommus: [4, 5], phandle: [8], ...display },
  });
  const regionsFor = (tree: Tree): unknown =>
    (documentFor(tree).iommus?.[0] as { reserved?: unknown } | undefined)?.reserved;

  it("equal to reg are mapped one to one, for the device's stream", () => {
    assert.deepEqual(regionsFor(machine([8, 0, 0x4800_0000, 0, 0x10_0000])), [
      { range: "0x48000000-0x480fffff", type: "direct", streams: "0005" },
    ]);
  });

  it("that differ from reg, or stand without one, are reserved", () => {
    const expected = [{ range: "0x10000000-0x10000fff", type: "reserved", streams: "0005" }];
    assert.deepEqual(regionsFor(machine([8, 0, 0x1000_0000, 0, 0x1000])), expected);
    const tree = machine([8, 0, 0x1000_0000, 0, 0x1000], { "memory-region": [7] }, {});
    assert.deepEqual(regionsFor(tree), expected);
    assert.equal(documentFor(tree).reserved, undefined);
  });

  it("count only for a device that names the region back", () => {
    const tree = machine([8, 0, 0x4800_0000, 0, 0x10_0000], {});
    assert.equal(regionsFor(tree), undefined);
    assert.match(
      notesFor(tree),
      /names \/display@9100000, which does not name it in memory-region: the kernel ignores that/,
    );
  });

  it("with too few cells are a note, not a region", () => {
    assert.equal(regionsFor(machine([8, 0x4800_0000, 0x10_0000])), undefined);
    assert.match(
      notesFor(machine([8, 0x4800_0000, 0x10_0000])),
      /has 2 cells for \/display@9100000, whose bus takes 2 \+ 2: the kernel reads past the property/,
    );
  });

  it("of a PCI function have three and two cells, and its address", () => {
    const tree: Tree = {
      "smmu@9050000": smmu,
      "reserved-memory": {
        ...wide,
        "fb@48000000": {
          reg: [0, 0x4800_0000, 0, 0x10_0000],
          phandle: [7],
          "iommu-addresses": [8, 0, 0, 0x4800_0000, 0, 0x10_0000],
        },
      },
      "pcie@40000000": {
        ...host,
        "iommu-map": [0, 4, 0, 0x1_0000],
        "gpu@2,0": { reg: [0x1000, 0, 0, 0, 0], "memory-region": [7], phandle: [8] },
      },
    };
    assert.deepEqual(regionsFor(tree), [{ range: "0x48000000-0x480fffff", type: "direct", devices: ["00:02.0"] }]);
  });
});

describe("interrupt controllers", () => {
  it("with message based interrupts have their doorbell in the alias (RK3588)", () => {
    const gic: Tree = {
      compatible: "arm,gic-v3",
      reg: [0, 0xfe60_0000, 0, 0x1_0000, 0, 0xfe68_0000, 0, 0x10_0000],
      "msi-controller": true,
      "mbi-ranges": [424, 56],
      "mbi-alias": [0, 0xfe61_0000],
    };
    assert.deepEqual(documentFor({ "gic@fe600000": gic }).doorbells, [
      { name: "mbi", type: "mbi", base: "0xfe610000", size: "64K" },
    ]);
  });

  it("behind a pre-ITS have a second doorbell", () => {
    const its: Tree = {
      compatible: "arm,gic-v3-its",
      reg: [0, 0x3002_0000, 0, 0x2_0000],
      "socionext,synquacer-pre-its": [0x5800_0000, 0x20_0000],
    };
    assert.deepEqual(
      documentFor({ "its@30020000": its }).doorbells?.map(({ type, base, size }) => [type, base, size]),
      [
        ["its", "0x30020000", "128K"],
        ["pre-its", "0x58000000", "2M"],
      ],
    );
  });

  it("behind a pre-ITS have that one alone, where their registers are the control frame only", () => {
    const its: Tree = {
      compatible: "arm,gic-v3-its",
      reg: [0, 0x0182_0000, 0, 0x1_0000],
      "socionext,synquacer-pre-its": [0x0100_0000, 0x40_0000],
    };
    const { doorbells, devices } = documentFor({ "msi-controller@1820000": its });
    assert.deepEqual(doorbells?.map(({ type, base, size }) => [type, base, size]), [["pre-its", "0x1000000", "4M"]]);
    assert.deepEqual(devices?.map(({ base, size }) => [base, size]), [["0x1820000", "64K"]]);
  });
});
