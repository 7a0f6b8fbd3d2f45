// The few lines of the map in the hover of a region's name: a document with | where the mouse is, and what is shown.
import assert from "node:assert/strict";
import { hoverAt } from "../../server/src/lsp/hover";
import { Workspace } from "../../server/src/workspace/workspace";

const BOARD = `{ "platform": "board", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "devices": [{ "name": "gicd", "base": "0x0800_0000", "size": "64K" }, { "name": "uart0", "base": "0x0900_0000", "size": "64K" }, { "name": "uart1", "base": "0x0900_8000", "size": "64K" }],
  "reserved": [{ "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true }, { "name": "optee", "base": "0xfe80_0000", "size": "8M", "type": "secure", "noMap": true }] }`;

describe("the hover of a region's name", () => {
  it("shows what is beside it, and the holes between", () => {
    assert.equal(
      mapIn("ua|rt1"),
      `0x0800_0000  │ gicd      64 KiB
             · free   ≈15.9 MiB
0x0900_0000  │ uart0     64 KiB
0x0900_8000  │ uart1     64 KiB  ◀ overlaps
             · free    ≈1.8 GiB
0x8000_0000  █ dram       2 GiB`,
    );
  });

  it("shows what it lies in", () => {
    assert.equal(
      mapIn("opt|ee"),
      `0x8000_0000  █ dram     2 GiB
0xfe00_0000    ▒ bl31   2 MiB
               · free   6 MiB
0xfe80_0000    ▒ optee  8 MiB  ◀`,
    );
  });

  it("shows what lies in it", () => {
    assert.match(mapIn("dr|am") ?? "", /█ dram +2 GiB {2}◀\n0xfe00_0000 {4}▒ bl31 .*\n0xfe80_0000 {4}▒ optee/);
  });
});

function mapIn(marked: string): string | undefined {
  const name = marked.replace("|", "");
  const offset = BOARD.indexOf(`"${name}"`) + 1 + marked.indexOf("|");
  const before = BOARD.slice(0, offset).split("\n");
  const snapshot = new Workspace().update("file:///a.platform.jsonc", 1, BOARD);
  const hover = hoverAt(snapshot, { line: before.length - 1, character: before.at(-1)?.length ?? 0 });
  const text = hover && typeof hover.contents === "object" && "value" in hover.contents ? hover.contents.value : "";
  return /```text\n(.*)\n```/s.exec(text)?.[1];
}
