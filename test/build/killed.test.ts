// `platmap fix` ended without warning at every step of its writing, and at random moments: the file is the old one or the new one, whole.
// Runs after npm run build.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";
import { fixAll } from "../../server/src/workspace/fixAll";
import { folderWith } from "../cli/commandLine";
import { numbers } from "../core/repeatable";

const NAME = "large.platform.jsonc";
const program = path.join(repositoryRoot, "dist/cli.js");
const devices = Array.from({ length: 500 }, (_, index) => `    { "name": "d${index}", "base": "0x${(0x10_0000 + index * 4096).toString(16)}", "size": "4KB" }, // ${index}`);
const OLD = `{\n  "platform": "x", "physicalAddressBits": 40,\n  "devices": [\n${devices.join("\n")}\n  ],\n}\n`;
const { text: NEW, applied } = fixAll(NAME, OLD);
assert.equal(applied.length, devices.length);

describe("platmap fix, ended without warning", () => {
  it("leaves the old file or the new one at every step of its writing", () => {
    const folder = folderWith({ [NAME]: OLD });
    const file = path.join(folder, NAME);
    const seen = { old: 0, new: 0 };
    for (let step = 1; ; step += 0.5) {
      fs.writeFileSync(file, OLD);
      const { signal, status, stderr } = spawnSync(process.execPath, ["--require", path.join(repositoryRoot, "test/build/killAt.cjs"), program, "fix", file], { encoding: "utf8", env: { ...process.env, KILL_AT: String(step) } });
      const text = fs.readFileSync(file, "utf8");
      assert.ok(text === OLD || text === NEW, `after ${step} steps the file has ${text.length} characters: ${stderr}`);
      seen[text === OLD ? "old" : "new"]++;
      if (signal === null) {
        assert.equal(status, 0, stderr);
        assert.ok(text === NEW);
        break;
      }
    }
    assert.ok(seen.old >= 6 && seen.new >= 3, JSON.stringify(seen));
  });

  it("leaves the old file or the new one at random moments", async () => {
    const folder = folderWith({ [NAME]: OLD });
    const file = path.join(folder, NAME);
    const random = numbers(7n);
    for (let run = 0; run < 8; run++) {
      fs.writeFileSync(file, OLD);
      const child = spawn(process.execPath, [program, "fix", file], { stdio: "ignore" });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const timer = setTimeout(() => child.kill("SIGKILL"), Number((random.next().value as bigint) % 600n));
      await ended;
      clearTimeout(timer);
      const text = fs.readFileSync(file, "utf8");
      assert.ok(text === OLD || text === NEW, `the file has ${text.length} characters`);
    }
  });
});
