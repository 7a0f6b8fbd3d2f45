// Completion, as text: a document with | where the cursor is, what is offered there, and what the document becomes. Works on broken text.
import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { CompletionItem, TextEdit } from "vscode-languageserver";
import { completionsAt, PLAIN } from "../../server/src/lsp/completionItems";
import { Workspace } from "../../server/src/workspace/workspace";
import { everything } from "./texts";

const URI = "file:///board.platform.jsonc";

/** What is offered first there, or nothing at all. */
const OFFERS: Record<string, string> = {
  '{ | }': "platform $schema description arch physicalAddressBits",
  '{ "platform": "board", | }': "$schema description arch",
  '{ "platform": "board", "|" }': "$schema description arch",
  '{ "platform": "board", "a|': "$schema description arch",
  '{ "platform": "board", "memory": [{ | }] }': "name base size last range ranges type node in disabled source description",
  '{ "platform": "board", "memory": [{ "name": "d", "base": "0x0", | "size": "4K" }] }': "last range ranges type node in disabled source description",
  '{ "platform": "board", "doorbells": [{ | }] }': "name type base",
  '{ "platform": "board", "arch": | }': "arm64 x86_64 riscv64 loongarch64",
  '{ "platform": "board", "arch": "|" }': "arm64 x86_64 riscv64 loongarch64",
  '{ "platform": "board", "arch": "ar|m" }': "arm64 x86_64",
  '{ "platform": "board", "arch": "|': "arm64 x86_64",
  '{ "platform": "board", "physicalAddressBits": | }': "unknown",
  '{ "platform": "board", "devices": [{ "name": "d", "disabled": | }] }': "true false",
  '{ "platform": "board", "iommus": [{ "name": "smmu", "type": "smmuv3" }], "pci": [{ "name": "p", "iommu": [{ "to": "|" }] }] }': "smmu",
  '{ "platform": "board", "iommus": [{ "name": "smmu", "type": "smmuv3" }], "doorbells": [{ "name": "its", "type": "its" }], "pci": [{ "name": "p", "msi": "|" }] }': "its [ ] { } MSI taken in the root complex unknown none",
  '{ "platform": "board", "memory": [|] }': "{ } memory",
  '{ "platform": "board", "memory": [{ "name": "dram", "type": | ], "arch": "arm64" }': "ram hotplug",
  '{ "platform": "board", "memory": [{ "name": "dram" }, { |': "name base size",
  '{ "platform": "board", "iommus": [{ "reserved": [{ "type": "msi" }], |': "name type base",
  '{ "platform": "board", "iommus": [{ "reserved": [{ "type": "msi" } |': "{ } IOMMU reserved region",
  '{ "platform": "board", "memory": | }': "[ ]",
  '{ "platform": "board", "pci": [{ "name": "p", "devices": [{ "at": "00:01.0", "type": "|" }] }] }': "root-port upstream-port",
  '{ "platform": "board", "pci": [{ "name": "p", "devices": [{ "at": "00:01.0", "devices": [{ "at": "01:00.0", "devices": [{ "|" }] }] }] }] }': "at name type",
  '{ "platform": "board", "memory": [{ "source": | }] }': "{ } source",
  '{ "platform": "board", "memory": [{ "source": { | } }] }': "document section page capture",
  // Nothing is offered in a comment, in front of the document, behind it, and under a key that the language does not have.
  '{ "platform": "board" /* | */ }': "",
  '{ "platform": "board" // |\n }': "",
  '| { "platform": "board" }': "",
  '{ "platform": "board" } |': "",
  '{ "platform": "board", "memory": |[{ "name": "dram" }] }': "",
  '{ "platform": "board", "memory": [|{ "name": "dram" }] }': "",
  '{ "platform": "board", "memory": | [{ "name": "dram" }] }': "",
  '{ "platform": "board", "memroy": [{ | }] }': "",
  '{ "platform": "board", "description": "|" }': "",
};

