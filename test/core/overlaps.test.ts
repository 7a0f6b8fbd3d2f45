// Which overlaps are legal, and of which kind the others are: one row, one document, the pairs that are found in it.
// The file's "platform" is left out of the rows.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";

const MEMORY = `"memory": [{ "name": "dram", "range": "0x8000_0000-0xffff_ffff" }]`;
const DEVICE = `"devices": [{ "name": "soc", "range": "0x1000_0000-0x1fff_ffff" }]`;

/** What overlaps a thing that lies wholly inside another one, by the two's roles. */
const INSIDE: Record<string, string> = {
  // Legal: a reservation in memory or in a device, a doorbell in a device.
  [`${MEMORY}, "reserved": [{ "name": "bl31", "range": "0xfe00_0000-0xfe1f_ffff" }]`]: "",
  [`${DEVICE}, "reserved": [{ "name": "mailbox", "range": "0x1000_0000-0x1000_0fff" }]`]: "",
  [`${DEVICE}, "doorbells": [{ "name": "its", "type": "its", "range": "0x1000_0000-0x1001_ffff" }]`]: "",
  [`"devices": [{ "name": "gicd", "base": "0x1000_0000", "size": "64K" }], "doorbells": [{ "name": "mbi", "type": "mbi", "base": "0x1000_0000", "size": "64K" }]`]: "",
  // Contained or not, everything else is a finding.
  [`"devices": [{ "name": "soc", "range": "0x1000_0000-0x1fff_ffff" }, { "name": "uart", "range": "0x1100_0000-0x1100_0fff" }]`]: "other soc uart",
  [`"devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K" }, { "name": "uart1", "base": "0x1000_0000", "size": "4K" }]`]: "same-range uart0 uart1",
  [`"devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "8K" }, { "name": "uart1", "base": "0x1000_1000", "size": "8K" }]`]: "other uart0 uart1",
  [`"memory": [{ "name": "dram0", "range": "0x8000_0000-0xbfff_ffff" }, { "name": "dram1", "range": "0x9000_0000-0x9fff_ffff" }]`]: "other dram0 dram1",
  [`"memory": [{ "name": "dram", "range": "0x0-0xffff_ffff" }], ${DEVICE}`]: "memory-and-mmio dram soc",
  [`"memory": [{ "name": "dram", "range": "0x0-0xffff_ffff" }], "doorbells": [{ "name": "its", "type": "its", "base": "0x800_0000", "size": "128K" }]`]: "memory-and-mmio dram its",
  [`"memory": [{ "name": "dram", "range": "0x0-0xffff_ffff" }], "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x900_0000", "size": "128K" }]`]: "memory-and-mmio dram smmu",
  [`${DEVICE}, "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x1900_0000", "size": "128K" }]`]: "other soc smmu",
  [`"doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }, { "name": "v2m1", "type": "gicv2m", "base": "0x2c1c_0000", "size": "4K" }]`]: "other v2m0 v2m1",
  [`"reserved": [{ "name": "a", "range": "0x1000-0x1fff" }, { "name": "b", "range": "0x1800-0x18ff" }]`]: "reservations a b",
  [`"reserved": [{ "name": "a", "range": "0x1000-0x1fff" }, { "name": "b", "range": "0x1000-0x1fff" }]`]: "reservations a b",
  [`"iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x1000", "size": "4K" }], "reserved": [{ "name": "a", "range": "0x1000-0x1fff" }]`]: "same-range a smmu",
  [`"doorbells": [{ "name": "its", "type": "its", "range": "0x1000-0x1fff" }], "reserved": [{ "name": "a", "range": "0x1000-0x10ff" }]`]: "other a its",
};

/** A legal container that holds only a part is no container. */
const PARTLY: Record<string, string> = {
  [`${MEMORY}, "reserved": [{ "name": "bl31", "range": "0x7fff_0000-0x8000_ffff" }]`]: "other dram bl31",
  [`${DEVICE}, "doorbells": [{ "name": "its", "type": "its", "range": "0x1fff_0000-0x2000_ffff" }]`]: "other soc its",
  [`"memory": [{ "name": "dram0", "range": "0x8000_0000-0x8fff_ffff" }, { "name": "dram1", "range": "0x9000_0000-0x9fff_ffff" }], "reserved": [{ "name": "cma", "range": "0x8f00_0000-0x90ff_ffff" }]`]: "other dram0 cma; other dram1 cma",
  [`"devices": [{ "name": "a", "range": "0x1000-0x1fff" }, { "name": "b", "range": "0x2000-0x2fff" }]`]: "",
};

