// Where the guests among the examples lie: held in plans.txt, which people read in review. With PLATMAP_UPDATE set it is written (npm run update).
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { platmap } from "../cli/commandLine";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "examples");
const golden = path.join(repositoryRoot, "test/examples/plans.txt");

describe("examples of guests", () => {
  it("lie where plans.txt says", async () => {
    const plans: string[] = [];
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".guest.jsonc"))) {
      const { out, err } = await platmap(folder, ["plan", name]);
      plans.push(`$ platmap plan ${name}\n${out}${err}`);
    }
    const text = plans.join("\n");
    if (process.env["PLATMAP_UPDATE"] !== undefined) writeFileSync(golden, text);
    assert.equal(readFileSync(golden, "utf8"), text, "run npm run update, and read what changed");
  });
});
