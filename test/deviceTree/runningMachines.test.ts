// Device trees of running machines against what their kernels say: resources, reservations, IOMMUs; and the captures'
// drafts, completed by the tree.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { checkText } from "../../server/src/workspace/check";
import {
  captureDocument,
  captureNames,
  capturedFolder,
  capturedText,
  documentOf,
  importCapture,
  importPaths,
  unpack,
  valueOf,
  type PlatformDocument,
} from "../capture/captures";
import { importBlob, makeBlob, type Tree } from "./blobs";

const treeFile = (name: string): string => path.join(capturedFolder(name), "sys/firmware/fdt");

/** Captures of machines that were started with a device tree: ACPI machines have a stub of a few hundred bytes. */
const withTree = captureNames.filter(
  (name) => !fs.existsSync(path.join(capturedFolder(name), "sys/firmware/acpi")) && fs.existsSync(treeFile(name)),
);
const withPci = withTree.filter((name) => captureDocument(name).pci !== undefined);

interface Span {
  readonly base: bigint;
  readonly last: bigint;
}

function spanOf(text: string): Span {
  const [base = "", last = ""] = text.split("-").map((end) => `0x${end.replace(/^0x/, "")}`);
  return { base: BigInt(base), last: BigInt(last) };
}

/** Every place that a document describes. */
function placesOf(document: PlatformDocument): Span[] {
  const entries = [
    ...(document.devices ?? []),
    ...(document.doorbells ?? []),
    ...(document.iommus ?? []),
    ...(document.memory ?? []),
    ...(document.reserved ?? []),
  ];
  const bridges = (document.pci ?? []).flatMap(({ config, windows }) => [
    ...(config === "unknown" ? [] : [config]),
    ...(windows === "unknown" ? [] : windows.map(({ cpu, size }) => ({ base: cpu, size }))),
  ]);
  return [...entries, ...bridges].flatMap((entry) => {
    if ("ranges" in entry && entry.ranges) return entry.ranges.map(spanOf);
    if (entry.base === undefined || entry.size === undefined) return [];
    const base = valueOf(entry.base);
    return [{ base, last: base + valueOf(entry.size) - 1n }];
  });
}

/** Outermost lines of /proc/iomem. */
function resourcesOf(name: string): (Span & { label: string })[] {
  return capturedText(name, "proc/iomem")
    .split("\n")
    .flatMap((line) => {
      const parts = /^([0-9a-f]+-[0-9a-f]+) : (.*)$/.exec(line);
      return parts ? [{ ...spanOf(parts[1] ?? ""), label: parts[2] ?? "" }] : [];
    });
}

describe("the device tree of a running machine", () => {
  it("is in some captures, with PCI in most of them", () => {
    assert.ok(withTree.length >= 8 && withPci.length >= 6, `${withTree.length}, ${withPci.length}`);
  });

  for (const name of withTree) {
    it(`of ${name} has every device that its kernel has`, () => {
      const places = placesOf(documentOf(importBlob(fs.readFileSync(treeFile(name))).text));
      const resources = resourcesOf(name).filter(({ label }) => !/^(System RAM|reserved|Kernel)/.test(label));
      const without = resources.filter(
        ({ base, last }) => !places.some((place) => place.base <= base && last <= place.last),
      );
      assert.ok(resources.length > 3);
      assert.deepEqual(
        without.map(({ label }) => label),
        [],
      );
    });
  }

  it("has the reservations that the kernel keeps out of memory or sets apart", () => {
    const { reserved } = documentOf(importBlob(fs.readFileSync(treeFile("dt-01-reserved"))).text);
    const all = capturedText("dt-01-reserved", "proc/iomem")
      .split("\n")
      .filter((line) => / : reserved$/.test(line))
      .map((line) => spanOf(line.trim().split(" ")[0] ?? ""));
    const held = reserved?.filter(({ name, base }) => (base?.length ?? 0) > 0 && !/^(off|mmio)$/.test(name));
    assert.deepEqual(
      held?.map(({ name }) => name),
      ["fw", "log", "vdev", "memreserve0"],
    );
    for (const { base, size } of held ?? []) {
      const span = { base: valueOf(base), last: valueOf(base) + valueOf(size) - 1n };
      assert.ok(
        all.some((one) => one.base === span.base && one.last === span.last),
        `${base} is a reservation of the kernel's`,
      );
    }
    const dynamic = reserved?.find(({ name }) => name === "dyn");
    const within = spanOf((dynamic as { within?: readonly string[] } | undefined)?.within?.[0] ?? "");
    const placed = all.find(({ base, last }) => last - base + 1n === valueOf(dynamic?.size));
    assert.ok(
      placed && within.base <= placed.base && placed.last <= within.last,
      "the kernel placed it where the tree lets it",
    );
  });
});

