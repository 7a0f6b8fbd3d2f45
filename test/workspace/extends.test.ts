// Platform files laid over others: what the merged machine is, where findings stand, and what is said of files that cannot be extended.
import assert from "node:assert/strict";
import { GuestPlan, lastOf } from "../../core/src/index";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import type { CheckedFile } from "../../server/src/workspace/check";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { fixAll } from "../../server/src/workspace/fixAll";
import { overriddenEntry } from "../../server/src/workspace/overrideEntry";
import { memoryFiles } from "./memoryFiles";

const SOC = `{
  "platform": "soc", "arch": "arm64", "physicalAddressBits": 40,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    { "name": "uart1", "base": "0x1001_0000", "size": "4K" },
    { "name": "uart2", "base": "uart1.next", "size": "uart1.size" },
  ],
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": "none", "devices": [{ "at": "00:01.0", "type": "integrated-endpoint" }] }],
}
`;

describe("a platform that extends another", () => {
  it("has its entries, merged by name and key by key, and its own", () => {
    const board = `{
  "extends": "soc.platform.jsonc",
  "platform": "board",
  "memory": [{ "name": "dram", "size": "2G" }],
  "devices": [{ "name": "uart1", "base": "0x1002_0000" }, { "name": "eth0", "base": "uart2.next", "size": "64K" }],
  "remove": ["uart0"],
  "pci": [{ "name": "pcie0", "devices": [{ "at": "0000:00:01.0", "driver": "vfio-pci" }, { "at": "00:02.0", "type": "integrated-endpoint" }] }],
}`;
    const checked = check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": board });
    assert.deepEqual(errors(checked), []);
    assert.deepEqual(places(checked), { dram: "80000000-ffffffff", uart1: "10020000-10020fff", eth0: "10022000-10031fff", uart2: "10021000-10021fff" });
    assert.equal(checked.plan?.platform.platform, "board");
    assert.equal(checked.plan?.platform.arch, "arm64");
    assert.deepEqual(checked.plan?.functions.map((node) => [node.function.at.device, node.function.type, node.function.driver]), [[1, "integrated-endpoint", "vfio-pci"], [2, "integrated-endpoint", undefined]]);
  });

  it("says where an entry lies in its own form", () => {
    const board = `{ "platform": "board", "extends": "soc.platform.jsonc", "devices": [{ "name": "uart0", "range": "0x1100_0000-0x1100_ffff" }, { "name": "uart1", "last": "0x1001_1fff" }] }`;
    const checked = check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": board });
    assert.deepEqual(errors(checked), []);
    assert.deepEqual([places(checked)["uart0"], places(checked)["uart1"]], ["11000000-1100ffff", "10010000-10011fff"]);
  });

  it("has findings in its own text, which name both files, and fixes for what it says itself", () => {
    const board = `{ "platform": "board", "extends": ["soc.platform.jsonc"],\n  "devices": [{ "name": "eth0", "base": "0x1000_0000", "size": "64K" }] }`;
    const checked = check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": board });
    const [finding, ...others] = checked.findings.filter((one) => one.severity === "error");
    assert.deepEqual(others, []);
    assert.equal(finding?.at.file, "board.platform.jsonc");
    assert.deepEqual(finding && checked.source.position(checked.source.span(finding.at).start), { line: 1, character: 40 });
    assert.deepEqual(finding?.related.map((one) => [one.at.file, one.message]), [["soc.platform.jsonc", "uart0, in the file that this one extends"]]);
    const surroundings = memoryFiles(new Map([["soc.platform.jsonc", SOC], ["board.platform.jsonc", board]]));
    const fixes = finding ? triedFixes(checked, finding, { surroundings }) : [];
    for (const fix of fixes) assert.deepEqual(errors(check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": fix.text })), [], fix.title);
  });

  it("mends what the other file says by an entry over it, behind what it can mend in its own", () => {
    const fixed = (board: string): string[] => {
      const checked = check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": board });
      const surroundings = memoryFiles(new Map([["soc.platform.jsonc", SOC], ["board.platform.jsonc", board]]));
      return checked.findings.flatMap((finding) => triedFixes(checked, finding, { surroundings }).map(({ title, text }) => `${title}\n${text}`));
    };
    const board = `{\n  "platform": "board",\n  "extends": "soc.platform.jsonc",\n  "devices": [\n    { "name": "eth0", "base": "0x1000_0000", "size": "64K" }, // wired so\n  ],\n}\n`;
    assert.deepEqual(fixed(board), [
      `Shrink eth0 to 0x1000_1000-0x1000_ffff (60 KiB)\n${board.replace("0x1000_0000", "0x1000_1000").replace("64K", "60K")}`,
      `Move uart0 to 0x0fff_f000, as an override of soc.platform.jsonc\n${board.replace("// wired so", `// wired so\n    { "name": "uart0", "base": "0x0fff_f000" }`)}`,
    ]);
    const twice = `{ "platform": "board", "extends": "soc.platform.jsonc", "devices": [{ "name": "u", "base": "0x1000_0000", "size": "4K" }] }`;
    assert.deepEqual(fixed(twice).map((one) => one.split("\n")), [
      ["Remove u", twice.replace(/\[.*\]/, "[]")],
      ["Remove uart0, as an override of soc.platform.jsonc", twice.replace('c", ', 'c", "remove": ["uart0"], ')],
    ]);
    assert.equal(fixAll("board.platform.jsonc", twice, { checking: { surroundings: memoryFiles(new Map([["soc.platform.jsonc", SOC]])) } }).text, twice, "which of two is one too many a program cannot know");
  });

  it("begins an override at a name of the other file, which changes nothing yet", () => {
    const board = `{ "platform": "board", "extends": "soc.platform.jsonc", "reserved": [{ "name": "ring", "base": "dram.base", "size": "1M" }] }`;
    const surroundings = memoryFiles(new Map([["soc.platform.jsonc", SOC], ["board.platform.jsonc", board]]));
    const checked = checkText("board.platform.jsonc", board, { surroundings });
    const at = (piece: string): ReturnType<typeof overriddenEntry> => overriddenEntry(checked, board.indexOf(piece) + 1, { surroundings });
    const made = at("dram.base");
    assert.equal(made?.title, "Override dram of soc.platform.jsonc here");
    assert.equal(applyTextEdits(board, made?.edits ?? []), board.slice(0, -2) + `, "memory": [{ "name": "dram", "base": "0x8000_0000" }] }`);
    assert.equal(at('"ring"'), undefined);
  });

  it("does not repeat what the other file has to answer for, and tells what only the two together do wrong", () => {
    const soc = SOC.replace('"0x1001_0000", "size": "4K" }', '"0x1000_0000", "size": "4K" }').replace("uart1.next", "uart1.nxt");
    assert.deepEqual(errors(check({ "soc.platform.jsonc": soc, "board.platform.jsonc": `{ "platform": "board", "extends": "soc.platform.jsonc" }` })), []);
    const without = check({ "soc.platform.jsonc": SOC, "board.platform.jsonc": `{ "platform": "board", "extends": "soc.platform.jsonc", "remove": ["uart1", "uart9"] }` });
    assert.deepEqual(errors(without).sort(), ['board.platform.jsonc: nothing is called "uart1"; did you mean "uart0"?', 'board.platform.jsonc: nothing is called "uart1"; did you mean "uart0"?', 'board.platform.jsonc: nothing is called "uart9"; did you mean "uart0"?'].sort());
    const [first] = without.findings.filter((one) => one.message.includes("uart1"));
    assert.deepEqual(first && [first.at, first.related.map((one) => one.at.file)], [{ file: "board.platform.jsonc", path: ["extends"], part: "value" }, ["soc.platform.jsonc"]]);
  });

  it("counts of several files the later one, and the file of a file", () => {
    const checked = check({
      "a.platform.jsonc": `{ "platform": "a", "devices": [{ "name": "x", "base": "0x1000", "size": "4K" }, { "name": "y", "base": "0x9000", "size": "4K" }] }`,
      "b.platform.jsonc": `{ "platform": "b", "extends": "c.platform.jsonc", "devices": [{ "name": "x", "base": "0x2000" }] }`,
      "c.platform.jsonc": `{ "platform": "c", "devices": [{ "name": "x", "size": "8K" }] }`,
      "board.platform.jsonc": `{ "platform": "board", "extends": ["a.platform.jsonc", "b.platform.jsonc"] }`,
    });
    assert.deepEqual(places(checked), { x: "2000-3fff", y: "9000-9fff" });
  });

  it("says of circles, and of files that are missing, elsewhere or of another kind, what is wrong", () => {
    const because = (path: string, files: Record<string, string> = {}): string[] => errors(check({ ...files, "board.platform.jsonc": JSON.stringify({ platform: "board", extends: path }) }));
    assert.match(because("board.platform.jsonc").join(), /board\.platform\.jsonc leads back to this file/);
    assert.match(because("gone.platform.jsonc").join(), /gone\.platform\.jsonc is not there/);
    assert.match(because("../../../etc/x.platform.jsonc").join(), /leads out of/);
    assert.match(because("/etc/x.platform.jsonc").join(), /is not a path from this file's folder/);
    assert.match(because("web.guest.jsonc", { "web.guest.jsonc": `{ "guest": "web" }` }).join(), /is no platform file/);
    assert.match(because("soc.platform.jsonc", { "soc.platform.jsonc": "{ " }).join(), /has syntax errors/);
    const circle = { "a.platform.jsonc": `{ "platform": "a", "extends": "board.platform.jsonc" }` };
    assert.match(because("a.platform.jsonc", circle).join(), /a\.platform\.jsonc leads back to this file/);
  });

  it("is a host with all that it extends", () => {
    const files = { "soc.platform.jsonc": SOC, "board.platform.jsonc": `{ "platform": "board", "extends": "soc.platform.jsonc" }`, "web.guest.jsonc": `{ "guest": "web", "hosts": ["board.platform.jsonc"] }` };
    const { filePlan } = check(files, "web.guest.jsonc");
    assert.deepEqual(filePlan instanceof GuestPlan ? filePlan.hosts.map((host) => [host.name, host.plan.platform.devices?.length]) : [], [["board", 3]]);
  });
});

function check(files: Readonly<Record<string, string>>, file = "board.platform.jsonc"): CheckedFile {
  const checked = checkText(file, files[file] ?? "", { surroundings: memoryFiles(new Map(Object.entries(files))) });
  assert.deepEqual(checked.crashed, []);
  return checked;
}

function errors({ findings }: CheckedFile): string[] {
  return findings.filter((one) => one.severity === "error").map((one) => `${one.at.file}: ${one.message}`);
}

function places({ plan }: CheckedFile): Record<string, string> {
  const { memory = [], devices = [] } = plan?.platform ?? {};
  return Object.fromEntries([...memory, ...devices].flatMap(({ name, extent }) => (extent ? [[name, `${extent.ranges[0].base.toString(16)}-${lastOf(extent.ranges[0]).toString(16)}`]] : [])));
}