const APPLIED: readonly (readonly [marked: string, label: string, after: string])[] = [
  ['{ "platform": "board", | }', "memory", '{ "platform": "board", "memory": [{  }] }'],
  ['{ "platform": "board", "me|" }', "memory", '{ "platform": "board", "memory": [{  }] }'],
  ['{ "platform": "board", "me|": [] }', "memory", '{ "platform": "board", "memory": [] }'],
  ['{ "platform": "board", "arch": "ar|m" }', "arm64", '{ "platform": "board", "arch": "arm64" }'],
  ['{ "platform": "board", "arch": | }', "arm64", '{ "platform": "board", "arch": "arm64" }'],
  ['{ "platform": "board", "memory": [|] }', "{ } memory", '{ "platform": "board", "memory": [{ "name": "", "base": "", "size": "" }] }'],
];

describe("completion", () => {
  for (const [marked, expected] of Object.entries(OFFERS)) {
    it(`${marked} → ${expected || "nothing"}`, () => {
      const labels = offered(marked).map((item) => item.label).join(" ");
      assert.equal(expected === "" ? labels : labels.slice(0, expected.length), expected, labels);
    });
  }

  for (const [marked, label, after] of APPLIED) {
    it(`${marked} with ${label} becomes ${after}`, () => {
      const item = offered(marked).find((one) => one.label === label);
      assert.ok(item?.textEdit);
      const { text } = split(marked);
      assert.equal(TextDocument.applyEdits(TextDocument.create(URI, "platmap", 1, text), [item.textEdit as TextEdit]), after);
    });
  }

  it("offers the names of the last text that could be read, while the text is broken", () => {
    const workspace = new Workspace();
    workspace.update(URI, 1, '{ "platform": "board", "iommus": [{ "name": "smmu", "type": "smmuv3" }], "pci": [] }');
    const broken = '{ "platform": "board", "iommus": [{ "name": "smmu", "type": "smmuv3" }], "pci": [{ "name": "p", "iommu": [{ "to": ';
    const items = completionsAt(workspace.update(URI, 2, broken), { line: 0, character: broken.length }, PLAIN);
    assert.deepEqual(items.map((item) => item.label), ["smmu"]);
  });

  it("offers names like any other", () => {
    const marked = '{ "platform": "board", "devices": [{ "name": "__proto__", "base": "0x0", "size": "4K" }, { "name": "x", "in": "|" }] }';
    assert.deepEqual(offered(marked).map((item) => item.label), ["__proto__", "x"]);
  });

  it("keeps a $ from being read as a place for the cursor", () => {
    const item = offered("{ | }", true).find((one) => one.label === "$schema");
    assert.equal((item?.textEdit as TextEdit).newText, '"\\$schema": "$1"');
  });

  it("anywhere in a document, whole or cut off there, replaces only what is on the cursor's line", () => {
    for (let offset = 0; offset <= everything.length; offset += 31) {
      for (const text of [everything, everything.slice(0, offset)]) {
        const snapshot = new Workspace().update(URI, 1, text);
        const position = snapshot.checked.source.position(offset);
        for (const item of completionsAt(snapshot, position, { ...PLAIN, snippets: true, labelDetails: true })) {
          const { start, end } = (item.textEdit as TextEdit).range;
          assert.ok(start.line === position.line && end.line === position.line && start.character <= position.character && position.character <= end.character, `${offset}: ${item.label}`);
        }
      }
    }
  });
});

function offered(marked: string, snippets = false): CompletionItem[] {
  const { text, offset } = split(marked);
  const snapshot = new Workspace().update(URI, 1, text);
  const items = completionsAt(snapshot, snapshot.checked.source.position(offset), { ...PLAIN, snippets });
  return items.toSorted((a, b) => (a.sortText ?? "").localeCompare(b.sortText ?? ""));
}

function split(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf("|");
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
