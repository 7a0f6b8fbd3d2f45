// Exports, judged by the tools that read them: dtc, the C compiler, the linker.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { exporters } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";
import { examples } from "../jsonc/texts";
import { folderWith, platmap } from "./commandLine";

const BOARD = `{
  "platform": "board-1", "physicalAddressBits": 40,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G", "node": 0 }, { "name": "pmem", "base": "0x10_0000_0000", "size": "4G", "type": "persistent" }],
  "devices": [{ "name": "uart.0", "base": "0x0900_0000", "size": "4K" }, { "name": "uart-0", "base": "0x0900_1000", "size": "4K" }],
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true },
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0xbfff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "spin-table", "base": "0x8000_0000", "size": "4K", "origin": "memreserve" },
    { "name": "a_name_that_is_longer_than_thirty_one_characters", "base": "0x9000_0000", "size": "64K" },
  ],
}`;
const planOf = (text: string) => {
  const { plan } = checkText("a.platform.jsonc", text, { rules: [] });
  assert.ok(plan);
  return plan;
};
/** Names that a form has for itself, or cannot tell apart, a place that is told twice, and one that no two cells hold. */
const AWKWARD = `{
  "platform": "awkward",
  "memory": [
    { "name": "ORIGIN", "base": "0x8000_0000", "size": "1G" }, { "name": "LENGTH", "base": "0x8000_0000", "size": "1G" },
    { "name": "org", "base": "0x1_0000_0000", "size": "1G" }, { "name": "off", "base": "0x2_0000_0000", "size": "1G", "disabled": true },
  ],
  "reserved": [
    { "name": "a-pool-with-a-very-long-name-for-one", "size": "1M" }, { "name": "a-pool-with-a-very-long-name-for-two", "size": "1M" },
  ],
}`;
const ALL = `{ "platform": "all", "memory": [{ "name": "everything", "base": "0x0", "last": "0xffff_ffff_ffff_ffff" }] }`;
/** What the map does not show, and where facts come from, in words that would end a comment. */
const BESIDE = `{
  "platform": "beside", "physicalAddressBits": 40,
  "memory": [
    { "name": "dram", "base": "0x8000_0000", "size": "1G", "source": { "document": "TRM */ #error", "page": 12 } },
    { "name": "spare", "base": "0x10_0000_0000", "size": "1G", "disabled": true },
  ],
  "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K", "disabled": true, "source": "board | file" }],
  "reserved": [
    { "name": "pool", "size": "16M", "align": "2M", "within": ["0x8000_0000-0x8fff_ffff", "0xa000_0000-0xafff_ffff"], "source": "boot log" },
    { "name": "old", "base": "0x8100_0000", "size": "64K", "disabled": true },
    { "name": "older", "size": "64K", "disabled": true },
    { "name": "vague" },
  ],
}`;
const platforms = [BOARD, AWKWARD, ALL, BESIDE, ...examples.values()].filter((text) => /"platform"\s*:/.test(text));

