// `platmap check`: which files, what is said of them as text and as JSON, and how it ends.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Rule } from "../../core/src/index";
import { rules } from "../../core/src/index";
import { wantsColor } from "../../server/src/cli/terminal";
import { shownPath } from "../../server/src/cli/findFiles";
import { nodeHost } from "../../server/src/nodeHost";
import { folderWith, platmap } from "./commandLine";

const CLEAN = `{ "platform": "board", "physicalAddressBits": 40 }\n`;
const OVERLAP = `{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
\t{ "name": "uart1", "base": "0x1000_1000", "size": "8K" },
  ],
  "memroy": [],
}
`;
const WARNING = `{ "platform": "board", "physicalAddressBits": 40, "devices": [{ "name": "d", "base": "0x1000_0000", "size": "64KB" }] }\n`;

describe("platmap check, with what authors allow", () => {
  const allowed = OVERLAP.replace('"8K" },\n  ]', '"8K" }, // platmap allow overlapping-regions: one page of clocks\n  ]').replace('  "memroy": [],\n', "");

  it("counts no finding that a comment allows, and lists it apart", async () => {
    const folder = folderWith({ "a.platform.jsonc": allowed });
    const { out, code } = await platmap(folder, ["check", "--fail-on", "info"]);
    assert.deepEqual([out, code], ["1 file checked: nothing found; 1 allowed in comments\n", 0]);
    const report = JSON.parse((await platmap(folder, ["check", "--format", "json"])).out) as { findings: unknown[]; waived: { rule: string; line: number; reason: string }[] };
    assert.deepEqual(report.findings, []);
    assert.deepEqual(report.waived.map(({ rule, line, reason }) => ({ rule, line, reason })), [{ rule: "overlapping-regions", line: 5, reason: "one page of clocks" }]);
  });

  it("takes severities and files to leave out from the nearest configuration", async () => {
    const overlap = OVERLAP.replace('  "memroy": [],\n', "");
    const folder = folderWith({ "platmap.config.jsonc": `{ "rules": { "overlapping-regions": "info" }, "ignore": ["old"] }`, "a.platform.jsonc": overlap, "old/b.platform.jsonc": overlap });
    const { out, code } = await platmap(folder, ["check"]);
    assert.match(out, /^a\.platform\.jsonc:5:29: info\[overlapping-regions MAP001\]/);
    assert.match(out, /\n1 file checked: 1 note\n$/);
    assert.equal(code, 0);
    assert.match((await platmap(folder, ["check", "old/b.platform.jsonc"])).out, /^old\/b\.platform\.jsonc: not checked: platmap\.config\.jsonc leaves the file out\n/);
  });

  it("says what is wrong in a configuration that it used", async () => {
    const folder = folderWith({ "platmap.config.jsonc": `{ "rules": { "overlaping-regions": "off" } }`, "a.platform.jsonc": CLEAN });
    const { out, code } = await platmap(folder, ["check", "a.platform.jsonc"]);
    assert.match(out, /^platmap\.config\.jsonc:1:14: error\[unknown-key SYN001\]: rules has no key "overlaping-regions"; did you mean "overlapping-regions"\?\n/);
    assert.match(out, /\n1 file checked: 1 error\n$/);
    assert.equal(code, 1);
  });
});

describe("a file that extends another, on the command line", () => {
  const files = {
    "soc.platform.jsonc": `{ "platform": "soc", "physicalAddressBits": 40,\n  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K" }],\n  "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x2000_0000", "size": "128K" }],\n  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu", "stream": "0x0" }], "devices": [{ "at": "00:01.0", "type": "integrated-endpoint" }] }] }\n`,
    "board.platform.jsonc": `{ "platform": "board", "extends": "soc.platform.jsonc",\n  "devices": [{ "name": "eth0", "base": "uart0.base", "size": "64K" }] }\n`,
  };

  it("has findings that name both files", async () => {
    const { out } = await platmap(folderWith(files), ["check", "board.platform.jsonc", "--format", "json"]);
    const { findings } = JSON.parse(out) as { findings: { rule: string; file: string; path: string; related: { file: string }[] }[] };
    assert.deepEqual(findings.map(({ rule, file, path: at, related }) => [rule, file, at, related.map((one) => one.file)]), [["overlapping-regions", "board.platform.jsonc", "/devices/0/base", ["soc.platform.jsonc"]]]);
  });

  it("is one machine for the other commands too", async () => {
    const { out } = await platmap(folderWith(files), ["groups", "board.platform.jsonc", "--format", "json"]);
    assert.match(out, /0000:00:01\.0/);
  });
});

