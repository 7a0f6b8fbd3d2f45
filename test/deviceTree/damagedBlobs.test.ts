// Damaged and hostile blobs: every cut and every wrong number gives facts or a fault with its place, in bounded time.
import assert from "node:assert/strict";
import { readDeviceTree } from "../../core/src/capture/deviceTree/deviceTree";
import { ImportError } from "../../server/src/import/importPlatform";
import { blobOf, cells, documentOfBlob, importBlob, makeBlob, type Tree } from "./blobs";

/** One node of every kind that a reader looks into. */
const everything: Tree = {
  "#address-cells": [2],
  "#size-cells": [2],
  compatible: "test,board",
  model: "Test board",
  cpus: {
    "#address-cells": [1],
    "#size-cells": [0],
    "cpu@0": { device_type: "cpu", compatible: "arm,cortex-a72", reg: [0] },
  },
  "memory@40000000": { device_type: "memory", reg: [0, 0x4000_0000, 0, 0x1000_0000] },
  "reserved-memory": {
    "#address-cells": [2],
    "#size-cells": [2],
    ranges: true,
    "fb@48000000": {
      reg: [0, 0x4800_0000, 0, 0x10_0000],
      phandle: [7],
      "iommu-addresses": [8, 0, 0x4800_0000, 0, 0x10_0000],
    },
    cma: {
      compatible: "shared-dma-pool",
      size: [0, 0x100_0000],
      alignment: [0, 0x20_0000],
      "alloc-ranges": [0, 0, 1, 0],
      reusable: true,
    },
  },
  "intc@8000000": {
    compatible: "arm,gic-v3",
    "#address-cells": [2],
    "#size-cells": [2],
    ranges: true,
    reg: [0, 0x800_0000, 0, 0x1_0000, 0, 0x80a_0000, 0, 0x10_0000],
    "msi-controller": true,
    "mbi-ranges": [64, 32],
    "mbi-alias": [0, 0x810_0000],
    "its@8080000": {
      compatible: "arm,gic-v3-its",
      reg: [0, 0x808_0000, 0, 0x2_0000],
      "msi-controller": true,
      "#msi-cells": [1],
      phandle: [3],
    },
  },
  "smmu@9050000": { compatible: "arm,smmu-v3", reg: [0, 0x905_0000, 0, 0x2_0000], "#iommu-cells": [1], phandle: [4] },
  "display@9100000": { reg: [0, 0x910_0000, 0, 0x1000], iommus: [4, 5], "memory-region": [7], phandle: [8] },
  "pcie@10000000": {
    compatible: "pci-host-ecam-generic",
    device_type: "pci",
    "#address-cells": [3],
    "#size-cells": [2],
    reg: [0x40, 0x1000_0000, 0, 0x1000_0000],
    "bus-range": [0, 0xff],
    "linux,pci-domain": [0],
    ranges: [0x200_0000, 0, 0x1000_0000, 0, 0x1000_0000, 0, 0x2000_0000],
    "dma-ranges": [0x200_0000, 0, 0, 0, 0, 1, 0],
    "iommu-map": [0, 4, 0, 0x1_0000],
    "msi-map": [0, 3, 0, 0x1_0000],
  },
};
const blob = makeBlob(everything, { reservations: [[0x4400_0000n, 0x1000n]] });

/** The faults of many damaged blobs; a reader that throws or gives neither facts nor a fault fails the test. */
function faultsOf(blobs: Iterable<Uint8Array>): string[] {
  const faults: string[] = [];
  for (const one of blobs) {
    const { facts, fault } = readDeviceTree(one, "blob");
    assert.ok(facts !== undefined || fault !== undefined);
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

function* cuts(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
}

/** The blob with a cell replaced, for every cell. */
function* withEachCell(bytes: Buffer, values: (was: number) => readonly number[]): Generator<Buffer> {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    for (const value of values(bytes.readUInt32BE(at))) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt32BE(value >>> 0, at);
      yield damaged;
    }
  }
}

function withCell(at: number, value: number): Buffer {
  const damaged = Buffer.from(blob);
  damaged.writeUInt32BE(value >>> 0, at);
  return damaged;
}

