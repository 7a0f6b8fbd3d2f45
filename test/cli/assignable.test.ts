// `platmap assignable`: the table, the page of one function, the JSON, and what is not a PCI function.
import assert from "node:assert/strict";
import { armMachine, x86Machine } from "../assignability/machines";
import { folderWith, platmap } from "./commandLine";

const folder = folderWith({ "arm.platform.jsonc": armMachine(), "x86.platform.jsonc": x86Machine({ acs: `"none"` }) });

describe("platmap assignable", () => {
  it("prints a line a function, and each reason once", async () => {
    const { code, out, err } = await platmap(folder, ["assignable", "x86.platform.jsonc"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^server: of 4 PCI functions 0 assignable, 2 only together with others, as Linux 7\.2 groups them\n/,
    );
    assert.match(out, /^0000:00:1c\.0 {2}rp0 {3}impossible: bridges stay with the host$/m);
    assert.match(out, /^0000:01:00\.0 {2}nic0 {2}only together with nic1 \(0000:02:00\.0\)$/m);
    const lines = out.split("\n").filter((line) => line.startsWith("    "));
    assert.equal(new Set(lines).size, lines.length);
  });

  it("prints everything about one function", async () => {
    const { out } = await platmap(folder, ["assignable", "arm.platform.jsonc", "--device", "01:00.0"]);
    assert.equal(
      out,
      `nic0 (0000:01:00.0): assignable
  alone in its group: rp0 (0000:00:01.0) above it isolates
  smmu0 translates its DMA
  its0 checks who writes

its IOMMU group:
  nic0 (0000:01:00.0)

reserved for its group:
  0x0800_0000-0x080f_ffff msi: the kernel maps doorbells of devices behind smmu0 here

the path of its MSIs:
  requester id 0x0100
  MSI map entry 1 (ids 0000-ffff) of pcie0 leads to its0 as device id 0x100
  it writes to 0x0809_0000-0x0809_ffff (translation page of its0)
  smmu0 translates the write as stream 0x100 (IOMMU map entry 1 (ids 0000-ffff) of pcie0) to translation page of its0 0x0809_0000-0x0809_ffff
  mapped in pages of 64 KiB: 0x0809_0000-0x0809_ffff, which hold nothing else
`,
    );
  });

  it("prints JSON for programs, of all or of one", async () => {
    const all = JSON.parse((await platmap(folder, ["assignable", "x86.platform.jsonc", "--format", "json"])).out) as {
      functions: Record<string, unknown>[];
    };
    assert.deepEqual(
      all.functions.map((one) => one["verdict"]),
      ["impossible", "impossible", "together", "together"],
    );
    const { platform, kernel, functions } = JSON.parse(
      (await platmap(folder, ["assignable", "x86.platform.jsonc", "--device", "0000:01:00.0", "--format", "json"])).out,
    ) as typeof all & { platform: string; kernel: string };
    assert.deepEqual([platform, kernel, functions.length], ["server", "7.2", 1]);
    const { reasons, doorbell, ...rest } = functions[0] ?? {};
    assert.deepEqual(rest, {
      device: "0000:01:00.0",
      name: "nic0",
      type: "endpoint",
      verdict: "together",
      group: ["0000:00:1c.0", "0000:00:1c.4", "0000:01:00.0", "0000:02:00.0"],
      together: ["0000:02:00.0"],
      protections: ["dmar0 translates its DMA", "dmar0 remaps its interrupts"],
      cautions: [],
    });
    assert.ok(Array.isArray(reasons) && reasons.length > 0 && Array.isArray(doorbell) && doorbell.length === 4);
  });

  it("refuses what is no PCI address, or none of this platform", async () => {
    for (const [device, message] of [
      ["eth0", /"eth0" is not a PCI address/],
      ["05:00.0", /no PCI function 0000:05:00\.0/],
    ] as const) {
      const { code, err } = await platmap(folder, ["assignable", "arm.platform.jsonc", "--device", device]);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  });
});
