// `platmap groups`: what it prints as text and as JSON, for which kernel, and how it ends.
import assert from "node:assert/strict";
import { folderWith, platmap } from "../cli/commandLine";
import { platform } from "./partitions";

const MACHINE = platform(
  `{ "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01", "acs": { "capable": "SV TB RR CR UF", "enabled": "SV UF" }, "devices": [
    { "at": "01:00.0", "name": "nic0", "type": "endpoint" }] },
  { "at": "00:02.0", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "devices": [{ "at": "02:00.0", "type": "endpoint" }] }`,
  {
    top: `, "captured": { "kernel": "6.12.107", "groups": [{ "id": 0, "devices": ["0000:00:01.0"] }, { "id": 1, "devices": ["0000:01:00.0"] }] }`,
  },
);

interface Report {
  readonly platform: string;
  readonly algorithm: string;
  readonly kernel?: string;
  readonly groups: readonly {
    readonly devices: readonly string[];
    readonly reasons: readonly Record<string, unknown>[];
  }[];
  readonly undetermined: readonly unknown[];
  readonly notes: readonly string[];
}

const folder = folderWith({
  "a.platform.jsonc": MACHINE,
  "broken.platform.jsonc": `{ "platform": "a", `,
  "a.guest.jsonc": `{ "guest": "g" }`,
  "odd.platform.jsonc": `{ "platform": "odd", "pci": 7 }`,
});

async function json(...args: string[]): Promise<Report> {
  const { out, code } = await platmap(folder, ["groups", ...args, "--format", "json"]);
  assert.equal(code, 0);
  return JSON.parse(out) as Report;
}

describe("platmap groups", () => {
  it("prints each group with its reasons, what would split it, and what the captured kernel said otherwise", async () => {
    const { out, err, code } = await platmap(folder, ["groups", "a.platform.jsonc"]);
    assert.equal(
      out,
      `machine: 3 IOMMU groups, as Linux 6.12 makes them

rp0 (0000:00:01.0), nic0 (0000:01:00.0)
  rp0 (0000:00:01.0) is the first: it is on the host bridge's first bus
  nic0 (0000:01:00.0) joins rp0 (0000:00:01.0): what comes from below may be turned back before the IOMMU sees it; root port rp0 (0000:00:01.0) has ACS but RR and CR off
    to split them, turn on RR and CR of rp0 (0000:00:01.0): boot with pci=config_acs=111x1@0000:00:01.0

0000:00:02.0
  alone: it is on the host bridge's first bus

0000:02:00.0
  alone: 0000:00:02.0 above it isolates

the captured kernel (6.12.107) grouped otherwise:
  its group 0: 0000:00:01.0; here [0000:00:01.0, 0000:01:00.0]
  its group 1: 0000:01:00.0; here [0000:00:01.0, 0000:01:00.0]
`,
    );
    assert.deepEqual({ err, code }, { err: "", code: 0 });
  });

  it("prints JSON with the fixed names", async () => {
    const report = await json("a.platform.jsonc");
    assert.deepEqual([report.platform, report.algorithm, report.kernel], ["machine", "linux-mode-a", "6.12"]);
    assert.deepEqual(
      report.groups.map((group) => group.devices),
      [["0000:00:01.0", "0000:01:00.0"], ["0000:00:02.0"], ["0000:02:00.0"]],
    );
    const { device, joins, because, blame, missing, capable } = report.groups[0]?.reasons[0] ?? {};
    assert.deepEqual(
      { device, joins, because, blame, missing, capable },
      {
        device: "0000:01:00.0",
        joins: "0000:00:01.0",
        because: "acs-path",
        blame: "0000:00:01.0",
        missing: ["RR", "CR"],
        capable: true,
      },
    );
    assert.deepEqual(report.notes, []);
  });

  it("groups as another kernel, or by bus, and says what was not observed", async () => {
    const old = await json("a.platform.jsonc", "--kernel", "5.10");
    assert.deepEqual(
      [old.algorithm, old.kernel, old.notes],
      ["linux-mode-a", "5.10", ["Linux 5.10 was not observed; it is taken to group as 6.12 and 7.2 do."]],
    );
    const byBus = await json("a.platform.jsonc", "--isolation", "bus");
    assert.deepEqual(
      [byBus.algorithm, byBus.kernel, byBus.notes],
      ["linux-mode-b", "6.12", ["Isolation per bus is a proposal of 2025: no kernel that was observed groups so."]],
    );
    assert.equal(byBus.groups[0]?.reasons[0]?.["because"], "bus-not-isolated");
  });

  it("takes the newest known kernel where none was captured", async () => {
    const { out } = await platmap(folder, ["groups", "-", "--format", "json"], {
      input: platform(`{ "at": "00:01.0", "type": "endpoint" }`),
    });
    assert.equal((JSON.parse(out) as Report).kernel, "7.2");
  });

  const wrong: readonly (readonly [args: string[], says: RegExp])[] = [
    [["a.platform.jsonc", "--kernel", "new"], /"new" is not a kernel version/],
    [["nothing.jsonc"], /nothing\.jsonc: cannot be read/],
    [["broken.platform.jsonc"], /broken\.platform\.jsonc:1:\d+: /],
    [["a.guest.jsonc"], /a platform file is needed, and this is a guest file/],
    [["a.platform.jsonc", "--isolation", "none"], /Allowed choices are bus/],
    [["a.platform.jsonc", "--kernal", "6.12"], /Did you mean --kernel/],
  ];
  for (const [args, says] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { out, err, code } = await platmap(folder, ["groups", ...args]);
      assert.deepEqual({ out, code }, { out: "", code: 2 });
      assert.match(err, says);
    });
  }

  it("says when the description could not be fully read", async () => {
    const { err, code } = await platmap(folder, ["groups", "odd.platform.jsonc"]);
    assert.match(err, /not everything could be read/);
    assert.equal(code, 0);
  });
});
