// 100,000 random addresses of 64 bits, the same in every run, come out of each output as they went in: two of them are the first and the last byte of a range that
// shares nothing with the others. Knows nothing of how a form is laid out but where its numbers stand.
import assert from "node:assert/strict";
import { folderWith, platmap } from "../cli/commandLine";
import { numbers } from "../core/repeatable";

/** First and last bytes, upward, each a multiple of `step` and one less than one. */
function ranges(seed: bigint, count: number, step: bigint): (readonly [first: bigint, last: bigint])[] {
  const source = numbers(seed);
  const cuts = new Set<bigint>();
  while (cuts.size < 2 * count) cuts.add(((source.next().value as bigint) / step) * step);
  const sorted = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  return Array.from({ length: count }, (_, index) => [sorted[2 * index] ?? 0n, (sorted[2 * index + 1] ?? 0n) - 1n] as const);
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const pairs = (found: Iterable<RegExpMatchArray>): (readonly [bigint, bigint])[] => [...found].map(([, first = "0", last = "0"]) => [BigInt(first.replaceAll("_", "")), BigInt(last.replaceAll("_", ""))] as const);
const cells = (high = "0", low = "0"): bigint => (BigInt(high) << 32n) | BigInt(low);

/** In which form, and what it says of the ranges, upward. */
const FORMS: readonly (readonly [args: readonly string[], read: (out: string) => readonly (readonly [bigint, bigint])[]])[] = [
  [["export", "--to", "csv"], (out) => pairs(out.matchAll(/^(0x[0-9a-f]+),(0x[0-9a-f]+),\d+,m\d+,/gm))],
  [["export", "--to", "markdown"], (out) => pairs(out.matchAll(/^\| `(0x[0-9a-f_]+)` \| `(0x[0-9a-f_]+)` \| [^|]* \| `m\d+`/gm))],
  [["export", "--to", "c-header"], (out) => pairs(out.matchAll(/_BASE UINT64_C\((0x[0-9a-f]+)\)\n.*_SIZE.*\n.*_LAST UINT64_C\((0x[0-9a-f]+)\)/g))],
  [["export", "--to", "ld"], (out) => pairs(out.matchAll(/ORIGIN = (0x[0-9a-f]+), LENGTH = (0x[0-9a-f]+)/g)).map(([base, size]) => [base, base + size - 1n] as const)],
  [["export", "--to", "dts"], (out) => [...out.matchAll(/reg = <(\S+) (\S+) (\S+) (\S+)>/g)].map(([, a, b, c, d]) => [cells(a, b), cells(a, b) + cells(c, d) - 1n] as const)],
  [["map", "--format", "json", "--all"], (out) => pairs(out.matchAll(/"base": ?"(0x[0-9a-f]+)",\s*"last": ?"(0x[0-9a-f]+)"/g))],
];

describe("100,000 values of 64 bits", () => {
  const COUNT = 50_000;
  const wanted = ranges(41n, COUNT, 1n);
  let folder: string;
  before(() => {
    const memory = wanted.map(([first, last], index) => `{ "name": "m${index}", "base": "${hex(first)}", "last": "${hex(last)}" }`);
    folder = folderWith({ "board.platform.jsonc": `{ "platform": "b", "physicalAddressBits": 64, "memory": [\n${memory.join(",\n")}\n] }` });
  });

  for (const [[command = "", ...options], read] of FORMS) {
    it(`are exact in ${command} ${options.join(" ")}`, async () => {
      const { code, out, err } = await platmap(folder, [command, "board.platform.jsonc", ...options]);
      assert.equal(code, 0, err.slice(0, 500));
      const found = new Set(read(out).map(([first, last]) => `${hex(first)}-${hex(last)}`));
      const lost = wanted.map(([first, last]) => `${hex(first)}-${hex(last)}`).filter((one) => !found.has(one));
      assert.deepEqual([lost.length, lost.slice(0, 5)], [0, []]);
    });
  }
});

describe("values of 64 bits", () => {
  it("are exact in what is found: text, JSON and SARIF", async () => {
    const wanted = ranges(42n, 150, 1n);
    const twice = wanted.flatMap(([first, last], index) => [`{ "name": "a${index}", "range": "${hex(first)}-${hex(last)}" }`, `{ "name": "b${index}", "range": "${hex(first)}-${hex(last)}" }`]);
    const folder = folderWith({ "board.platform.jsonc": `{ "platform": "b", "physicalAddressBits": 64, "devices": [\n${twice.join(",\n")}\n] }` });
    for (const format of ["text", "json", "sarif"]) {
      const { out } = await platmap(folder, ["check", "board.platform.jsonc", "--format", format]);
      const found = new Set(pairs(out.matchAll(/both lie at (0x[0-9a-f_]+)(?:-(0x[0-9a-f_]+))?/g)).map(([first, last]) => `${hex(first)}-${hex(last)}`));
      assert.deepEqual(wanted.filter(([first, last]) => !found.has(`${hex(first)}-${hex(last)}`)).slice(0, 3), [], format);
    }
  });

  it("are exact in the text of a picture", async () => {
    const wanted = ranges(43n, 40, 1n);
    const devices = wanted.map(([first, last], index) => `{ "name": "d${index}", "range": "${hex(first)}-${hex(last)}" }`);
    const folder = folderWith({ "board.platform.jsonc": `{ "platform": "b", "physicalAddressBits": 64, "devices": [\n${devices.join(",\n")}\n] }` });
    const { out } = await platmap(folder, ["map", "board.platform.jsonc", "--svg", "-", "--all"]);
    const titles = [...out.matchAll(/<title>d(\d+), [^<]*?(0x[0-9a-f_]+)–(0x[0-9a-f_]+)/g)];
    for (const [title, index, first = "", last = ""] of titles) assert.deepEqual([first, last].map((one) => BigInt(one.replaceAll("_", ""))), wanted[Number(index)], title);
    // Small neighbours are drawn as one box.
    assert.ok(titles.length >= 30, `${titles.length} regions are drawn`);
  });

  it("are exact in reserved regions and in a plan", async () => {
    // The kernel and a plan round outward to pages: these are whole pages.
    const wanted = ranges(44n, 1000, 0x1000n);
    const reserved = wanted.map(([first, last]) => `{ "range": "${hex(first)}-${hex(last)}", "type": "reserved", "ids": "0000-ffff" }`);
    const board = `{ "platform": "b", "arch": "x86_64", "physicalAddressBits": 64, "pageSize": "4K",
      "iommus": [{ "name": "vtd", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "inputBits": 64, "reserved": [\n${reserved.join(",\n")}\n] }],
      "pci": [{ "name": "pcie0", "buses": "00-ff", "iommu": [{ "ids": "0000-ffff", "to": "vtd" }], "devices": [{ "at": "00:01.0", "type": "integrated-endpoint", "assign": true }] }] }`;
    const guest = `{ "guest": "g", "physicalAddressBits": 64, "hosts": ["board.platform.jsonc"], "memory": [{ "name": "ram", "size": "1G" }], "passthrough": [{ "host": "b", "device": "00:01.0" }] }`;
    const folder = folderWith({ "board.platform.jsonc": board, "web.guest.jsonc": guest });
    for (const args of [["reserved", "board.platform.jsonc"], ["plan", "web.guest.jsonc"]]) {
      const { out } = await platmap(folder, [...args, "--format", "json"]);
      const found = new Set(pairs(out.matchAll(/"base": ?"(0x[0-9a-f]+)",\s*"last": ?"(0x[0-9a-f]+)"/g)).map(([first, last]) => `${hex(first)}-${hex(last)}`));
      assert.deepEqual(wanted.filter(([first, last]) => !found.has(`${hex(first)}-${hex(last)}`)).slice(0, 3), [], args[0]);
    }
  });
});
