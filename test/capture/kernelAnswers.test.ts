// What the documents hand on of the kernel's own answers: groups, reserved regions, IOMMUs, doorbells, windows' bus
// addresses.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { captureDocument, capturedFolder, capturedText, captureNames, plainSpan } from "./captures";

describe("the captured part of a document", () => {
  for (const name of captureNames) {
    it(`repeats the kernel's groups of ${name}`, () => {
      const folder = path.join(capturedFolder(name), "sys/kernel/iommu_groups");
      const ids = fs.existsSync(folder)
        ? fs
            .readdirSync(folder)
            .map(Number)
            .sort((a, b) => a - b)
        : [];
      const groups = captureDocument(name).captured.groups ?? [];
      assert.deepEqual(
        groups.map((group) => group.id),
        ids,
      );
      for (const group of groups) {
        const file = (part: string): string => path.join(folder, String(group.id), part);
        assert.deepEqual(group.devices, fs.readdirSync(file("devices")).sort());
        assert.equal(group.type, fs.readFileSync(file("type"), "utf8").trim());
        const lines = fs
          .readFileSync(file("reserved_regions"), "utf8")
          .trim()
          .split("\n")
          .filter((line) => line !== "");
        const expected = lines
          .map((line) => line.split(" "))
          .map(([first, last, type]) => `${plainSpan(`${first}-${last}`)} ${type}`);
        assert.deepEqual(
          (group.reserved ?? []).map(({ range, type }) => `${plainSpan(range)} ${type}`),
          expected,
        );
      }
    });

    it(`repeats kernel, command line, IOMMUs and firmware map of ${name}`, () => {
      const { captured } = captureDocument(name);
      assert.equal(captured.kernel, capturedText(name, "uname.txt").split(" ")[2]);
      assert.equal(captured.commandLine, capturedText(name, "proc/cmdline").trim());
      const iommus = path.join(capturedFolder(name), "sys/class/iommu");
      assert.deepEqual(
        Object.keys(captured.iommus ?? {}).sort(),
        fs.existsSync(iommus) ? fs.readdirSync(iommus).sort() : [],
      );
      const map = path.join(capturedFolder(name), "sys/firmware/memmap");
      const read = (entry: string, part: string): string => fs.readFileSync(path.join(map, entry, part), "utf8").trim();
      const expected = fs.existsSync(map)
        ? fs
            .readdirSync(map)
            .map((entry) => `${plainSpan(`${read(entry, "start")}-${read(entry, "end")}`)} ${read(entry, "type")}`)
        : [];
      const ours = (captured.firmwareMap ?? [])
        .filter((entry) => entry.source === "e820")
        .map(({ range, type }) => `${plainSpan(range)} ${type}`);
      assert.deepEqual(ours.sort(), expected.sort());
    });
  }
});

describe("facts of the kernel's log", () => {
  it("give the ITS as a doorbell, and the GICv2m frame", () => {
    const doorbells = (name: string): string[] =>
      (captureDocument(name).doorbells ?? []).map(({ type, base, size }) => `${type} ${base} ${size}`);
    assert.deepEqual(doorbells("arm-01-dt-rp"), ["its 0x8080000 128K"]);
    assert.deepEqual(doorbells("arm-08-dt-gicv2"), ["gicv2m 0x8020000 4K"]);
    assert.deepEqual(doorbells("x86-05-switch"), ["local-apic 0xfee00000 1M"]);
  });

  it("give I/O windows their bus addresses, and their CPU addresses where a device tree has them", () => {
    const io = (name: string): unknown[] =>
      (captureDocument(name).pci ?? []).flatMap(({ windows }) =>
        windows === "unknown" ? [] : windows.filter((window) => window.type === "io"),
      );
    assert.deepEqual(io("arm-01-dt-rp"), [{ type: "io", cpu: "0x3eff0000", bus: "0x0", size: "64K" }]);
    assert.deepEqual(io("arm-05-uefi-pxb"), [
      { type: "io", bus: "0x2000", size: "56K" },
      { type: "io", bus: "0x1000", size: "4K" },
    ]);
  });

  it("give each host bridge its buses and its part of ECAM", () => {
    const bridges = (captureDocument("x86-10-pxb").pci ?? []).map(({ buses, config }) => [buses, config]);
    assert.deepEqual(bridges, [
      ["00-3f", { base: "0xb0000000", size: "64M", type: "ecam" }],
      ["40-42", { base: "0xb4000000", size: "3M", type: "ecam" }],
    ]);
  });

  it("give the IOMMUs' widths", () => {
    const [smmu] = captureDocument("arm-02-uefi-rp").iommus ?? [];
    assert.deepEqual(smmu, {
      name: "smmu0",
      type: "smmuv3",
      base: "0x9050000",
      size: "128K",
      inputBits: 44,
      outputBits: 44,
      msiWindow: { base: "0x8000000", size: "1M", programmable: true },
    });
    const [dmar] = captureDocument("x86-10-pxb").iommus ?? [];
    assert.deepEqual(dmar, {
      name: "dmar0",
      type: "vt-d",
      base: "0xfed90000",
      size: "4K",
      inputBits: 48,
      interruptRemapping: true,
    });
  });
});

describe("IOMMUs of other kinds", () => {
  it("AMD-Vi and virtio-iommu stand where their PCI functions are", () => {
    const iommus = (name: string): unknown =>
      captureDocument(name).iommus?.map(({ name: own, type, at }) => [own, type, at]);
    assert.deepEqual(iommus("x86-12-amd"), [["ivhd0", "amd-vi", "00:01.0"]]);
    assert.deepEqual(iommus("x86-13-viommu"), [["virtio-iommu0", "virtio-iommu", "00:03.0"]]);
  });
});
