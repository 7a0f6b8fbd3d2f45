// Hovers, as text: a document with | where the mouse is, and what is shown there.
import assert from "node:assert/strict";
import { escapeMarkdown, inlineCode } from "../../core/src/index";
import { hoverAt } from "../../server/src/lsp/hover";
import { Workspace } from "../../server/src/workspace/workspace";
import fc from "fast-check";
import { forAll } from "./repeatable";

const HOVERS: Record<string, string> = {
  '{ "plat|form": "board" }': "**platform** of platform file (required)\n\nName of this kind of machine.\n\nTakes a name, such as `dram0`.",
  '{ "platform": "board", "physicalAddressBits": 4|0 }': "Addresses end at `0xff_ffff_ffff` (1 TiB)",
  '{ "platform": "board", "physicalAddressBits": "unk|nown" }': "**unknown**: an importer could not tell. Rules that need physicalAddressBits are skipped, and say so.",
  '{ "platform": "board", "arch": "arm|64" }': "**arm64**: 64-bit Arm.",
  '{ "platform": "board", "pageSize": "6|4K" }': "`0x1_0000` = 64 KiB = 65536 bytes",
  '{ "platform": "board", "memory": [{ "name": "dram", "base": "0x8000_|0000", "size": "1G" }] }':
    "`0x8000_0000` = 2147483648, a multiple of 2 GiB\n\n**memory dram** `0x8000_0000-0xbfff_ffff`, 1 GiB, in the physical map",
  '{ "platform": "board", "memory": [{ "name": "dram", "base": "0x0", "size": "1|6E" }] }': "`0x1_0000_0000_0000_0000` = 16 EiB = 18446744073709551616 bytes\n\n**memory dram** `0x0-0xffff_ffff_ffff_ffff`, 16 EiB, in the physical map",
  '{ "platform": "board", "memory": [{ "name": "d", "ranges": ["0x0-0xfff", "0x20|00-0x2fff"] }] }': "**memory d** `0x2000-0x2fff`, 4 KiB, in the physical map  \nbefore: memory d, 4 KiB away",
  '{ "platform": "board", "pci": [{ "name": "p", "devices": [{ "at": "0|1:02.3", "name": "nic", "type": "endpoint" }] }] }': 
    "`0000:01:02.3`: nic endpoint, requester id `0x0113`\n\n**impossible\\: the machine has no IOMMU**\n\nIts MSIs:\n\n- no doorbell is described for p",
  '{ "platform": "board", "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x1000", "size": "4K" }], "pci": [{ "name": "p", "iommu": [{ "ids": "0-ffff", "to": "sm|mu", "mask": "0x10" }] }] }':
    "iommu **smmu**: `0x1000-0x1fff` (4 KiB)",
  '{ "platform": "board", "pci": [{ "name": "p", "iommu": [{ "ids": "0-ffff", "to": "smmu", "mask": "0x|10" }] }] }': "`0x10` = 16",
  '{ "platform": "board", "pci": [{ "name": "p", "ac|s": "none" }] }': "",
  '{ "platform": "board", "noth|ing": 1 }': "",
  '{ "platform": "board" } // com|ment': "",
  '|{ "platform": "board" }': "One kind of machine: its physical map, doorbells, IOMMUs and PCIe.",
};