function accepted(program: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", ...(input === undefined ? {} : { input }) });
  assert.equal(error, undefined);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The bytes of ranges of two cells each that follow upon one another from 0. */
function bytesIn(cells: readonly bigint[]): bigint {
  let end = 0n;
  for (let at = 0; at < cells.length; at += 4) {
    const [baseHigh = 0n, baseLow = 0n, sizeHigh = 0n, sizeLow = 0n] = cells.slice(at);
    assert.equal((baseHigh << 32n) | baseLow, end);
    end += (sizeHigh << 32n) | sizeLow;
  }
  return end;
}

describe("platmap export", () => {
  before(async function () {
    this.timeout(300_000);
    const prepare = (await import("../../../scripts/prepare.mjs" as string)) as { ensureProgram(names: readonly string[], debianPackage: string): Promise<string> };
    await prepare.ensureProgram(["dtc"], "device-tree-compiler");
    await prepare.ensureProgram(["gcc"], "gcc");
    await prepare.ensureProgram(["ld"], "binutils");
  });

  it("prints tables with what lies where and what is free, for people and for programs", async () => {
    const folder = folderWith({ "a.platform.jsonc": BOARD });
    const markdown = await platmap(folder, ["export", "a.platform.jsonc", "--to", "markdown"]);
    assert.match(markdown.out, /\| `0x0900_0000` \| `0x0900_0fff` \| 4 KiB \| `uart\.0` \| device \|/);
    assert.match(markdown.out, /\| `0x1_0000_0000` \| `0xf_ffff_ffff` \| 60 GiB \| \*free\* \| free \|/);
    const csv = await platmap(folder, ["export", "a.platform.jsonc", "--to", "csv", "-o", "map.csv"]);
    assert.deepEqual([csv.code, csv.out], [0, ""]);
    assert.match(fs.readFileSync(path.join(folder, "map.csv"), "utf8"), /^0x9001000,0x9001fff,4096,uart-0,device,,,,\r$/m);
  });

  it("makes device trees that dtc takes, with every reservation", () => {
    for (const text of platforms) accepted("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", "/dev/null", "-"], exporters.dts(planOf(text)));
    const again = accepted("dtc", ["-q", "-I", "dts", "-O", "dts", "-"], exporters.dts(planOf(BOARD)));
    assert.match(again, /\/memreserve\/\s+0x0*80000000 0x0*1000;/);
    assert.match(again, /memory@80000000 \{[^}]*reg = <0x00 0x80000000 0x00 0x80000000>;[^}]*numa-node-id = <0x00>/);
    assert.match(again, /bl31@fe000000 \{[^}]*no-map;/);
    assert.match(again, /cma \{[^}]*compatible = "shared-dma-pool";[^}]*size = <0x00 0x4000000>;[^}]*alignment = <0x00 0x400000>;[^}]*alloc-ranges = <0x00 0x80000000 0x00 0x40000000>;[^}]*reusable;/);
    assert.match(exporters.dts(planOf(BOARD)), /\/\* memory pmem \(persistent\) has no node of its own/);
  });

  it("makes a header that the C compiler takes, its constants exact and each name once", () => {
    for (const text of platforms) accepted("gcc", ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-x", "c", "-"], `${exporters["c-header"](planOf(text))}\nint main(void) { return 0; }\n`);
    const check = `${exporters["c-header"](planOf(BOARD))}\n_Static_assert(BOARD_1_DRAM_BASE + BOARD_1_DRAM_SIZE - 1 == BOARD_1_DRAM_LAST && BOARD_1_UART_0_2_BASE == 0x9001000, "");\n`;
    accepted("gcc", ["-std=c11", "-fsyntax-only", "-x", "c", "-"], check);
  });

  it("makes memory regions that the linker takes, without what lies in the memory", () => {
    const folder = folderWith({ "empty.c": "int nothing;\n" });
    accepted("gcc", ["-c", path.join(folder, "empty.c"), "-o", path.join(folder, "empty.o")]);
    for (const text of platforms) {
      const script = path.join(folder, "map.ld");
      fs.writeFileSync(script, `${exporters.ld(planOf(text))}SECTIONS { .all : { *(*) } }\n`);
      accepted("ld", ["-T", script, "-r", path.join(folder, "empty.o"), "-o", path.join(folder, "out.o")]);
    }
    assert.match(exporters.ld(planOf(BOARD)), /dram_1 \(rwx\) : ORIGIN = 0x90010000, LENGTH = 0x6dff0000/);
  });

  it("says in every form what is placed at boot and what is disabled, and where facts come from", () => {
    const plan = planOf(BESIDE);
    const markdown = exporters.markdown(plan);
    assert.match(markdown, /^\| first \| last \| size \| what \| kind \| source \|$/m);
    assert.match(markdown, /`uart` \| device, disabled \| board \\\| file \|/);
    assert.match(markdown, /### Reservations that are placed at boot\n\n.*\n.*\n\| `pool` \| 16 MiB \| 2 MiB \| `0x8000_0000-0x8fff_ffff`, `0xa000_0000-0xafff_ffff` \| boot log \|\n/);
    assert.match(markdown, /### Reservations with neither a place nor a size\n\n.*\n.*\n\| `vague` \|/);
    assert.match(markdown, /### Reservations that are disabled\n\n.*\n.*\n\| `old` \| `0x8100_0000` \| `0x8100_ffff` \| 64 KiB \|\n\| `older` \|  \|  \| 64 KiB \|/);
    const rows = exporters.csv(plan).split("\r\n");
    assert.ok(rows.includes(",,16777216,pool,reservation,placed at boot,2097152,0x80000000-0x8fffffff 0xa0000000-0xafffffff,boot log"));
    assert.ok(rows.includes("0x81000000,0x8100ffff,65536,old,reservation,disabled,,,"));
    assert.ok(rows.includes("0x9000000,0x9000fff,4096,uart,device,disabled,,,board | file"));
    assert.match(exporters.ld(plan), /reservation pool, placed at boot: 16 MiB, a multiple of 2 MiB, in 0x8000_0000-0x8fff_ffff or 0xa000_0000-0xafff_ffff; source: boot log \*\//);
    assert.doesNotMatch(exporters.ld(plan), /spare \(rwx\)/);
    assert.doesNotMatch(exporters.dts(plan).replace(/\/\*[^]*?\*\//g, ""), /spare|old|vague|#error/);
    assert.match(exporters.dts(plan), /reservation old, disabled: 0x8100_0000-0x8100_ffff \(64 KiB\)/);
    const check = `${exporters["c-header"](plan)}\n_Static_assert(BESIDE_POOL_SIZE == 0x1000000, "");\n#if defined(BESIDE_OLD_SIZE) || defined(BESIDE_POOL_BASE)\n#error\n#endif\n`;
    accepted("gcc", ["-std=c11", "-fsyntax-only", "-x", "c", "-"], check);
  });

  it("says all 2^64 bytes in two halves, which are all of them to dtc", () => {
    const all = `{ "platform": "all", "memory": [{ "name": "m", "base": "0x0", "size": "16E" }], "reserved": [{ "name": "r", "base": "0x0", "size": "16E" }, { "name": "b", "base": "0x0", "size": "16E", "origin": "memreserve" }] }`;
    const again = accepted("dtc", ["-q", "-I", "dts", "-O", "dts", "-"], exporters.dts(planOf(all)));
    const regs = [...again.matchAll(/reg = ([^;]*);/g)].map(([, cells = ""]) => bytesIn([...cells.matchAll(/0x[0-9a-f]+/g)].map(([one]) => BigInt(one))));
    assert.deepEqual(regs, [1n << 64n, 1n << 64n]);
    assert.deepEqual([...again.matchAll(/memreserve\/\s+(\S+) (\S+);/g)].map(([, base = "", size = ""]) => [BigInt(base), BigInt(size)]), [[0n, 1n << 63n], [1n << 63n, 1n << 63n]]);
  });

  it("keeps text text", () => {
    const plan = planOf(`{ "platform": "x", "devices": [{ "name": "a", "base": "0x0", "size": "4K" }] }`);
    const hostile = Object.create(plan, { physical: { value: { ...plan.physical, occupants: plan.physical.occupants.map((one) => Object.create(one, { name: { value: '=1+1,"*/ <b>|' } }) as typeof one), gaps: () => [] } } }) as typeof plan;
    assert.match(exporters.csv(hostile), /"'=1\+1,""\*\/ <b>\|"/);
    assert.match(exporters.markdown(hostile), /^\| `0x0` \| `0xfff` \| 4 KiB \| `[^`]*<b>\\\|` \| device \|$/m);
    assert.doesNotMatch(exporters["c-header"](hostile).replace(/\/\*.*?\*\//g, ""), /<b>/);
  });

  it("sends nothing of a source to the terminal that steers it, in any form", () => {
    const plan = planOf(`{ "platform": "x", "devices": [{ "name": "a", "base": "0x0", "size": "4K", "source": "=TRM\\u202e\\u001b[31m\\u2028*/ end" }] }`);
    for (const [form, print] of Object.entries(exporters)) {
      assert.doesNotMatch(print(plan).replace(/[\t\r\n]/g, ""), /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u, form);
      assert.match(print(plan), /TRM.*end/, form);
    }
    assert.match(exporters.csv(plan), /,'=TRM/);
  });

  it("says what it can make", async () => {
    const { code, err } = await platmap(folderWith({ "a.platform.jsonc": BOARD }), ["export", "a.platform.jsonc", "--to", "xml"]);
    assert.equal(code, 2);
    assert.match(err, /markdown, csv, dts, c-header, ld/);
  });
});
