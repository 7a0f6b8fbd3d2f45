// Whatever stands in a document, each output of the command line stays what it is: the table of outputs below times the table of texts. An output that is added
// gets a row. Knows nothing of editors.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryWith } from "../cli/gitRepository";
import { platmap } from "../cli/commandLine";
import { hostileFiles, nameOf } from "./documents";
import { annotations, cHeader, csv, deviceTree, json, linkerScript, markdown, shell, svg, talk, terminal, xml, type Judge } from "./judges";
import { SOAKING } from "../soaking";
import { HOSTILE_TEXTS, MOST_HOSTILE, PLAIN_TEXT } from "./texts";

interface Output {
  readonly args: readonly string[];
  readonly judge: Judge;
}

const CHECKED = ["board.platform.jsonc", "misread.platform.jsonc", "web.guest.jsonc", "big.guest.jsonc", "broken.guest.jsonc", "rack.fleet.jsonc", "broken.fleet.jsonc", "syntax.platform.jsonc"];
const of = (judge: Judge, ...args: string[]): Output => ({ judge, args });

const OUTPUTS: readonly Output[] = [
  of(terminal, "check", ...CHECKED), of(json, "check", "--format", "json", ...CHECKED), of(json, "check", "--format", "sarif", ...CHECKED),
  of(annotations, "check", "--format", "github", ...CHECKED), of(xml, "check", "--format", "junit", ...CHECKED),
  ...["groups", "reserved", "assignable", "map"].flatMap((command) => [of(terminal, command, "board.platform.jsonc"), of(json, command, "board.platform.jsonc", "--format", "json")]),
  of(terminal, "map", "board.platform.jsonc", "--free"), of(json, "map", "board.platform.jsonc", "--free", "--format", "json"),
  of(terminal, "map", "board.platform.jsonc", "--at", "0xbe10_0000"), of(json, "map", "board.platform.jsonc", "--at", "0xbe10_0000", "--format", "json"),
  of(svg, "map", "board.platform.jsonc", "--svg", "-"), of(terminal, "map", "web.guest.jsonc"), of(svg, "map", "web.guest.jsonc", "--svg", "-"),
  of(terminal, "diff", "before.platform.jsonc", "board.platform.jsonc"), of(json, "diff", "before.platform.jsonc", "board.platform.jsonc", "--format", "json"),
  of(markdown, "diff", "before.platform.jsonc", "board.platform.jsonc", "--format", "markdown"), of(svg, "diff", "before.platform.jsonc", "board.platform.jsonc", "--svg", "-"),
  of(markdown, "export", "board.platform.jsonc", "--to", "markdown"), of(csv, "export", "board.platform.jsonc", "--to", "csv"), of(deviceTree, "export", "board.platform.jsonc", "--to", "dts"),
  of(cHeader, "export", "board.platform.jsonc", "--to", "c-header"), of(linkerScript, "export", "board.platform.jsonc", "--to", "ld"),
  ...["web", "big", "emit"].flatMap((guest) => [of(terminal, "plan", `${guest}.guest.jsonc`), of(json, "plan", `${guest}.guest.jsonc`, "--format", "json")]),
  of(shell, "plan", "emit.guest.jsonc", "--emit", "qemu"), of(xml, "plan", "emit.guest.jsonc", "--emit", "libvirt"), of(deviceTree, "plan", "emit.guest.jsonc", "--emit", "dts"),
  ...["text", "json"].map((format) => of(format === "json" ? json : terminal, "simulate", "web.guest.jsonc", "--step", "start:NAME", "--step", "hotplug:0000:01:00.0", "--step", "grow:4G", "--format", format)),
  of(terminal, "fleet", "rack.fleet.jsonc"), of(json, "fleet", "rack.fleet.jsonc", "--format", "json"),
  of(terminal, "fix", "--dry-run", ...CHECKED), of(json, "fmt", "--check", "--format", "json", "board.platform.jsonc", "web.guest.jsonc"),
  of(markdown, "review", "--base", "HEAD"),
];

