// Every rule's examples, and what holds for all rules. Knows no single rule.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { rules } from "../../core/src/index";
import { repositoryRoot } from "../repositoryRoot";
import { testRule } from "./ruleTester";

describe("rules", () => {
  const only = process.env["PLATMAP_RULE"];
  for (const rule of rules) if (only === undefined || rule.id === only) testRule(rule);

  it("have a file each, named after their id", () => {
    const files = readdirSync(path.join(repositoryRoot, "core/src/rules")).filter((file) => file !== "index.ts");
    assert.deepEqual(files.sort(), rules.map((rule) => `${rule.id}.ts`).sort());
  });
});
