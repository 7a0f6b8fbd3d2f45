// The collecting script, run by the system's shell: on this machine, and on captured machines in place of it.
// What it makes is imported; what it must leave out is looked for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";
import { captureDocument, capturedFolder, capturedText, importPaths } from "./captures";
import { temporaryFolder } from "../temporaryFolder";

const script = path.join(repositoryRoot, "capture/collect.sh");

/** Runs the script in a new folder; the archive, its files unpacked, and what the script said. */
function collect(machine?: string): { archive: string; folder: string; said: string } {
  const folder = temporaryFolder();
  const env = { ...process.env, ...(machine !== undefined && { PLATMAP_ROOT: machine }) };
  const said = execFileSync("sh", [script, "box"], { cwd: folder, env, encoding: "utf8" });
  execFileSync("tar", ["-xzf", "box.tar.gz"], { cwd: folder });
  return { archive: path.join(folder, "box.tar.gz"), folder: path.join(folder, "box"), said };
}

describe("the collecting script", () => {
  it("is plain POSIX shell, as far as the shell can tell", () => execFileSync("sh", ["-n", script]));

  it("says what it takes, and makes an archive that imports", () => {
    const { archive, said } = collect();
    assert.match(said, /^(taken|not there) +resources/m);
    assert.match(said, /^written +box\.tar\.gz$/m);
    assert.equal(importPaths(archive).document.platform, "box");
  });

  it("does not write over an archive", () => {
    const { archive } = collect();
    assert.throws(
      () => execFileSync("sh", [script, "box"], { cwd: path.dirname(archive), stdio: "pipe" }),
      /exists already/,
    );
  });

  for (const name of ["x86-05-switch", "x86-14-uefi-6g", "arm-01-dt-rp", "arm-09-uefi-viommu"]) {
    it(`takes everything that the import of ${name} needs`, () => {
      const ours = importPaths(collect(capturedFolder(name)).archive).document;
      const { platform, captured, ...facts } = captureDocument(name);
      assert.deepEqual(
        { ...ours, platform, captured: { ...ours.captured, source: captured.source } },
        { platform, ...facts, captured },
      );
    });
  }

  it("puts zeros over serial numbers in configuration space, and changes nothing else", () => {
    const { folder } = collect(capturedFolder("x86-01-rp-acs"));
    const config = "sys/bus/pci/devices/0000:01:00.0/config";
    const [before, after] = [
      fs.readFileSync(path.join(capturedFolder("x86-01-rp-acs"), config)),
      fs.readFileSync(path.join(folder, config)),
    ];
    const changed = [...before.keys()].filter((at) => before[at] !== after[at]);
    const serial = /\[([0-9a-f]+) v\d\] Device Serial Number/.exec(
      capturedText("x86-01-rp-acs", "lspci.txt").split(/^01:00\.0/m)[1] ?? "",
    )?.[1];
    const start = parseInt(serial ?? "", 16) + 4;
    assert.ok(changed.length > 0);
    assert.ok(changed.every((at) => at >= start && at < start + 8));
    assert.ok(after.subarray(start, start + 8).every((byte) => byte === 0));
  });

  it("leaves serial numbers and network addresses out of texts", () => {
    const machine = "arm-01-dt-rp";
    const address = /([0-9a-f]{2}:){5}[0-9a-f]{2}/g;
    assert.match(capturedText(machine, "dmesg.txt"), /52:54:00:12:34:56/);
    assert.match(capturedText(machine, "lspci.txt"), /Device Serial Number 52-54/);
    const { folder } = collect(capturedFolder(machine));
    const text = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
    assert.deepEqual(new Set(text("dmesg.txt").match(address)), new Set(["00:00:00:00:00:00"]));
    assert.match(text("lspci.txt"), /Device Serial Number \(left out\)/);
    assert.doesNotMatch(text("lspci.txt"), /52-54/);
  });

  it("puts zeros over a device tree's seeds, and leaves the tree whole", () => {
    const tree = (folder: string): string =>
      execFileSync("dtc", ["-q", "-I", "dtb", "-O", "dts", path.join(folder, "sys/firmware/fdt")], {
        encoding: "utf8",
      });
    const [before, after] = [
      tree(capturedFolder("arm-01-dt-rp")),
      tree(collect(capturedFolder("arm-01-dt-rp")).folder),
    ];
    const seeds = /((?:kaslr|rng)-seed = <)[^>]*>/g;
    assert.equal(after.replace(seeds, "$1>"), before.replace(seeds, "$1>"));
    for (const [seed] of after.matchAll(seeds)) assert.match(seed, /<(0x00 ?)+>/);
    assert.match(after, seeds);
  });
});