const DECLARED: Record<string, string> = {
  [`"devices": [{ "name": "soc", "range": "0x1000-0x1fff" }, { "name": "uart", "range": "0x1800-0x18ff", "in": "soc" }]`]: "",
  [`"devices": [{ "name": "soc", "range": "0x1000-0x1fff" }, { "name": "bus", "range": "0x1800-0x1bff", "in": "soc" }, { "name": "uart", "range": "0x1800-0x18ff", "in": "bus" }]`]: "",
  [`"devices": [{ "name": "soc", "range": "0x1000-0x1fff" }, { "name": "a", "range": "0x1800-0x1bff", "in": "soc" }, { "name": "b", "range": "0x1900-0x19ff", "in": "soc" }]`]: "other a b",
  [`"devices": [{ "name": "a", "range": "0x1000-0x1fff", "in": "b" }, { "name": "b", "range": "0x1000-0x1fff", "in": "a" }]`]: "",
  [`"devices": [{ "name": "a", "range": "0x1000-0x1fff", "in": "a" }, { "name": "b", "range": "0x1000-0x1fff", "in": "nobody" }]`]: "same-range a b",
  [`"reserved": [{ "name": "a", "range": "0x1000-0x1fff", "sharedWith": "b" }, { "name": "b", "range": "0x1800-0x27ff", "sharedWith": "a" }]`]: "",
  [`"reserved": [{ "name": "a", "range": "0x1000-0x1fff", "sharedWith": "b" }, { "name": "b", "range": "0x1800-0x27ff" }]`]: "reservations a b",
  [`"reserved": [{ "name": "a", "range": "0x1000-0x1fff", "disabled": true }, { "name": "b", "range": "0x1800-0x27ff" }]`]: "",
  [`"devices": [{ "name": "a", "range": "0x1000-0x1fff", "disabled": true }, { "name": "b", "range": "0x1800-0x27ff" }]`]: "other a b",
  [`${MEMORY}, "reserved": [{ "name": "cma", "size": "64M", "within": ["0x8000_0000-0xbfff_ffff"] }, { "name": "bl31", "range": "0x8000_0000-0xbfff_ffff" }]`]: "",
  [`"memory": [{ "name": "__proto__", "range": "0x1000-0x1fff" }], "devices": [{ "name": "constructor", "range": "0x1000-0x1fff", "in": "toString" }]`]: "memory-and-mmio __proto__ constructor",
};

const PCI: Record<string, string> = {
  // Six root complexes may all use one bus address; two windows of CPU addresses may not share one.
  [bridges(`"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x4000_0000", "size": "1M" }]`, `"windows": [{ "type": "mem32", "cpu": "0x6000_0000", "bus": "0x4000_0000", "size": "1M" }]`)]: "",
  [bridges(`"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x4000_0000", "size": "1M" }]`, `"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x6000_0000", "size": "1M" }]`)]:
    "host-bridge-windows mem32 window of p0 mem32 window of p1",
  // Two windows of one bridge that clash on both sides are one pair.
  [bridges(`"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }, { "type": "mem32", "cpu": "0x5008_0000", "size": "1M" }]`)]: "other mem32 window of p0 mem32 window of p0",
  [bridges(`"config": { "base": "0x5000_0000", "size": "1M" }, "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "16M" }]`)]: "",
  [bridges(`"config": { "base": "0x5000_0000", "size": "1M" }`, `"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "16M" }]`)]: "other configuration space of p0 mem32 window of p1",
  [`${MEMORY}, ${bridges(`"windows": [{ "type": "mem32", "cpu": "0xc000_0000", "size": "1M" }]`)}`]: "memory-and-mmio dram mem32 window of p0",
  // Bus memory and bus I/O are two spaces, and neither is the physical one.
  [`${DEVICE}, ${bridges(`"windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x1000_0000", "size": "1M" }, { "type": "io", "bus": "0x1000_0000", "size": "64K" }]`)}`]: "",
  [ports(`"bars": [{ "bar": 0, "base": "0x5000_0000", "size": "4K", "type": "mem32" }]`, `"bars": [{ "bar": 0, "base": "0x5000_0000", "size": "4K", "type": "mem32" }]`)]:
    "same-range BAR 0 of 0000:00:01.0 BAR 0 of 0000:00:02.0",
  [ports(`"bars": [{ "bar": 0, "base": "0x5000", "size": "4K", "type": "mem32" }]`, `"bars": [{ "bar": 0, "base": "0x5000", "size": "4K", "type": "io" }]`)]: "",
  [ports(`"windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }]`, `"bars": [{ "bar": 0, "base": "0x5010_0000", "size": "4K", "type": "mem32" }]`)]:
    "other mem32 window of 0000:00:01.0 BAR 0 of 0000:00:02.0",
  [ports(`"windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }], "devices": [{ "at": "01:00.0", "bars": [{ "bar": 0, "base": "0x5010_0000", "size": "4K", "type": "mem32" }] }]`)]: "",
  // A port's own register inside the window to what is below it: the window would take it.
  [ports(`"windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "2M" }], "bars": [{ "bar": 0, "base": "0x5010_0000", "size": "4K", "type": "mem32" }]`)]:
    "other mem32 window of 0000:00:01.0 BAR 0 of 0000:00:01.0",
};

