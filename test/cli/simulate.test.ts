// `platmap simulate` as a person runs it: exit codes, the fixed names in JSON, and what wrong usage is told.
import assert from "node:assert/strict";
import { folderWith, platmap } from "./commandLine";

const HOST = (name: string, reserved: string): string => `{
  "platform": "${name}", "arch": "arm64",
  "doorbells": [{ "name": "its", "type": "its", "base": "0x4c00_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0xa004_0000", "size": "128K", "reserved": [${reserved}] }],
  "pci": [{ "name": "pci0", "msi": "its", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`;

const folder = folderWith({
  "zero.platform.jsonc": HOST("zero", ""),
  "one.platform.jsonc": HOST("one", `{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }`),
  "web.guest.jsonc": `{ "guest": "web", "hosts": ["zero.platform.jsonc", "one.platform.jsonc"], "memory": [{ "name": "ram", "base": "0x4000_0000", "size": "4G" }] }`,
  "broken.guest.jsonc": `{ "guest": "web", `,
});

describe("platmap simulate", () => {
  const steps = ["--step", "start:zero", "--step", "migrate:one", "--step", "hotplug:00:05.0"];

  it("gives a verdict per step under fixed names, and exit code 1 when one is refused", async () => {
    const { code, out } = await platmap(folder, ["simulate", "web.guest.jsonc", ...steps, "--format", "json"]);
    assert.equal(code, 1);
    const report = JSON.parse(out) as { guest: string; steps: { step: string; verdict: string; because: string; message?: string; conflicts: unknown[] }[] };
    assert.equal(report.guest, "web");
    assert.deepEqual(report.steps.map(({ step, verdict }) => [step, verdict]), [["start:zero", "ok"], ["migrate:one", "ok"], ["hotplug:00:05.0", "refused"]]);
    assert.match(report.steps[2]?.message ?? "", /-22 \(Invalid argument\)/);
    assert.equal("message" in (report.steps[0] ?? {}), false);
    const [conflict] = (report.steps[2]?.conflicts ?? []) as Record<string, string>[];
    assert.deepEqual([conflict?.["base"], conflict?.["last"], conflict?.["type"], conflict?.["memory"]], ["0xc6010000", "0xc601ffff", "msi", "ram"]);
  });

  it("takes several steps after one option, and exits with 0 when all can be done", async () => {
    const { code, out } = await platmap(folder, ["simulate", "web.guest.jsonc", "--step", "start:zero", "hotplug:00:05.0", "unplug:00:05.0", "migrate:one"]);
    assert.equal(code, 0);
    assert.match(out, /^web: all 4 steps can be done\n/);
  });

  it("tells wrong usage from a refusal", async () => {
    const errors: [string[], RegExp][] = [
      [["--step", "start:two"], /web has no host "two"; its hosts are zero, one/],
      [["--step", "jump:one"], /"jump:one" is not a step: a step is one of start:HOST/],
      [["--step", "migrate:one"], /the first --step is start:HOST/],
      [["--step", "start:one", "hotplug:00:07.0"], /no host of web has a PCI function 0000:00:07\.0/],
      [[], /required option '--step/],
    ];
    for (const [args, words] of errors) {
      const { code, out, err } = await platmap(folder, ["simulate", "web.guest.jsonc", ...args]);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.match(err, words);
    }
  });

  it("wants a guest file that it can read", async () => {
    for (const [file, words] of [["zero.platform.jsonc", /a guest file is needed, and this is a platform file/], ["broken.guest.jsonc", /broken\.guest\.jsonc:1:1: This { is never closed/], ["none.guest.jsonc", /none\.guest\.jsonc/]] as const) {
      const { code, err } = await platmap(folder, ["simulate", file, "--step", "start:zero"]);
      assert.equal(code, 2);
      assert.match(err, words);
    }
  });
});
