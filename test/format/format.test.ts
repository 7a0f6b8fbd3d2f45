// Formatting: what a document looks like after it, that nothing but blanks changes, and that formatting twice is formatting once.
import assert from "node:assert/strict";
import { parseTree, type Node } from "jsonc-parser";
import { fileId, rules } from "../../core/src/index";
import { formatLines, formatText, indentEdit } from "../../server/src/jsonc/format/format";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { Source } from "../../server/src/jsonc/source";
import { forAll } from "../core/repeatable";
import { everything, examples } from "../jsonc/texts";
import { randomText } from "./randomText";

function formatted(text: string): string {
  const result = formatText(sourceOf(text));
  assert.ok(result !== undefined, `not formatted: ${text}`);
  return result;
}

function sourceOf(text: string): Source {
  return new Source(fileId("a.platform.jsonc"), text);
}

describe("formatting", () => {
  it("gives each entry a line, and aligns the columns of a table", () => {
    const text = `{"platform":"board","arch":"arm64",
"memory":[{"name":"dram","base":"0x8000_0000","size":"1G"},{"name":"dram-high","base":"0x8_8000_0000",
      "size":"6G","node":1}]}`;
    assert.equal(
      formatted(text),
      `{
  "platform": "board", "arch": "arm64",
  "memory": [
    { "name": "dram",      "base": "0x8000_0000",   "size": "1G" },
    { "name": "dram-high", "base": "0x8_8000_0000", "size": "6G", "node": 1 }
  ]
}
`,
    );
  });

  it("aligns only rows that have the same keys so far, and starts anew after an empty line", () => {
    const text = `{ "platform": "board",
  "reserved": [ // all of them
    { "name": "a", "range": "0x0-0xfff", "type": "firmware" },
    { "name": "long-name", "base": "0x1_0000", "size": "64K", "type": "secure" },
    // the next two belong together
    { "name": "bc", "base": "0x100_0000", "size": "4K", "type": "secure" }, // one


    { "name": "longer-name", "range": "0x0-0xfff" },
    { "name": "d", "range": "0x1000-0x1fff" },
  ] }`;
    assert.equal(
      formatted(text),
      `{
  "platform": "board",
  "reserved": [ // all of them
    { "name": "a",         "range": "0x0-0xfff", "type": "firmware" },
    { "name": "long-name", "base": "0x1_0000",   "size": "64K", "type": "secure" },
    // the next two belong together
    { "name": "bc",        "base": "0x100_0000", "size": "4K",  "type": "secure" }, // one

    { "name": "longer-name", "range": "0x0-0xfff" },
    { "name": "d",           "range": "0x1000-0x1fff" },
  ]
}
`,
    );
  });

  it("breaks what does not fit: short values share lines, nested ones have their own", () => {
    const text = `{ "platform": "board", "pci": [{ "name": "pcie0", "segment": 0, "buses": "00-ff", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }, { "type": "io", "bus": "0x0", "size": "64K" }], "msi": "its", "devices": [] }] }`;
    assert.equal(
      formatted(text),
      `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "segment": 0, "buses": "00-ff",
    "windows": [
      { "type": "mem32", "cpu": "0x5000_0000", "size": "128M" },
      { "type": "io",    "bus": "0x0", "size": "64K" }
    ],
    "msi": "its", "devices": []
  }]
}
`,
    );
  });

  it("leaves open what ends with a comma, and joins what does not", () => {
    const text = `{ "platform": "board", "devices": [
    { "name": "a", "base": "0x0",
      "size": "4K" },
    {
      "name": "b", "base": "0x1000", "size": "4K",
    },
  ] }`;
    assert.equal(
      formatted(text),
      `{
  "platform": "board",
  "devices": [
    { "name": "a", "base": "0x0", "size": "4K" },
    {
      "name": "b", "base": "0x1000", "size": "4K",
    },
  ]
}
`,
    );
  });

  it("keeps comments where they belong", () => {
    const text = `/* top */ { // open
 // above
 "platform" /* k */ : /* v */ "board" /* t */, // behind
 "arch": // which
   "arm64" // last
   , /* next */ "pageSize": "4K"
 // under
}  // end
// bottom`;
    assert.equal(
      formatted(text),
      `/* top */
{ // open
  // above
  "platform" /* k */: /* v */ "board" /* t */, // behind
  // which
  "arch": "arm64", // last
  /* next */ "pageSize": "4K"
  // under
} // end
// bottom
`,
    );
  });

  it("keeps the line ends of the document", () => {
    assert.equal(formatted(`{\r\n"platform":"board",\r\n"memory":[]}`), `{\r\n  "platform": "board",\r\n  "memory": []\r\n}\r\n`);
  });

  it("does not touch a text with syntax errors", () => {
    assert.equal(formatText(sourceOf(`{ "platform": }`)), undefined);
  });

  it("of a few lines changes no others", () => {
    const text = `{\n "platform":"board",\n "memory":[ ],\n "devices":[ ]\n}\n`;
    const edits = formatLines(sourceOf(text), 2, 2);
    assert.equal(applyTextEdits(text, edits ?? []), `{\n "platform":"board",\n  "memory": [],\n  "devices":[ ]\n}\n`);
  });

  it("indents a line as deep as its brackets say, in broken text too", () => {
    const text = `{ "memory": [\n{ "name": "a // [",\n]`;
    const indented = [0, 1, 2].map((line) => indentEdit(sourceOf(text), line)?.text);
    assert.deepEqual(indented, [undefined, "    ", "    "]);
  });
});