describe("a damaged device tree blob", () => {
  it("gives facts while it is whole", () => {
    const document = documentOfBlob(blob);
    assert.deepEqual(
      document.doorbells?.map(({ name }) => name),
      ["its", "mbi"],
    );
    assert.deepEqual(
      document.reserved?.map(({ name }) => name),
      ["fb", "cma", "memreserve0"],
    );
  });

  it("is refused wherever it is cut, with the place", () => {
    const faults = faultsOf(cuts(blob));
    assert.equal(faults.length, blob.length);
    for (const fault of faults) assert.match(fault, /^at byte 0x[0-9a-f]+: ./);
  });

  it("is refused wherever a real one is cut before its end", () => {
    const whole = blobOf("virt-min");
    const used = whole.readUInt32BE(12) + whole.readUInt32BE(32);
    const step = 97;
    const some = [...cuts(whole.subarray(0, used))].filter((_, length) => length % step === 0);
    assert.equal(faultsOf(some).length, some.length);
  });

  it("gives facts or a fault with its place for every cell that is 0, 1, all ones, one more or one less", () => {
    const faults = faultsOf(withEachCell(blob, (was) => [0, 1, 0x7fff_ffff, 0xffff_ffff, was + 1, was - 1]));
    assert.ok(faults.length > 500, `${faults.length} of them are faults`);
    for (const fault of faults) assert.match(fault, /^at byte 0x[0-9a-f]+: ./);
  });

  it("says which field of the header is wrong", () => {
    const reasons: readonly (readonly [at: number, value: number, expected: RegExp])[] = [
      [4, 16, /^at byte 0x4: a size of 16 bytes, less than the header has/],
      [4, 0xffff_ffff, /^at byte 0x4: a size of 4294967295 bytes; more than/],
      [8, 0xffff_fffc, /^at byte 0x8: the structure block begins at byte 0xfffffffc, outside/],
      [8, 42, /^at byte 0x8: the structure block begins at byte 0x2a, which is not a multiple of 4/],
      [12, 0, /^at byte 0xc: the strings block begins at byte 0x0, outside/],
      [20, 3, /^at byte 0x14: version 3; versions 16 and 17 are read/],
      [24, 18, /^at byte 0x18: it can be read only by readers of version 18/],
      [32, 0x7fff_ffff, /^at byte 0xc: the strings block begins at byte .* passes the end/],
    ];
    for (const [at, value, expected] of reasons)
      assert.match(readDeviceTree(withCell(at, value), "blob").fault ?? "", expected);
  });

  it("is an error of the import, with the place", () => {
    assert.throws(
      () => importBlob(withCell(20, 3)),
      (error) =>
        error instanceof ImportError &&
        /^standard input: damaged device tree blob: at byte 0x14: version 3/.test(error.message),
    );
  });

  it("of version 16, without the size of its structure, is read", () => {
    const { facts, fault } = readDeviceTree(makeBlob(everything, { version: 16 }), "blob");
    assert.equal(facts?.bridges.length, 1, fault);
  });

  it("may be followed by anything", () => {
    assert.equal(readDeviceTree(Buffer.concat([blob, Buffer.alloc(5000, 0xff)]), "blob").fault, undefined);
  });

  it("whose stated size was not captured in full is read with a note when its blocks are whole", () => {
    const { facts, unread } = readDeviceTree(withCell(4, blob.length + 4096), "blob") as {
      facts?: object;
      unread?: readonly { because: string }[];
    };
    assert.ok(facts);
    assert.match(unread?.[0]?.because ?? "", /but there are \d+; all blocks are whole/);
  });

  it("with too many levels is refused", () => {
    let deep: Tree = {};
    for (let level = 0; level < 70; level++) deep = { node: deep };
    assert.match(readDeviceTree(makeBlob(deep), "blob").fault ?? "", /nested more than 64 deep/);
  });

  it("with too many nodes is refused", () => {
    const node = Buffer.concat([cells(1), Buffer.from("a\0\0\0"), cells(2)]);
    const structure = Buffer.concat([cells(1, 0), ...Array.from({ length: 32_768 }, () => node), cells(2, 9)]);
    const header = cells(
      0xd00dfeed,
      56 + structure.length + 1,
      56,
      56 + structure.length,
      40,
      17,
      16,
      0,
      1,
      structure.length,
    );
    const many = Buffer.concat([header, Buffer.alloc(16), structure, Buffer.alloc(1)]);
    assert.match(readDeviceTree(many, "blob").fault ?? "", /more than 32768 nodes/);
  });

  it("with a line break in a name is refused: names stand in comments", () => {
    assert.match(readDeviceTree(makeBlob({ "a\nb": {} }), "blob").fault ?? "", /byte 0xa in a name/);
  });

  it("with texts that hold anything still gives a document", () => {
    const strange: Tree = {
      "#address-cells": [1],
      "#size-cells": [1],
      model: 'a\n"*/}',
      aliases: { 'x"y': "/u@0" },
      "u@0": { reg: [0, 16] },
    };
    assert.equal(documentOfBlob(makeBlob(strange)).devices?.[0]?.size, "0x10");
  });

  it("whose buses have impossible cells gives no entries and no crash", () => {
    for (const count of [0, 5, 0xffff_ffff]) {
      const tree: Tree = { "#address-cells": [count], "#size-cells": [count], "u@0": { reg: [0, 16, 0, 16] } };
      assert.equal(documentOfBlob(makeBlob(tree)).devices, undefined);
    }
  });
});
