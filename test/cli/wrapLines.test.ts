// Long lines at a terminal: broken between words, under what they belong to; whole everywhere else. Knows nothing of real terminals.
import assert from "node:assert/strict";
import { wrapLines } from "../../server/src/cli/report/wrapLines";
import { repositoryRoot } from "../repositoryRoot";
import { platmap } from "./commandLine";

describe("a line that is longer than the terminal is wide", () => {
  it("goes on a little further in than it began", () => {
    assert.equal(wrapLines("  note: what is said here takes more than forty characters", 40), "  note: what is said here takes more\n      than forty characters");
  });

  it("goes on under the last column of a table that leaves room there", () => {
    assert.equal(wrapLines("a   ok     it runs on a host without any device at all", 40), "a   ok     it runs on a host without any\n           device at all");
  });

  it("is measured without its colours, and keeps them", () => {
    const bold = `\u001b[1m${"word ".repeat(7).trim()}\u001b[0m`;
    assert.equal(wrapLines(bold, 40), bold);
    assert.equal(wrapLines(`${bold} and more of it`, 40), `${bold} and\n    more of it`);
  });

  it("stays whole when it is source, another program's words, or one word", () => {
    for (const line of [` 15 | ${"x ".repeat(40)}`, `    | ${"x ".repeat(40)}`, "x".repeat(90)]) assert.equal(wrapLines(line, 40), line);
  });

  it("stays whole where there is no terminal, or none to speak of", () => {
    const line = "word ".repeat(30);
    assert.equal(wrapLines(line, undefined), line);
    assert.equal(wrapLines(line, 20), line);
  });
});

describe("what a command says at a terminal of 80 characters", () => {
  for (const args of [
    ["plan", "examples/union-of-three.guest.jsonc"],
    ["groups", "examples/acs-switch-without.platform.jsonc"],
    ["reserved", "examples/arm-juno.platform.jsonc"],
    ["fleet", "examples/odd-host.fleet.jsonc"],
    ["assignable", "examples/x86-vtd.platform.jsonc"],
    ["map", "examples/first-steps.platform.jsonc"],
    ["diff", "examples/hisilicon-d05.platform.jsonc", "examples/hisilicon-d05-assign.platform.jsonc"],
  ]) {
    it(`fits, and says nothing else than elsewhere: ${args.join(" ")}`, async () => {
      const [shown, whole] = [await platmap(repositoryRoot, args, { width: 80 }), await platmap(repositoryRoot, args)];
      assert.deepEqual(shown.out.split(/\s+/), whole.out.split(/\s+/));
      const long = shown.out.split("\n").filter((line) => [...line].length > 80 && !/^\s*\d*\s*\|/.test(line));
      assert.deepEqual(long, []);
    });
  }

  it("keeps a finding on the one line that problem matchers read", async () => {
    const args = ["check", "examples/first-steps.platform.jsonc"];
    assert.equal((await platmap(repositoryRoot, args, { width: 80 })).out, (await platmap(repositoryRoot, args)).out);
  });

  it("keeps JSON as it is for programs", async () => {
    const args = ["plan", "--format", "json", "examples/union-of-three.guest.jsonc"];
    assert.equal((await platmap(repositoryRoot, args, { width: 80 })).out, (await platmap(repositoryRoot, args)).out);
  });
});