describe("a hover", () => {
  for (const [marked, expected] of Object.entries(HOVERS)) it(marked, () => assert.equal(hoverOf(marked), expected));

  it("says what holds the range, what overlaps it, what it holds, and what is next to it", () => {
    const text = `{ "platform": "board",
      "memory": [{ "name": "dram", "range": "0x8000_0000-0xffff_ffff" }],
      "devices": [{ "name": "low", "range": "0x0-0xfff" }, { "name": "clash", "range": "0x9000_0000-0x9fff_ffff" }, { "name": "high", "range": "0x2_0000_0000-0x2_0000_0fff" }],
      "reserved": [{ "name": "r", "base": "0x98|00_0000", "size": "256M" }, { "name": "inner", "range": "0xa000_0000-0xa000_0fff" }] }`;
    assert.equal(
      hoverOf(text),
      [
        "`0x9800_0000` = 2550136832, a multiple of 128 MiB\n\n**reservation r** `0x9800_0000-0xa7ff_ffff`, 256 MiB, in the physical map",
        "inside memory dram `0x8000_0000-0xffff_ffff`",
        "overlaps device clash `0x9000_0000-0x9fff_ffff`",
        "holds reservation inner `0xa000_0000-0xa000_0fff`",
        "before: device low, about 2.3 GiB away",
        "after: device high, about 5.3 GiB away",
      ].join("  \n"),
    );
  });

  it("tells the two sides of a window apart", () => {
    const text = `{ "platform": "board", "pci": [{ "name": "p", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "bus": "0x40|00_0000", "size": "1M" }] }] }`;
    assert.match(hoverOf(text), /in the bus memory map of p/);
  });

  it("lists every ACS bit, on or off", () => {
    const text = `{ "platform": "board", "pci": [{ "name": "p", "devices": [{ "at": "00:01.0", "acs": { "capable": "SV RR", "enabled": "S|V" } }] }] }`;
    assert.match(hoverOf(text), /^- \*\*on\*\* SV \(SrcValid\): .*\n- off TB [\s\S]*- off DT/);
  });

  it("is about the text that was there when it could last be read", () => {
    const workspace = new Workspace();
    workspace.update("file:///board.platform.jsonc", 1, `{ "platform": "board", "pageSize": "64K" }`);
    const broken = workspace.update("file:///board.platform.jsonc", 2, `{ "platform": "board", "pageSize": "64K", `);
    assert.equal(textOf(hoverAt(broken, { line: 0, character: 37 })), "`0x1_0000` = 64 KiB = 65536 bytes");
  });

  it("anywhere in a document is a text or nothing", () => {
    const text = Object.keys(HOVERS).join("").replaceAll("|", "");
    const snapshot = new Workspace().update("file:///board.platform.jsonc", 1, text);
    for (let character = 0; character <= text.length; character++) hoverAt(snapshot, { line: 0, character });
  });
});

describe("text from a document in a hover", () => {
  it("is never markup: names with underscores", () => {
    const name = "__init__";
    assert.match(hoverOf(`{ "platform": "board", "devices": [{ "name": "${name}", "base": "0x1|000", "size": "4K" }] }`), /\*\*device \\_\\_init\\_\\_\*\*/);
  });

  it("is never markup: names that are none do not get there", () => {
    for (const name of ["<img src=x>", "[a](command:x)", "`x`", "**x**", "$(gear)", "![x](http://y)", "a|b", "\\u202e"]) {
      const shown = hoverOf(`{ "platform": "board", "devices": [{ "name": "${name.replace("|", "\\u007c")}", "base": "0x1|000", "size": "4K", "in": "${name.replace("|", "\\u007c")}" }, { "name": "b", "range": "0x1000-0x10ff" }] }`);
      assert.match(shown, /unnamed device/, name);
      assert.ok(!shown.includes(name) && !/[<>!$]|\]\(|\u202e/.test(shown), shown);
    }
  });

  it("is escaped sign by sign", () => {
    assert.equal(escapeMarkdown("*a_b`<c>[d](e)#\\|"), "\\*a\\_b\\`\\<c\\>\\[d\\]\\(e\\)\\#\\\\\\|");
    assert.equal(escapeMarkdown("a\u001b\u202e\u0007b"), "a\ufffd\ufffd\ufffdb");
    assert.equal(inlineCode("a`b"), "`` a`b ``");
    assert.equal(inlineCode("``"), "``` `` ```");
  });

  it("keeps its letters when it is escaped, and leaves no sign of markup bare", () => {
    forAll([fc.string({ unit: "grapheme" })], (text) => {
      const escaped = escapeMarkdown(text);
      assert.doesNotMatch(escaped.replace(/\\[!-/:-@[-`{-~]/g, ""), /[\\`*_{}[\]()#+!|<>&~]/);
      assert.equal(escaped.replace(/\\([!-/:-@[-`{-~])/g, "$1"), text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd"));
    });
  });
});

function hoverOf(marked: string): string {
  const offset = marked.indexOf("|");
  const snapshot = new Workspace().update("file:///board.platform.jsonc", 1, marked.slice(0, offset) + marked.slice(offset + 1));
  return textOf(hoverAt(snapshot, snapshot.checked.source.position(offset)));
}

function textOf(hover: ReturnType<typeof hoverAt>): string {
  return hover === undefined ? "" : (hover.contents as { value: string }).value;
}
