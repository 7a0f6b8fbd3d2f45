// Entries moved to a base file: what the two files say, and that the machine and its findings are as before, in examples and in every platform of the examples' folder.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { checkText } from "../../server/src/workspace/check";
import { extractedBase } from "../../server/src/workspace/extractBase";
import { sameMachine } from "../../server/src/workspace/sameMachine";
import { repositoryRoot } from "../repositoryRoot";
import { memoryFiles } from "./memoryFiles";

const BOARD = `{
  // our board
  "platform": "board",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    // the console
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" }, // 115200 baud
    { "name": "uart1", "base": "uart0.next", "size": "4K" },
    // the network
    { "name": "eth0", "base": "0x1100_0000", "size": "64K" }
  ],
  "reserved": [{ "name": "ring", "base": "dram.base", "size": "1M", "in": "dram" }],
}
`;

interface Both {
  readonly own: string;
  readonly base: string;
  readonly name: string;
  readonly title: string;
}

/** Extracts what lies between two pieces of the text, both included. */
function extract(text: string, from: string, to = from, others: Readonly<Record<string, string>> = {}): Both | undefined {
  const surroundings = memoryFiles(new Map(Object.entries({ ...others, "board.platform.jsonc": text })));
  const start = text.indexOf(from);
  assert.ok(start >= 0 && text.includes(to, start), `${from} … ${to}`);
  const made = extractedBase(checkText("board.platform.jsonc", text, { surroundings }), { start, end: text.indexOf(to, start) + to.length }, { surroundings });
  return made && { own: applyTextEdits(text, made.edits), base: made.text, name: made.name, title: made.title };
}

describe("a base file", () => {
  it("takes entries with their comments, and is extended", () => {
    assert.deepEqual(extract(BOARD, '"uart0"', '"uart0.next"'), {
      title: "Extract uart0 and uart1 to a base file, board-base.platform.jsonc",
      name: "board-base.platform.jsonc",
      own: `{
  // our board
  "platform": "board",
  "extends": "./board-base.platform.jsonc",
  "arch": "arm64",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    // the network
    { "name": "eth0", "base": "0x1100_0000", "size": "64K" }
  ],
  "reserved": [{ "name": "ring", "base": "dram.base", "size": "1M", "in": "dram" }],
}
`,
      base: `{
  "platform": "board-base",
  "arch": "arm64",
  "devices": [
    // the console
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" }, // 115200 baud
    { "name": "uart1", "base": "uart0.next",  "size": "4K" },
  ],
}
`,
    });
  });

  it("takes along what its entries refer to, in expressions too", () => {
    const made = extract(BOARD, '"ring"');
    assert.equal(made?.title, "Extract ring to a base file, board-base.platform.jsonc, with dram, used there");
    assert.doesNotMatch(made?.own ?? "", /dram|ring/);
    assert.match(made?.base ?? "", /"memory": \[\{ "name": "dram".*\n.*"reserved": \[\{ "name": "ring", "base": "dram.base"/);
  });

  it("takes a whole section at its key, and the comments in it", () => {
    const made = extract(BOARD, '"devices"');
    assert.equal(made?.title, "Extract uart0, uart1 and eth0 to a base file, board-base.platform.jsonc");
    assert.doesNotMatch(made?.own ?? "", /devices|the network/);
    assert.match(made?.base ?? "", /"devices": \[\n    \/\/ the console\n/);
  });

  it("extends what the file extends so far, and has a name of its own", () => {
    const others = { "soc.platform.jsonc": `{ "platform": "soc", "devices": [{ "name": "gic", "base": "0x2000_0000", "size": "64K" }, { "name": "eth0", "base": "0x1", "size": "1M" }] }`, "board-base.platform.jsonc": "{}" };
    const board = BOARD.replace('"board",', '"board", "extends": ["soc.platform.jsonc" /* of the vendor */],').replace("uart0.next", "gic.next");
    const made = extract(board, '"uart1"', '"eth0"', others);
    assert.equal(made?.name, "board-base2.platform.jsonc");
    assert.match(made?.own ?? "", /"extends": "\.\/board-base2\.platform\.jsonc"/);
    assert.match(made?.base ?? "", /"extends": \["soc\.platform\.jsonc" \/\* of the vendor \*\/\]/);
  });

  it("is not made of everything, of nothing, nor where the machine would be another", () => {
    assert.equal(extract(BOARD, BOARD.slice(20, -2)), undefined);
    assert.equal(extract(BOARD, '"arch"'), undefined);
    const removing = BOARD.replace('"board",', '"board", "extends": "soc.platform.jsonc", "remove": ["eth0"],');
    assert.equal(extract(removing, '"eth0", "base"', '"64K"', { "soc.platform.jsonc": `{ "platform": "soc", "devices": [{ "name": "eth0", "base": "0x0", "size": "4K" }] }` }), undefined, "what the file removes it would not have any more");
  });

  it("keeps machine, findings and comments of every example and of every section, or is not offered", () => {
    const folder = path.join(repositoryRoot, "examples");
    let made = 0;
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".platform.jsonc"))) {
      const text = readFileSync(path.join(folder, name), "utf8");
      const before = checkText("board.platform.jsonc", text);
      for (const key of Object.keys(before.plan?.platform ?? {})) {
        const both = text.includes(`"${key}":`) ? extract(text, `"${key}":`) : undefined;
        if (!both) continue;
        made += 1;
        const surroundings = memoryFiles(new Map([["board.platform.jsonc", both.own], [both.name, both.base]]));
        const [after, base] = [checkText("board.platform.jsonc", both.own, { surroundings }), checkText(both.name, both.base, { surroundings })];
        const found = (...files: readonly { findings: typeof before.findings }[]): string[] => [...new Set(files.flatMap(({ findings }) => findings.map(({ rule, message }) => `${rule} ${message}`)))].sort();
        assert.ok(sameMachine(before, after), `${name} ${key}`);
        assert.deepEqual(found(after, base), found(before), `${name} ${key}`);
        assert.deepEqual([...commentsOf(both.own), ...commentsOf(both.base)].sort(), commentsOf(text).sort(), `${name} ${key}`);
        assert.deepEqual(base.source.tree.faults, []);
      }
    }
    assert.ok(made >= 20, `${made} base files were made`);
  }).timeout(60_000);
});

function commentsOf(text: string): string[] {
  const { tree } = checkText("board.platform.jsonc", text).source;
  return Array.from({ length: tree.comments.length / 2 }, (_, index) => text.slice(tree.comments[2 * index], tree.comments[2 * index + 1]).replace(/\s+/g, " "));
}