describe("platmap check, as text", () => {
  it("shows the place, the rule, the line with carets, where else and what would mend it", async () => {
    const { out, err, code } = await platmap(folderWith({ "a.platform.jsonc": OVERLAP }), ["check"]);
    assert.equal(
      out,
      `a.platform.jsonc:5:29: error[overlapping-regions MAP001]: device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff
 5 |  { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
   |                             ^^^^^^^^^^^^^
  also a.platform.jsonc:4:32: device uart0 0x1000_0000-0x1000_1fff (8 KiB)
  fix  Move uart1 to 0x1000_2000
  fix  Shrink uart1 to 0x1000_2000-0x1000_2fff (4 KiB)
  fix  Shrink uart0 to 0x1000_0000-0x1000_0fff (4 KiB)

a.platform.jsonc:7:3: error[unknown-key SYN001]: platform file has no key "memroy"; did you mean "memory"?
 7 |   "memroy": [],
   |   ^^^^^^^^
  fix  Rename to "memory"

1 file checked: 2 errors
`,
    );
    assert.deepEqual({ err, code }, { err: "", code: 1 });
  });

  it("says when nothing was found, and when rules could not look", async () => {
    const folder = folderWith({ "a.platform.jsonc": CLEAN, "b.platform.jsonc": `{ "platform": "board", "physicalAddressBits": "unknown", "memory": [{ "name": "dram", "base": "0x0", "size": "1G" }] }` });
    assert.equal((await platmap(folder, ["check", "a.platform.jsonc"])).out, "1 file checked: nothing found\n");
    assert.match((await platmap(folder, ["check", "b.platform.jsonc"])).out, /^1 file checked: nothing found; \d+ rules? (was|were) not decided everywhere \(--format json says why\)\n$/);
  });

  it("cuts lines that are very long around the place", async () => {
    const text = `{ "platform": "board", "physicalAddressBits": 40, ${" ".repeat(1000)}"memroy": [],${" ".repeat(1000)} }`;
    const { out } = await platmap(folderWith({ "a.platform.jsonc": text }), ["check"]);
    const [, line = "", carets = ""] = out.split("\n");
    assert.ok(line.length < 200);
    assert.equal(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1), '"memroy"');
  });

  it("colours what a terminal shows, and nothing when it is told not to", async () => {
    const folder = folderWith({ "a.platform.jsonc": OVERLAP });
    const colored = await platmap(folder, ["check"], { color: true });
    assert.match(colored.out, /\u001b\[31;1merror\u001b\[0m/);
    assert.equal((await platmap(folder, ["check", "--no-color"], { color: true })).out, (await platmap(folder, ["check"])).out);
    assert.equal(colored.out.replace(/\u001b\[[0-9;]*m/g, ""), (await platmap(folder, ["check"])).out);
    assert.deepEqual([wantsColor({ isTTY: true }, {}), wantsColor({ isTTY: true }, { NO_COLOR: "1" }), wantsColor({ isTTY: true }, { NO_COLOR: "" }), wantsColor({}, {})], [true, false, true, false]);
  });
});

describe("platmap check, as JSON", () => {
  it("points at the value that a comment or a second key is about", async () => {
    const text = `{
  "platform": "board", "physicalAddressBits": 40,
  "memory": [{ "name": "dram", "base": "0x4000_0000", "last": "0x7fff_ffff" }], // 2GB
  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K", "size": "8K" }],
}`;
    const { out } = await platmap(folderWith({ "a.platform.jsonc": text }), ["check", "--format", "json"]);
    const places = findingsOf(out).map(({ rule, path: pointer, line }) => [rule, pointer, line]);
    assert.deepEqual(places, [["contradicting-comment", "/memory/0/last", 3], ["duplicate-key", "/devices/0/size", 4]]);
  });

  it("has the names and forms that other programs read", async () => {
    const { out, code } = await platmap(folderWith({ "sub/a.platform.jsonc": OVERLAP }), ["check", "--format", "json"]);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), {
      files: 1,
      findings: [
        {
          rule: "overlapping-regions",
          catalogue: "MAP001",
          severity: "error",
          file: "sub/a.platform.jsonc",
          line: 5,
          column: 29,
          endLine: 5,
          endColumn: 42,
          message: "device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff",
          path: "/devices/1/base",
          related: [{ file: "sub/a.platform.jsonc", line: 4, column: 32, endLine: 4, endColumn: 45, message: "device uart0 0x1000_0000-0x1000_1fff (8 KiB)" }],
          fixes: ["Move uart1 to 0x1000_2000", "Shrink uart1 to 0x1000_2000-0x1000_2fff (4 KiB)", "Shrink uart0 to 0x1000_0000-0x1000_0fff (4 KiB)"],
        },
        {
          rule: "unknown-key",
          catalogue: "SYN001",
          severity: "error",
          file: "sub/a.platform.jsonc",
          line: 7,
          column: 3,
          endLine: 7,
          endColumn: 11,
          message: 'platform file has no key "memroy"; did you mean "memory"?',
          path: "/memroy",
          related: [],
          fixes: ['Rename to "memory"'],
        },
      ],
      waived: [],
      skipped: [],
    });
  });

  it("has no catalogue where there is none, and no path for what is no value", async () => {
    const { out } = await platmap(folderWith({ "a.platform.jsonc": `{ "platform": "board" ` }), ["check", "--format", "json"]);
    const [finding] = findingsOf(out);
    assert.equal(finding?.["rule"], "syntax-error");
    assert.deepEqual(["catalogue", "path"].filter((key) => finding !== undefined && key in finding), []);
  });

  it("points at entries by their name, else at their PCI address, and escapes what a pointer has to", async () => {
    const text = `{ "platform": "board", "physicalAddressBits": 40, "a/b~c": 1, "pci": [{ "name": "p", "devices": [{ "at": "00:01.0" }, { "at": "00:01.0" }] }] }`;
    const { out } = await platmap(folderWith({ "a.platform.jsonc": text }), ["check", "--format", "json"]);
    assert.deepEqual(findingsOf(out).map((one) => one["path"]).filter((one) => one !== "/pci/0/name"), ["/a~1b~0c", "/pci/0/devices/1/at"]);
  });

  it("says which rules could not look, where and why", async () => {
    const text = `{ "platform": "board", "physicalAddressBits": "unknown", "memory": [{ "name": "dram", "base": "0x0", "size": "1G" }] }`;
    const { out } = await platmap(folderWith({ "a.platform.jsonc": text, "b.guest.jsonc": `{ "guest": "web"` }), ["check", "--format", "json"]);
    const { skipped } = JSON.parse(out) as { skipped: unknown[] };
    assert.ok(skipped.some((one) => JSON.stringify(one) === `{"rule":"beyond-physical-address-bits","file":"a.platform.jsonc","because":"physicalAddressBits is not known"}`), JSON.stringify(skipped));
    assert.ok(skipped.some((one) => JSON.stringify(one) === `{"rule":"*","file":"b.guest.jsonc","because":"the text has syntax errors"}`), JSON.stringify(skipped));
  });

  it("counts columns in UTF-16 units, and not the byte order mark", async () => {
    const folder = folderWith({ "a.platform.jsonc": `\ufeff/*\u{1f600}*/{ "platform": "board", "physicalAddressBits": 40, "x": 1 }` });
    const [finding] = findingsOf((await platmap(folder, ["check", "--format", "json"])).out);
    assert.deepEqual([finding?.["line"], finding?.["column"], finding?.["endColumn"]], [1, 57, 60]);
  });
});