describe("an output of the command line", () => {
  const plain = new Map<string, string>();
  let plainFolder: string;

  before(async () => {
    plainFolder = workspace(PLAIN_TEXT);
    for (const { args } of OUTPUTS) plain.set(args.join(" "), (await platmap(plainFolder, args.map((one) => one.replace("NAME", nameOf(PLAIN_TEXT))))).out);
  });

  it("is not empty for a text that harms nobody, and passes its own judgement", () => {
    for (const { args, judge } of OUTPUTS) {
      const output = plain.get(args.join(" ")) ?? "";
      assert.notEqual(output, "", args.join(" "));
      judge(output, output);
    }
  });

  for (const name of SOAKING ? Object.keys(HOSTILE_TEXTS) : MOST_HOSTILE) {
    const text = HOSTILE_TEXTS[name] ?? "";
    it(`stays what it is with ${name}`, async () => {
      const folder = workspace(text);
      const wrong: string[] = [];
      for (const { args, judge } of OUTPUTS) {
        const { code, out, err } = await platmap(folder, args.map((one) => one.replace("NAME", nameOf(text))));
        try {
          assert.ok(code <= 2, `exit code ${code}: ${err.slice(0, 2000)}`);
          judge(out, plain.get(args.join(" ")) ?? "");
          talk(err, "");
        } catch (error) {
          wrong.push(`platmap ${args.join(" ").slice(0, 100)}: ${String(error).slice(0, 1500)}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});

describe("what is said of an argument", () => {
  const ARGUMENTS: readonly (readonly string[])[] = [
    ["TEXT"], ["--TEXT"], ["check", "TEXT"], ["check", "--format", "TEXT"], ["check", "--rule", "TEXT"], ["check", "--rule", "TEXT=error"], ["check", "--fail-on", "TEXT"], ["check", "--base", "TEXT"], ["check", "--baseline", "TEXT"],
    ["explain", "TEXT"], ["schema", "TEXT"], ["fix", "TEXT"], ["fix", "--rule", "TEXT", "."], ["fmt", "TEXT"], ["import", "TEXT"], ["diff", "TEXT", "calm.platform.jsonc"], ["diff", "git:TEXT", "calm.platform.jsonc"], ["review", "--base", "TEXT"],
    ["groups", "TEXT"], ["groups", "calm.platform.jsonc", "--kernel", "TEXT"], ["groups", "calm.platform.jsonc", "--isolation", "TEXT"], ["reserved", "calm.platform.jsonc", "--device", "TEXT"], ["assignable", "calm.platform.jsonc", "--device", "TEXT"],
    ["map", "TEXT"], ["map", "calm.platform.jsonc", "--at", "TEXT"], ["map", "calm.platform.jsonc", "--lane", "TEXT"], ["export", "calm.platform.jsonc", "--to", "TEXT"], ["plan", "TEXT"], ["plan", "emit.guest.jsonc", "--emit", "TEXT"],
    ["simulate", "emit.guest.jsonc", "--step", "TEXT"], ["simulate", "emit.guest.jsonc", "--step", "start:TEXT"], ["simulate", "emit.guest.jsonc", "--step", "start:thing", "--step", "grow:TEXT"], ["fleet", "TEXT"],
  ];

  it("is one complaint, whatever stands in it", async () => {
    const folder = workspace(PLAIN_TEXT);
    const wrong: string[] = [];
    for (const name of SOAKING ? Object.keys(HOSTILE_TEXTS) : ["all in one", "a name of 100 KB", "__proto__"]) {
      const text = HOSTILE_TEXTS[name] ?? "";
      for (const args of ARGUMENTS) {
        const { code, out, err } = await platmap(folder, args.map((one) => one.replace("TEXT", () => text)));
        try {
          assert.equal(code, 2, err.slice(0, 500));
          assert.equal(out, "");
          assert.notEqual(err, "");
          talk(err, "");
        } catch (error) {
          wrong.push(`platmap ${args.join(" ")} with ${name}: ${String(error).slice(0, 300)}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
});

/** A repository whose last commit has the board as it was before. */
function workspace(text: string): string {
  const files = hostileFiles(text);
  const folder = repositoryWith({ ...files, "board.platform.jsonc": files["before.platform.jsonc"] });
  writeFileSync(path.join(folder, "board.platform.jsonc"), files["board.platform.jsonc"] ?? "");
  return folder;
}
