// Drafts of QEMU's machines from their blobs: the same as the description that was written by hand, nothing flagged,
// and what each option of the machine changes.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { checkText } from "../../server/src/workspace/check";
import { documentOf, type BridgeEntry, type PlatformDocument } from "../capture/captures";
import { repositoryRoot } from "../repositoryRoot";
import { blobOf, importBlob, machines } from "./blobs";

const drafts = new Map(machines.map((machine) => [machine, importBlob(blobOf(machine))]));
const documents = new Map([...drafts].map(([machine, { text }]) => [machine, documentOf(text)]));

function documentFor(machine: string): PlatformDocument {
  const document = documents.get(machine);
  assert.ok(document, `there is a blob of ${machine}`);
  return document;
}

function bridge(machine: string): BridgeEntry {
  const [only, ...more] = documentFor(machine).pci ?? [];
  assert.ok(only && more.length === 0, "one host bridge");
  return only;
}

/** Windows with every address written out. */
function windows({ windows: list }: BridgeEntry): unknown {
  return list === "unknown" ? list : list.map(({ type, cpu, bus, size }) => [type, cpu, bus ?? cpu, size]);
}

function entries(document: PlatformDocument, key: "doorbells" | "iommus"): unknown {
  return (document[key] ?? []).map(({ type, base, size }) => [type, base, size]);
}

describe("a draft from a blob of QEMU", () => {
  for (const machine of machines) {
    it(`of ${machine} has nothing to flag`, () => {
      const { findings } = checkText(`${machine}.platform.jsonc`, drafts.get(machine)?.text ?? "");
      assert.deepEqual(
        findings.map(({ rule, message }) => `${rule}: ${message}`),
        [],
      );
      assert.deepEqual(drafts.get(machine)?.notes, []);
    });
  }

  it("of the virt machine agrees with the example that people wrote", () => {
    const text = fs.readFileSync(path.join(repositoryRoot, "examples/qemu-virt.platform.jsonc"), "utf8");
    const plain = checkText("qemu-virt.platform.jsonc", text);
    assert.deepEqual(plain.findings, []);
    const example = documentOf(text.replace(/,(\s*[}\]])/g, "$1"));
    const draft = documentFor("virt-smmu-its");
    const [own] = example.pci ?? [];
    assert.ok(own);
    const drafted = bridge("virt-smmu-its");
    assert.deepEqual(windows(drafted), windows(own));
    assert.deepEqual(drafted.config, own.config);
    assert.deepEqual([drafted.segment, drafted.buses], [own.segment, own.buses]);
    assert.deepEqual(entries(draft, "doorbells"), entries(example, "doorbells"));
    assert.deepEqual(entries(draft, "iommus"), entries(example, "iommus"));
    assert.deepEqual(drafted.iommu, [{ ids: "0000-ffff", to: "smmu", stream: "0x0" }]);
    assert.deepEqual(drafted.msi, own.msi);
    assert.deepEqual(
      draft.memory?.map(({ base, size }) => [base, size]),
      example.memory?.map(({ base, size }) => [base, size]),
    );
  });

  it("with high memory off has its configuration space and windows below 4 GiB", () => {
    assert.deepEqual(bridge("virt-highmem-off").config, { base: "0x3f000000", size: "16M", type: "ecam" });
    assert.deepEqual(windows(bridge("virt-highmem-off")), [
      ["io", "0x3eff0000", "0x0", "64K"],
      ["mem32", "0x10000000", "0x10000000", "0x2eff0000"],
    ]);
  });

  it("with GICv2 sends MSIs to its frame, which does not ask who writes", () => {
    assert.deepEqual(entries(documentFor("virt-smmu-gicv2"), "doorbells"), [["gicv2m", "0x8020000", "4K"]]);
    assert.equal(bridge("virt-smmu-gicv2").msi, "v2m");
  });

  it("without an ITS has no doorbell, and says so", () => {
    assert.equal(documentFor("virt-noits").doorbells, undefined);
    assert.equal(bridge("virt-noits").msi, "none");
  });

  it("with virtio-iommu leaves the IOMMU's own function out of the map", () => {
    assert.deepEqual(documentFor("virt-viommu").iommus, [
      { name: "virtio-iommu", type: "virtio-iommu", at: "00:01.0" },
    ]);
    assert.deepEqual(bridge("virt-viommu").iommu, [
      { ids: "0000-0007", to: "virtio-iommu", stream: "0x0" },
      { ids: "0009-ffff", to: "virtio-iommu", stream: "0x9" },
    ]);
  });

  it("with NUMA keeps the node of each bank", () => {
    const nodes = documentFor("virt-numa").memory?.map(({ base, node }) => [base, node]);
    assert.deepEqual(nodes, [
      ["0x40000000", 0],
      ["0x80000000", 1],
    ]);
  });

  it("with a secure world reserves its memory, and keeps its devices as switched off", () => {
    const { reserved, devices, memory } = documentFor("virt-secure-el2-mte");
    assert.deepEqual(reserved, [{ name: "secram", base: "0xe000000", size: "16M", type: "secure", noMap: true }]);
    assert.deepEqual(memory?.length, 1);
    assert.ok(devices?.some((one) => one.base === "0x9040000" && (one as { disabled?: boolean }).disabled));
  });

  it("with 256 GiB has one bank, and the window above it", () => {
    assert.deepEqual(
      documentFor("virt-256g").memory?.map(({ base, size }) => [base, size]),
      [["0x40000000", "256G"]],
    );
  });

  it("with many processors has both of the GIC's redistributor ranges by name", () => {
    const gic = documentFor("virt-smp123").devices?.filter(({ name }) => name.startsWith("gic"));
    assert.ok(gic?.some(({ name }) => name === "gicd"));
    assert.ok(gic?.some(({ base }) => base === "0x80a0000"));
  });

  it("of RISC-V with AIA sends MSIs to the supervisor's IMSIC", () => {
    assert.equal(documentFor("riscv-virt-aia").arch, "riscv64");
    const imsic = documentFor("riscv-virt-aia").doorbells?.find(({ name }) => name === bridge("riscv-virt-aia").msi);
    assert.deepEqual([imsic?.type, imsic?.base], ["imsic", "0x28000000"]);
  });
});