describe("the exit code of platmap check", () => {
  const folder = folderWith({ "clean.platform.jsonc": CLEAN, "error.platform.jsonc": OVERLAP, "warning.platform.jsonc": WARNING });
  const codes: readonly (readonly [args: readonly string[], code: number])[] = [
    [["clean.platform.jsonc"], 0],
    [["clean.platform.jsonc", "--fail-on", "info"], 0],
    [["error.platform.jsonc"], 1],
    [["warning.platform.jsonc"], 0],
    [["warning.platform.jsonc", "--fail-on", "warning"], 1],
    [["warning.platform.jsonc", "--fail-on", "info"], 1],
    [["warning.platform.jsonc", "--fail-on", "hint"], 2],
    [["clean.platform.jsonc", "error.platform.jsonc"], 1],
    [["nothing.platform.jsonc"], 2],
    [["--format", "yaml"], 2],
  ];
  for (const [args, code] of codes) it(`is ${code} for ${args.join(" ")}`, async () => assert.equal((await platmap(folder, ["check", ...args])).code, code));

  it("is 3 when a rule crashes, which costs that rule alone", async () => {
    const broken: Rule = { ...(rules[0] as Rule), id: "broken-rule", run: () => { throw new Error("in\u0007jected"); } };
    (rules as Rule[]).unshift(broken);
    try {
      const { code, out, err } = await platmap(folder, ["check", "error.platform.jsonc"]);
      assert.equal(code, 3);
      assert.match(out, /overlapping-regions[\s\S]*unknown-key[\s\S]*1 file checked: 2 errors/);
      assert.equal(err, "Rule broken-rule failed on error.platform.jsonc, a defect of Platmap: Error: in\ufffdjected\n");
    } finally {
      (rules as Rule[]).shift();
    }
  });

  it("is 3 when Platmap itself fails, with where", async () => {
    const { code, out, err } = await platmap(folder, ["lsp", "--stdio"], { startLanguageServer: () => { throw new Error("no \u001b[31mserver"); } });
    assert.deepEqual({ code, out }, { code: 3, out: "" });
    assert.match(err, /^platmap: a defect of Platmap itself: Error: no \ufffd\[31mserver\n\s+at /);
  });
});

describe("the files of platmap check", () => {
  it("are those of the three kinds in a folder and below, without what is hidden, built or linked", async () => {
    const folder = folderWith({
      "b.platform.jsonc": CLEAN, "a/c.guest.json": `{ "guest": "g" }`, "a/d.fleet.jsonc": `{ "fleet": "f" }`, "A.PLATFORM.JSONC": CLEAN, "e.jsonc": CLEAN, "platform.jsonc": CLEAN,
      ".git/f.platform.jsonc": OVERLAP, "node_modules/x/g.platform.jsonc": OVERLAP, "out/h.platform.jsonc": OVERLAP, "dist/i.platform.jsonc": OVERLAP,
    });
    fs.symlinkSync(path.join(folder, "b.platform.jsonc"), path.join(folder, "link.platform.jsonc"));
    fs.symlinkSync(folder, path.join(folder, "loop"));
    assert.match((await platmap(folder, ["check"])).out, /^4 files checked: nothing found$/m);
    assert.match((await platmap(folder, ["check", ".", "a", "b.platform.jsonc"])).out, /^4 files checked: nothing found$/m);
    assert.match((await platmap(folder, ["check", "e.jsonc", "link.platform.jsonc", "out/h.platform.jsonc"])).out, /\n3 files checked: 2 errors\n$/);
  });

  it("are named from the working folder, with forward slashes", async () => {
    const folder = folderWith({ "boards/x/a.platform.jsonc": OVERLAP, "here/now/empty.txt": "" });
    const below = await platmap(path.join(folder, "here/now"), ["check", "../../boards", "--format", "json"]);
    assert.equal(findingsOf(below.out)[0]?.["file"], "../../boards/x/a.platform.jsonc");
    const absolute = await platmap(folder, ["check", path.join(folder, "boards"), "--format", "json"]);
    assert.equal(findingsOf(absolute.out)[0]?.["file"], "boards/x/a.platform.jsonc");
    assert.equal(shownPath({ ...nodeHost, workingFolder: folder }, path.join(folder, "boards\\x\\a.platform.jsonc")), "boards/x/a.platform.jsonc");
  });

  it("may be standard input, alone or among others", async () => {
    const folder = folderWith({ "a.platform.jsonc": CLEAN });
    const { out, code } = await platmap(folder, ["check", "-", "--format", "json"], { input: OVERLAP });
    assert.equal(code, 1);
    assert.deepEqual(new Set(findingsOf(out).map((one) => one["file"])), new Set(["standard input"]));
    assert.match((await platmap(folder, ["check", "-", "a.platform.jsonc"], { input: CLEAN })).out, /^2 files checked: nothing found\n$/);
  });

  const unreadable: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ["a path where nothing is", ["nothing.platform.jsonc"], /^platmap: nothing\.platform\.jsonc: there is no such file or folder\n$/],
    ["a folder without any", ["empty"], /^platmap: no platform, guest or fleet file in empty\n$/],
    ["a file that is not UTF-8", ["latin1.platform.jsonc"], /^platmap: latin1\.platform\.jsonc: cannot be read: it is not UTF-8 text\n$/],
    ["a file in UTF-16", ["wide.platform.jsonc"], /^platmap: wide\.platform\.jsonc: cannot be read: it is UTF-16; save it as UTF-8\n$/],
    ["a name that no file can have", ["a".repeat(300)], /^platmap: a{300}: cannot be read: the name is too long/],
    ["a file below a file", ["latin1.platform.jsonc/x"], /^platmap: latin1\.platform\.jsonc\/x: cannot be read: a part of the path is no folder/],
  ];
  for (const [what, args, says] of unreadable) {
    it(`are refused with a reason: ${what}`, async () => {
      const folder = folderWith({ "latin1.platform.jsonc": Buffer.from(`{ "platform": "b\u00e4r" }`, "latin1"), "wide.platform.jsonc": Buffer.from(`\ufeff${CLEAN}`, "utf16le"), "empty/x.txt": "" });
      const { code, err, out } = await platmap(folder, ["check", ...args]);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(err, says);
    });
  }

  it("do not stop the others from being checked", async () => {
    const folder = folderWith({ "a.platform.jsonc": Buffer.from(`{ "platform": "b\u00e4r" }`, "latin1"), "b.platform.jsonc": OVERLAP });
    const { code, err, out } = await platmap(folder, ["check", "--format", "json"]);
    assert.deepEqual([code, err], [2, "platmap: a.platform.jsonc: cannot be read: it is not UTF-8 text\n"]);
    assert.ok(findingsOf(out).length > 0);
  });

  it("are refused with a reason: a disk that does not answer, a folder that may not be looked into", async () => {
    const folder = folderWith({ "a.platform.jsonc": CLEAN, "secret/b.platform.jsonc": CLEAN });
    const failing = (): never => { throw new Error("EIO: i/o error"); };
    const read = await platmap(folder, ["check"], { host: { readFile: failing } });
    assert.deepEqual([read.code, read.err], [2, "platmap: a.platform.jsonc: cannot be read: EIO: i/o error\nplatmap: secret/b.platform.jsonc: cannot be read: EIO: i/o error\n"]);
    const list = await platmap(folder, ["check"], { host: { listFolder: (one) => (one.endsWith("secret") ? failing() : nodeHost.listFolder(one)) } });
    assert.deepEqual([list.code, list.err], [2, "platmap: secret: cannot be read: EIO: i/o error\n"]);
    const input = await platmap(folder, ["check", "-"], { host: { readStandardInput: failing } });
    assert.deepEqual([input.code, input.err], [2, "platmap: standard input: cannot be read: EIO: i/o error\n"]);
  });
});

function findingsOf(json: string): Record<string, unknown>[] {
  return (JSON.parse(json) as { findings: Record<string, unknown>[] }).findings;
}