describe("formatting any document", () => {
  const ruleExamples = rules.flatMap((rule) => [...rule.bad.flatMap((one) => [one.text, ...(one.fixed === undefined ? [] : [one.fixed])]), ...rule.good]);

  it("keeps the values and comments of every example, and twice is once", () => {
    for (const text of [everything, ...examples.values()]) assertKeeps(text);
  });

  it("keeps those of every rule's examples", () => {
    assert.ok(ruleExamples.length > 150, `${ruleExamples.length} texts`);
    for (const text of ruleExamples) if (sourceOf(text).tree.faults.length === 0) assertKeeps(text);
  });

  it("keeps those of random documents with comments anywhere", () => {
    forAll([randomText], assertKeeps, 3000);
  });

  it("writes lines of at most 140 columns where the values let it", () => {
    for (const [name, text] of examples) {
      for (const line of formatted(text).split("\n")) assert.ok(line.replace(/\s*\/\/.*$/, "").length <= 140, `${name}: ${line}`);
    }
  });
});

/** The same tree, the same comments, nothing else but blanks; and again the same text. */
function assertKeeps(text: string): void {
  const once = formatted(text);
  assert.deepEqual(shapeOf(once), shapeOf(text));
  assert.deepEqual(commentsOf(once), commentsOf(text));
  assert.equal(signsOf(once), signsOf(text));
  assert.equal(formatted(once), once, `not the same twice:\n${text}\n---\n${once}`);
}

function commentsOf(text: string): string[] {
  const { comments } = sourceOf(text).tree;
  return Array.from({ length: comments.length / 2 }, (_, index) => text.slice(comments[2 * index], comments[2 * index + 1]));
}

/** Every token but comments, as written. */
function signsOf(text: string): string {
  const { comments } = sourceOf(text).tree;
  let rest = text;
  for (let i = comments.length - 2; i >= 0; i -= 2) rest = rest.slice(0, comments[i]) + " " + rest.slice(comments[i + 1]);
  return (rest.match(/"(?:[^"\\]|\\.)*"|[^\s]/g) ?? []).join("");
}

/** The tree as another parser sees it. */
function shapeOf(text: string): unknown {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const shape = (node: Node): unknown => [node.type, text.slice(node.offset, node.offset + (node.children ? 0 : node.length)), node.children?.map(shape)];
  return root && shape(root);
}
