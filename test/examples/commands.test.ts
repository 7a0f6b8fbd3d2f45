// The commands that the head comments of the examples show: what each prints is held in commands.txt, which people read in review.
// With PLATMAP_UPDATE set it is written (npm run update).
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { platmap } from "../cli/commandLine";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "examples");
const golden = path.join(repositoryRoot, "test/examples/commands.txt");

/** `//   platmap simulate …`, in the order of the files. */
function commands(): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonc")).sort();
  const lines = files.flatMap((name) => readFileSync(path.join(folder, name), "utf8").split("\n"));
  return [...new Set(lines.flatMap((line) => /^\/\/ {3}platmap (.*)$/.exec(line)?.[1] ?? []))];
}

describe("the commands that the examples show", () => {
  it("print what commands.txt holds", async () => {
    let text = "";
    for (const command of commands()) {
      const { code, out, err } = await platmap(folder, command.split(" "));
      text += `$ platmap ${command}\n${out}${err}exit code ${code}\n\n`;
    }
    if (process.env["PLATMAP_UPDATE"] !== undefined) writeFileSync(golden, text);
    assert.equal(readFileSync(golden, "utf8"), text, "run npm run update, and read what changed");
  });
});
