// What CI systems and VS Code's tasks run, run as they do. Knows nothing of rules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, platmap } from "../cli/commandLine";
import { commit, repositoryWith } from "../cli/gitRepository";
import { repositoryRoot } from "../repositoryRoot";

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), "utf8");
const OVERLAP = `{ "platform": "board", "physicalAddressBits": 40,
  "devices": [{ "name": "a", "base": "0x1000_0000", "size": "8K" }, { "name": "b", "base": "0x1000_1000", "size": "8K" }] }
`;

describe("the problem matcher", () => {
  interface Matcher {
    readonly pattern: { readonly regexp: string } & Readonly<Record<"file" | "line" | "column" | "severity" | "code" | "message", number>>;
  }
  const { contributes } = JSON.parse(read("package.json")) as { contributes: { problemMatchers: readonly Matcher[] } };
  const { pattern } = contributes.problemMatchers[0] as Matcher;

  it("reads every finding of the text output, and nothing else in it", async () => {
    const folder = folderWith({ "maps/a.platform.jsonc": OVERLAP, "maps/b.platform.jsonc": `{ "platform": "b", "memroy": [] }` });
    const lines = (await platmap(folder, ["check", "--no-color", "maps"])).out.split("\n");
    const found = lines.flatMap((line) => new RegExp(pattern.regexp).exec(line) ?? []).length;
    const { findings } = JSON.parse((await platmap(folder, ["check", "--format", "json", "maps"])).out) as { findings: readonly Readonly<Record<string, unknown>>[] };
    const matches = lines.map((line) => new RegExp(pattern.regexp).exec(line)).filter((match) => match !== null);
    assert.notEqual(found, 0);
    assert.deepEqual(
      matches.map((match) => [match[pattern.file], Number(match[pattern.line]), Number(match[pattern.column]), match[pattern.severity], match[pattern.code], match[pattern.message]]),
      findings.map((one) => [one["file"], one["line"], one["column"], one["severity"], one["rule"], one["message"]]),
    );
  });
});

describe("the GitHub action", () => {
  /** The shell texts of its steps, by their names. */
  const steps = new Map([...read("action.yml").matchAll(/- name: (.+)\n(?:(?! {4}- name).*\n)*? {6}run: \|\n((?: {8}.*\n|\n)+)/g)].map(([, name = "", text = ""]) => [name, text.replace(/^ {8}/gm, "")]));

  function runStep(name: string, folder: string, env: Readonly<Record<string, string>>): { status: number | null; output: string } {
    const script = steps.get(name);
    assert.ok(script !== undefined, `there is a step ${name}`);
    const inputs = { PLATMAP_PATHS: ".", PLATMAP_BASE: "", PLATMAP_BASELINE: "", PLATMAP_FAIL_ON: "error" };
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder, encoding: "utf8", env: { ...process.env, ...inputs, GITHUB_ACTION_PATH: repositoryRoot, ...env },
    });
    return { status, output: stdout + stderr };
  }

  it("annotates a finding, and fails", () => {
    const { status, output } = runStep("Check", folderWith({ "a.platform.jsonc": OVERLAP }), {});
    assert.equal(status, 1, output);
    assert.match(output, /^::error file=a\.platform\.jsonc,line=2,/m);
  });

  it("checks several paths, and takes no path for an option or a command", () => {
    const folder = folderWith({ "one/a.platform.jsonc": OVERLAP, "$(touch made)/b.platform.jsonc": `{ "platform": "b" }` });
    const { status, output } = runStep("Check", folder, { PLATMAP_PATHS: "one\n$(touch made)\n" });
    assert.equal(status, 1, output);
    assert.match(output, /2 files checked/);
  });

  it("reports and reviews only what a change does", () => {
    const folder = repositoryWith({ "a.platform.jsonc": OVERLAP });
    commit(folder, { "b.platform.jsonc": OVERLAP.replace('"board"', '"other"') }, "add one");
    const checked = runStep("Check", folder, { PLATMAP_BASE: "HEAD~1" });
    assert.equal(checked.status, 1, checked.output);
    assert.doesNotMatch(checked.output, /file=a\./);
    const summary = path.join(folder, "summary.md");
    writeFileSync(summary, "");
    const reviewed = runStep("Review", folder, { PLATMAP_BASE: "HEAD~1", GITHUB_STEP_SUMMARY: summary });
    assert.equal(reviewed.status, 0, reviewed.output);
    assert.match(readFileSync(summary, "utf8"), /1 file of 2 changed since `HEAD~1`: 1 new finding/);
  });

  it("fails when the base was not fetched", () => {
    const { status, output } = runStep("Check", repositoryWith({ "a.platform.jsonc": OVERLAP }), { PLATMAP_BASE: "nowhere" });
    assert.equal(status, 2, output);
  });
});

describe("the hooks of pre-commit", () => {
  const hooks = [...read(".pre-commit-hooks.yaml").matchAll(/- id: (\S+)\n[^]*?entry: (.+)\n[^]*?files: (.+)\n/g)].map(([, id = "", entry = "", files = ""]) => ({ id, entry, files: new RegExp(files) }));

  it("run a command of the command line on our files, and fail on a finding", async () => {
    assert.deepEqual(hooks.map(({ id }) => id), ["platmap-check", "platmap-fmt"]);
    const folder = folderWith({ "a.platform.jsonc": OVERLAP });
    for (const { entry, files } of hooks) {
      assert.ok(files.test("maps/a.platform.jsonc") && files.test("b.guest.json") && !files.test("c.jsonc"));
      const [program, ...args] = entry.split(" ");
      assert.equal(program, "platmap");
      const { code, err } = await platmap(folder, [...args, "a.platform.jsonc"]);
      assert.ok(code < 2, err);
    }
    assert.equal((await platmap(folder, ["check", "a.platform.jsonc"])).code, 1);
  });
});
