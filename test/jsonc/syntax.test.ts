// Every kind of syntax error, where it stands, and that what comes after it is still read. Lines with carets stand below what they point at.
import assert from "node:assert/strict";
import { parseJsonc } from "../../server/src/jsonc/parse";
import { Source } from "../../server/src/jsonc/source";
import type { SyntaxTree } from "../../server/src/jsonc/tree";
import { NodeKind } from "../../server/src/jsonc/tree";
import { fileId } from "../../core/src/index";

const CARETS = /^( *)(\^+) (.*)$/;

const DOCUMENTS: Record<string, string> = {
  "no fault: comments, and commas at the end": `
// before
{
  /* inside */ "platform": "board", // behind
  "memory": [1, 2, /* three */],
} // after`,
  "a comma that is missing between properties": `
{ "a": 1 "b": 2 }
       ^ A comma is missing here`,
  "a comma that is missing at the end of a line": `
{
  "a": 1
       ^ A comma is missing here
  "b": 2
}`,
  "a comma that is missing between elements": `
[1 2]
 ^ A comma is missing here`,
  "two commas": `
[1,, 2]
   ^ A value is missing in front of this comma`,
  "a comma at the beginning": `
{ , "a": 1 }
  ^ A value is missing in front of this comma`,
  "a colon that is missing": `
{ "a" 1, "b": 2 }
  ^^^ A colon is missing after this key`,
  "a value that is missing": `
{ "a":, "b": 2 }
  ^^^ A value is missing after this key`,
  "a key alone": `
{ "a", "b": 2 }
  ^^^ A value is missing after this key`,
  "a value that is missing before the next line's key": `
{
  "a":
  ^^^ A value is missing after this key
  "b": 2
}`,
  "a key without quotes": `
{ a: 1, "b": 2 }
  ^ Expected a key in double quotes`,
  "a key in single quotes": `
{ 'a': 1, "b": 2 }
  ^^^ Expected a key in double quotes`,
  "an address without quotes": `
{ "a": 0x1000, "b": 2 }
        ^^^^^ Expected a key in double quotes`,
  "a word that is none": `
[1, nothing, 2]
    ^^^^^^^ Expected a value here`,
  "a number that is not finished": `
[1., 2]
 ^^ This number is not finished`,
  "a brace that is never closed": `
{ "a": [1, 2], "b": 2
^ This { is never closed: a } is missing`,
  "a bracket that is never closed": `
{ "a": [1, 2, "b": 2 }
       ^ This [ is never closed: a ] is missing
                 ^ Expected a value here`,
  "a bracket that closes a brace": `
{ "a": 1 ]
^ This { is never closed: a } is missing
         ^ The file goes on after its end`,
  "a text that is never closed": `
{ "a": "board,
       ^^^^^^^ This text is never closed: a double quote is missing
  "b": 2 }`,
  "a comment that is never closed": `
{ "a": 1 } /* and so on
           ^^^^^^^^^^^^ This comment is never closed: */ is missing`,
  "an escape that JSON does not have": `
["C:\\dram", 2]
 ^^^^^^^^^ This escape is not one of JSON's: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX`,
  "an escape with too few digits": `
["\\u12", 2]
 ^^^^^^ \\u needs four hexadecimal digits`,
  "a tab in a text": `
["a	b", 2]
 ^^^^^ A text cannot hold a raw control character`,
  "text behind the end": `
{ "a": 1 } { "b": 2 }
           ^^^^^^^^^^ The file goes on after its end`,
  "text in front of the beginning": `
board { "b": 2 }
^^^^^ Expected a value here`,
};

describe("a syntax error", () => {
  for (const [title, document] of Object.entries(DOCUMENTS)) {
    it(title, () => {
      const { text, expected } = split(document.slice(1));
      assert.deepEqual(faultsOf(text), expected);
    });
  }

  it("in a file that is empty, or holds comments only", () => {
    for (const text of ["", " \n", "// nothing\n", "/* nothing */"]) assert.deepEqual(parseJsonc(text).faults.map((fault) => fault.message), ['The file is empty: it holds one object, { … }'], text);
  });

  it("does not stop the reading: what stands behind it is there", () => {
    const behind: Record<string, string> = { '{ "a": 1 "b": 2 }': "a b", '{ "a" 1, "b": 2 }': "a b", '{ "a":, "b": 2 }': "a b", '{ a: 1, "b": 2 }': "b", '{ "a": [1, 2 "b": 2 }': "a", '{ "a": {, "b": 2 }': "a", '{ "a": "x\n  "b": 2 }': "a b" };
    for (const [text, keys] of Object.entries(behind)) assert.equal(keysOf(parseJsonc(text)), keys, text);
  });

  it("is reported once a thousand times at most", () => {
    assert.equal(parseJsonc(`[${"?,".repeat(5000)}]`).faults.length, 1000);
  });
});

describe("nesting", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;

  it("is read 256 deep", () => {
    const tree = parseJsonc(nested(256));
    assert.deepEqual(tree.faults, []);
    assert.equal(tree.size, 257);
  });

  it("is passed over at 257, with the one fault where it begins, and goes on behind", () => {
    const tree = parseJsonc(`[${nested(256)}, true]`);
    assert.deepEqual(tree.faults, [{ start: 256, end: 257, message: "Nested more than 256 deep: what is inside is not read" }]);
    assert.equal(tree.kind(tree.size - 1), NodeKind.True);
  });

  it("of objects counts like that of lists", () => {
    const objects = (depth: number): string => `${'{ "a": '.repeat(depth)}1${" }".repeat(depth)}`;
    assert.deepEqual(parseJsonc(objects(256)).faults, []);
    assert.deepEqual(parseJsonc(objects(257)).faults.map((fault) => fault.message), ["Nested more than 256 deep: what is inside is not read"]);
  });

  it("is bounded, however deep, closed or not", () => {
    for (const text of [nested(300_000), "[".repeat(300_000), "]".repeat(300_000), '{"a":'.repeat(100_000)]) assert.ok(parseJsonc(text).faults.length > 0);
  });
});

function split(document: string): { text: string; expected: string[] } {
  const lines: string[] = [];
  const expected: string[] = [];
  for (const line of document.split("\n")) {
    const carets = CARETS.exec(line);
    if (carets) expected.push(`${lines.length}:${carets[1]?.length}-${(carets[1]?.length ?? 0) + (carets[2]?.length ?? 0)} ${carets[3]}`);
    else lines.push(line);
  }
  return { text: lines.join("\n"), expected: expected.sort() };
}

function faultsOf(text: string): string[] {
  const source = new Source(fileId("board.platform.jsonc"), text);
  return source.tree.faults.map(({ start, end, message }) => {
    const [from, to] = [source.position(start), source.position(end)];
    assert.equal(from.line, to.line, message);
    return `${from.line + 1}:${from.character}-${to.character} ${message}`;
  }).sort();
}

function keysOf(tree: SyntaxTree): string {
  return [...tree.children(tree.root)].map((child) => tree.string(child)).join(" ");
}