const IOVA: Record<string, string> = {
  [iommu(`{ "range": "0x1000-0x1fff", "type": "msi" }, { "range": "0x1800-0x27ff", "type": "msi" }`)]: "other msi region 0 of smmu msi region 1 of smmu",
  [iommu(`{ "range": "0x1000-0x1fff", "type": "msi" }, { "range": "0x1800-0x27ff", "type": "reserved" }`)]: "",
  [iommu(`{ "range": "0x1000-0x1fff", "type": "msi", "devices": ["01:00.0"] }, { "range": "0x1000-0x1fff", "type": "msi", "devices": ["02:00.0"] }`)]: "",
  [iommu(`{ "range": "0x1000-0x1fff", "type": "msi", "devices": ["01:00.0"] }, { "range": "0x1000-0x1fff", "type": "msi" }`)]: "same-range msi region 0 of smmu msi region 1 of smmu",
  [iommu(`{ "range": "0x1000-0x1fff", "type": "msi", "ids": "0-8" }, { "range": "0x1000-0x1fff", "type": "msi", "ids": "8-f" }`)]: "same-range msi region 0 of smmu msi region 1 of smmu",
  [`"devices": [{ "name": "uart", "range": "0x1000-0x1fff" }], ${iommu(`{ "range": "0x1000-0x1fff", "type": "direct" }`)}`]: "",
};

describe("an overlap", () => {
  for (const [title, rows] of Object.entries({ "of a thing inside another": INSIDE, "of a thing partly inside another": PARTLY, "that the author declares": DECLARED, "on PCI buses": PCI, "of I/O virtual addresses": IOVA })) {
    describe(title, () => {
      for (const [members, expected] of Object.entries(rows)) it(`${members} → ${expected || "legal"}`, () => assert.equal(overlapsIn(members), expected));
    });
  }

  it("of three things is three pairs, each found once", () => {
    const device = (name: string): string => `{ "name": "${name}", "base": "0x1000", "size": "4K" }`;
    assert.equal(overlapsIn(`"devices": [${["a", "b", "c"].map(device).join(", ")}]`), "same-range a b; same-range a c; same-range b c");
  });
});

function overlapsIn(members: string): string {
  const { plan, source } = checkText("board.platform.jsonc", `{ "platform": "board", ${members} }`);
  assert.deepEqual(source.tree.faults, []);
  assert.ok(plan);
  return plan.overlaps.overlaps.map(({ kind, earlier, later }) => `${kind} ${earlier.name} ${later.name}`).sort().join("; ");
}

function bridges(...members: string[]): string {
  return `"pci": [${members.map((one, index) => `{ "name": "p${index}", "segment": ${index}, ${one} }`).join(", ")}]`;
}

/** Functions beside each other on one bus. */
function ports(...members: string[]): string {
  return bridges(`"devices": [${members.map((one, index) => `{ "at": "00:0${index + 1}.0", ${one} }`).join(", ")}]`);
}

function iommu(regions: string): string {
  return `"iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [${regions}] }]`;
}
