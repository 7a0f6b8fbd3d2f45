// One kernel log and one text of lspci in the forms in which people pass them on: other line ends, encodings, colours,
// and the prefixes of syslog, the journal and dmesg's options. Each gives what the plain text gives.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../temporaryFolder";
import { capturedFolder, importPaths } from "./captures";

const NAME = "x86-10-pxb";
const STAMP = /^\[ *\d+\.\d{6}\] /gm;
const TEXTS = ["dmesg.txt", "lspci.txt"] as const;

const plain = (file: string): string => fs.readFileSync(path.join(capturedFolder(NAME), file), "utf8");

/** What an import of bytes gives, but for what it says of its source. */
function imported(bytes: string | Buffer): unknown {
  const file = path.join(temporaryFolder(), "input");
  fs.writeFileSync(file, bytes);
  return importPaths(file).document;
}

const wide = (text: string, mark: string): Buffer => Buffer.from(mark + text, "utf16le");

const FORMS: readonly (readonly [form: string, of: (text: string) => string | Buffer])[] = [
  ["line ends of Windows", (text) => text.replaceAll("\n", "\r\n")],
  ["UTF-16 with a byte order mark", (text) => wide(text, "\ufeff")],
  ["UTF-16 without one", (text) => wide(text.length % 2 === 0 ? text : `${text}\n`, "")],
  ["UTF-16 in the other byte order", (text) => wide(text, "\ufeff").swap16()],
  ["UTF-8 with a byte order mark", (text) => `\ufeff${text}`],
];

const LOG_FORMS: typeof FORMS = [
  ["a terminal's colours", (text) => text.replace(/^(\[.*?\] )([^:\n]*:)/gm, "\u001b[32m$1\u001b[0m\u001b[33m$2\u001b[0m")],
  ["no times", (text) => text.replace(STAMP, "")],
  ["times in words (dmesg -T)", (text) => text.replace(STAMP, "[Sat Nov 28 07:00:01 2026] ")],
  ["ISO times (dmesg --time-format iso)", (text) => text.replace(STAMP, "2026-11-28T07:00:01,123456+00:00 ")],
  ["levels (dmesg -r)", (text) => text.replace(/^/gm, "<6>")],
  ["facilities (dmesg -x)", (text) => text.replace(/^\[/gm, "kern  :info  : [")],
  ["callers", (text) => text.replace(/^(\[.*?\] )/gm, "$1[    T1] ")],
  ["syslog's prefixes", (text) => text.replace(/^\[/gm, "Nov 28 07:00:01 host kernel: [")],
  ["the journal's prefixes", (text) => text.replace(STAMP, "Nov 28 07:00:01 host kernel: ")],
];

describe("the text of a file in another form", () => {
  for (const file of TEXTS) {
    for (const [form, of] of file === "dmesg.txt" ? [...FORMS, ...LOG_FORMS] : FORMS) {
      it(`${file} with ${form} gives the same`, () => {
        assert.deepEqual(imported(of(plain(file))), imported(plain(file)));
      });
    }
  }

  it("a part of a log without times is known by what it says", () => {
    for (const line of ["pci 0000:00:02.0: Adding to iommu group 1", "Nov 28 07:00:01 host kernel: pci 0000:01:00.0: PCI bridge to [bus 02-39]"])
      assert.ok(imported(`${line}\n`));
  });

  it("the command line and the memory of the log's beginning are read behind prefixes too", () => {
    const lines = ["Command line: quiet iommu=pt", "  node   0: [mem 0x0000000040000000-0x000000007fffffff]"];
    for (const prefix of ["[    0.000000] ", "Nov 28 07:00:01 host kernel: ", "<6>[    0.000000] ", ""]) {
      const log = ["Linux version 6.1.0", ...lines].map((line) => `${prefix}${line}\n`).join("");
      const file = path.join(temporaryFolder(), "input");
      fs.writeFileSync(file, log);
      const { document } = importPaths(file);
      assert.equal(document.captured.commandLine, "quiet iommu=pt");
      assert.deepEqual(document.memory, [{ name: "ram0", base: "0x40000000", size: "1G" }]);
    }
  });
});
