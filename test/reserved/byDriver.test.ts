// What Linux's drivers list by themselves, for IOMMUs that no captured machine has.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { iommuGroups, lastOf, regionWord, reservedRegionsOf } from "../../core/src/index";
import { importPaths, unpack } from "../capture/captures";
import { planOf } from "../groups/partitions";

/** The lines of `reserved_regions` of the only function. */
function listed(iommu: string, more = ""): string[] {
  const plan = planOf(`{ "platform": "m"${more}, "iommus": [{ "name": "iommu0", ${iommu} }],
    "pci": [{ "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "iommu0" }], "devices": [{ "at": "00:01.0", "type": "endpoint" }] }] }`);
  return reservedRegionsOf(plan, iommuGroups(plan)).flatMap(({ regions }) =>
    regions.map(({ range, kind }) => `0x${range.base.toString(16)} 0x${lastOf(range).toString(16)} ${regionWord(kind)}`),
  );
}

describe("the regions that a driver adds", () => {
  const MSI = "0xfee00000 0xfeefffff msi";
  const HYPERTRANSPORT = "0xfd00000000 0xffffffffff reserved";

  it("are AMD's MSIs and HyperTransport, unless the IOMMU translates that and the kernel knows", () => {
    const captured = (kernel: string): string => `, "captured": { "kernel": "${kernel}" }`;
    const able = `"type": "amd-vi", "translatesHyperTransport": true`;
    assert.deepEqual(listed(`"type": "amd-vi"`), [MSI, HYPERTRANSPORT]);
    assert.deepEqual(listed(able), [MSI]);
    assert.deepEqual(listed(able, captured("6.12.107")), [MSI, HYPERTRANSPORT]);
    assert.deepEqual(listed(able, captured("6.16.1")), [MSI]);
    assert.deepEqual(listed(`"type": "amd-vi", "translatesHyperTransport": false`), [MSI, HYPERTRANSPORT]);
  });

  it("are told by the log of a machine whose IOMMU translates HyperTransport", () => {
    const folder = unpack("x86-12-amd");
    const file = path.join(folder, "dmesg.txt");
    const log = readFileSync(file, "utf8");
    assert.ok(log.includes("Extended features (0x29d3, 0x0)"));
    const [before] = importPaths(folder).document.iommus ?? [];
    writeFileSync(file, log.replace("(0x29d3, 0x0)", "(0x29d3, 0x800)"));
    const { platform, document } = importPaths(folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual([before, document.iommus?.[0]].map((one) => /"translatesHyperTransport":true/.test(JSON.stringify(one))), [false, true]);
    const plan = planOf(platform.text);
    const kinds = reservedRegionsOf(plan, iommuGroups(plan)).flatMap(({ regions }) => regions.map(({ kind }) => kind));
    const isOld = (plan.platform.captured?.kernel ?? "").startsWith("6.12");
    assert.equal(kinds.includes("reserved"), isOld, plan.platform.captured?.kernel);
  });

  it("are none behind a RISC-V IOMMU", () => {
    assert.deepEqual(listed(`"type": "riscv-iommu"`), []);
    const plan = planOf(`{ "platform": "m", "iommus": [{ "name": "iommu0", "type": "riscv-iommu" }],
      "pci": [{ "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "iommu0" }], "devices": [{ "at": "00:01.0", "type": "endpoint" }] }] }`);
    assert.deepEqual(reservedRegionsOf(plan, iommuGroups(plan)).map(({ unknown }) => unknown), [[]]);
  });

  it("is Apple's doorbell, by the page of the kernel", () => {
    assert.deepEqual(listed(`"type": "dart"`), ["0xffffc000 0xffffffff msi"]);
    assert.deepEqual(listed(`"type": "dart"`, `, "pageSize": "16K"`), ["0xffffc000 0xffffffff msi"]);
    assert.deepEqual(listed(`"type": "dart"`, `, "pageSize": "4K"`), ["0xfffff000 0xffffffff msi"]);
  });
});