describe("the draft of a capture with a device tree", () => {
  for (const name of withPci) {
    const document = captureDocument(name);

    it(`of ${name} says which IOMMU and which doorbell serve PCI`, () => {
      for (const bridge of document.pci ?? []) {
        assert.notEqual(bridge.iommu, "unknown");
        assert.notEqual(bridge.msi, "unknown");
      }
      assert.match(importCapture(name).text, /is the device tree's word/);
    });

    it(`of ${name} puts the functions behind an IOMMU that the kernel puts behind one`, () => {
      const behind = Object.values(document.captured.iommus ?? {})
        .flat()
        .filter((device) => /^\d{4}:/.test(device));
      const described = (document.pci ?? []).some(({ iommu }) => Array.isArray(iommu));
      assert.equal(described, behind.length > 0);
    });

    it(`of ${name} has no error that its tree brought in`, () => {
      const { findings } = checkText(`${name}.platform.jsonc`, importCapture(name).text);
      assert.deepEqual(
        findings.filter(({ severity }) => severity === "error").map(({ message }) => message),
        [],
      );
    });
  }

  it("has the regions of iommu-addresses for the function that the tree means, at the machine's bus numbers", () => {
    const tree: Tree = {
      "#address-cells": [2],
      "#size-cells": [2],
      "smmuv3@9050000": {
        compatible: "arm,smmu-v3",
        reg: [0, 0x905_0000, 0, 0x2_0000],
        "#iommu-cells": [1],
        phandle: [4],
      },
      "reserved-memory": {
        "#address-cells": [2],
        "#size-cells": [2],
        ranges: true,
        "fb@48000000": { phandle: [7], "iommu-addresses": [8, 0, 0, 0x4800_0000, 0, 0x10_0000] },
      },
      "pcie@10000000": {
        compatible: "pci-host-ecam-generic",
        device_type: "pci",
        "#address-cells": [3],
        "#size-cells": [2],
        reg: [0x40, 0x1000_0000, 0, 0x1000_0000],
        "linux,pci-domain": [0],
        "iommu-map": [0, 4, 0, 0x1_0000],
        "pcie@3,0": {
          device_type: "pci",
          "#address-cells": [3],
          "#size-cells": [2],
          reg: [0x1800, 0, 0, 0, 0],
          ranges: true,
          "gpu@0,0": { reg: [0, 0, 0, 0, 0], "memory-region": [7], phandle: [8] },
        },
      },
    };
    const folder = unpack("arm-01-dt-rp");
    fs.writeFileSync(path.join(folder, "sys/firmware/fdt"), makeBlob(tree));
    const [smmu] = importPaths(folder).document.iommus ?? [];
    assert.deepEqual((smmu as { reserved?: unknown } | undefined)?.reserved, [
      { range: "0x48000000-0x480fffff", type: "reserved", devices: ["02:00.0"] },
    ]);
    assert.match(importBlob(makeBlob(tree)).notes.join(), /the bus of \/pcie@10000000\/pcie@3,0\/gpu@0,0 is not known/);
  });

  it("of an ACPI machine takes nothing from the stub", () => {
    const stub = captureNames.filter((name) => name.startsWith("arm") && !withTree.includes(name));
    assert.ok(stub.length >= 5);
    for (const name of stub) assert.doesNotMatch(importCapture(name).text, /device tree's word/);
  });
});
