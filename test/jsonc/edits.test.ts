// Edits on random documents, written in all the ways that people write them: the text after an edit says what the edit says and nothing else,
// every comment is still there, and line ends are of the kind that they were. What the text says is read by jsonc-parser.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, type ParseError } from "jsonc-parser";
import type { Anchor, Edit, Json, Path } from "../../core/src/index";
import { fileId, jsonPointer } from "../../core/src/index";
import { applyTextEdits, textEdits } from "../../server/src/jsonc/edit";
import { Source } from "../../server/src/jsonc/source";
import { forAll } from "../core/repeatable";

const FILE = fileId("board.platform.jsonc");

/** A value whose text is built from choices: what stands between two tokens, and whether a comma ends a list. */
interface Written {
  readonly value: Json;
  readonly text: string;
}
type Gaps = () => string;

const key = fc.constantFrom("name", "base", "size", "type", "in", "devices", "__x", "a b", "ä", "\u{1f600}", "q\"");
const scalar = fc.constantFrom<Json>("0x1000", "64K", "dram", "", "a // b", "/* c */", 'q"', 1, -0.5, true, null);
const value = fc.letrec<{ value: Json; list: Json[]; object: Record<string, Json> }>((tie) => ({
  value: fc.oneof({ depthSize: "small", maxDepth: 3 }, scalar, tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
})).object.map((one) => ({ ...one }));
const gapKinds = fc.array(fc.constantFrom("", "", " ", "  ", "\t", "\n", "\n  ", "\n\n    ", "/**/", " /**/ ", "//\n", " //\n  ", "\n  //\n  "), { minLength: 5, maxLength: 40 });
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const document = fc.tuple(value, gapKinds, lineEnd, fc.boolean()).map(([one, gaps, end, trailing]) => write(one, gapsOf(gaps, end), trailing));

describe("an edit", () => {
  it("that replaces a value changes that value", () => {
    forAll([document, fc.nat(), scalar], (written, pick, next) => {
      const path = picked(pathsOf(written.value), pick);
      assertEdit(written, { op: "replace", at: at(path), value: { json: next } }, replaceAt(written.value, path, () => next));
    });
  });

  it("that removes a member takes it and one comma", () => {
    forAll([document, fc.nat()], (written, pick) => {
      const path = picked(pathsOf(written.value).filter((one) => one.length > 0), pick);
      if (path.length === 0) return;
      assertEdit(written, { op: "remove", at: at(path) }, removeAt(written.value, path));
    });
  });

  it("that adds a key puts it behind another one, or at the end", () => {
    forAll([document, fc.nat(), scalar, fc.option(key, { nil: undefined })], (written, pick, next, after) => {
      const path = picked(pathsOf(written.value).filter((one) => isObject(valueAt(written.value, one))), pick);
      const edit: Edit = { op: "add", to: at(path), key: "new", value: { json: next }, ...(after !== undefined && { after }) };
      assertEdit(written, edit, replaceAt(written.value, path, (old) => addedTo(old as Record<string, Json>, next, after)));
    });
  });

  it("that inserts an element puts it behind another one, or first", () => {
    forAll([document, fc.nat(), scalar, fc.integer({ min: -1, max: 5 })], (written, pick, next, behind) => {
      const lists = pathsOf(written.value).filter((one) => Array.isArray(valueAt(written.value, one)));
      if (lists.length === 0) return;
      const path = picked(lists, pick);
      const edit: Edit = { op: "insert", to: at(path), behind, value: { json: next } };
      assertEdit(written, edit, replaceAt(written.value, path, (old) => insertedInto(old as Json[], next, behind)));
    });
  });

  it("that renames a key keeps its value and its place", () => {
    forAll([document, fc.nat()], (written, pick) => {
      const paths = pathsOf(written.value).filter((one) => typeof one.at(-1) === "string");
      if (paths.length === 0) return;
      const path = picked(paths, pick);
      const renamed = (old: Json): Json => Object.fromEntries(Object.entries(old as Record<string, Json>).map(([name, one]) => [name === path.at(-1) ? "new" : name, one]));
      assertEdit(written, { op: "rename", at: at(path), key: "new" }, replaceAt(written.value, path.slice(0, -1), renamed));
    });
  });

  it("of a place that is not there is none", () => {
    const source = new Source(FILE, `{ "memory": [{ "name": "dram" }] }`);
    const edits: Edit[] = [
      { op: "replace", at: at(["memory", 1]), value: { json: 1 } },
      { op: "remove", at: at(["devices"]) },
      { op: "rename", at: at(["memory", 0]), key: "x" },
      { op: "add", to: at(["memory"]), key: "x", value: { json: 1 } },
      { op: "insert", to: at(["memory", 0]), behind: 0, value: { json: 1 } },
    ];
    for (const edit of edits) assert.equal(textEdits(source, [edit]), undefined, edit.op);
  });

  it("of a stretch that another edit of the same fix changes is none", () => {
    const source = new Source(FILE, `{ "memory": [{ "name": "dram" }] }`);
    const edits: Edit[] = [{ op: "replace", at: at(["memory", 0]), value: { json: 1 } }, { op: "replace", at: at(["memory", 0, "name"]), value: { json: 2 } }];
    assert.equal(textEdits(source, edits), undefined);
  });
});

describe("several edits of one fix", () => {
  it("that add and remove in one object go together", () => {
    const text = `{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3 // three\n}`;
    const source = new Source(FILE, text);
    const edits = textEdits(source, [
      { op: "remove", at: at(["c"]) }, { op: "add", to: at([]), key: "d", value: { json: 4 }, after: "a" }, { op: "add", to: at([]), key: "e", value: { json: 5 }, after: "a" }, { op: "replace", at: at(["b"]), value: { json: 6 } },
    ]);
    assert.ok(edits);
    assert.deepEqual(read(applyTextEdits(text, edits)), { a: 1, d: 4, e: 5, b: 6 });
  });

  it("that replace all values of a list", () => {
    forAll([document], (written) => {
      const leaves = pathsOf(written.value).filter((path) => typeof valueAt(written.value, path) !== "object");
      const source = new Source(FILE, written.text);
      const edits = textEdits(source, leaves.map((path) => ({ op: "replace", at: at(path), value: { json: jsonPointer(path) } })));
      assert.ok(edits);
      const expected = leaves.reduce((json, path) => replaceAt(json, path, () => jsonPointer(path)), written.value);
      assert.equal(JSON.stringify(read(applyTextEdits(written.text, edits))), JSON.stringify(expected));
    });
  });
});

describe("a number that is replaced", () => {
  const addresses: Record<string, string> = {
    "0x8000_0000": "0x12_3456_abcd",
    "0x80000000": "0x123456abcd",
    "0x8000_ABCD": "0x12_3456_ABCD",
    "0xABCDEF00": "0x123456ABCD",
    "0x00_8000_0000": "0x12_3456_abcd",
    "0x0000_0000_8000_0000": "0x0000_0012_3456_abcd",
    "0x0000000080000000": "0x000000123456abcd",
    "0x0": "0x12_3456_abcd",
    "2147483648": "0x12_3456_abcd",
  };
  for (const [old, next] of Object.entries(addresses)) it(`keeps its style: ${old} → ${next}`, () => assert.equal(replaced(old, { address: 0x12_3456_abcdn }), next));

  const sizes: Record<string, string> = { "64K": "96M", "1G": "96M", "64KiB": "96MiB", "64 KiB": "96MiB", "0x1_0000": "0x600_0000", "0x10000": "0x6000000", "0X00010000": "0x06000000", "65536": "96M", "64KB": "96M" };
  for (const [old, next] of Object.entries(sizes)) it(`keeps its unit: ${old} → ${next}`, () => assert.equal(replaced(old, { size: 96n << 20n }), next));

  it("is hexadecimal where the new size has no unit", () => {
    assert.equal(replaced("64K", { size: 0x1234n }), "0x1234");
    assert.equal(replaced("64KiB", { size: 0x1_2345n }), "0x1_2345");
  });

  it("that was a JSON number becomes a text", () => {
    const source = new Source(FILE, `{ "base": 4096 }`);
    assert.deepEqual(textEdits(source, [{ op: "replace", at: at(["base"]), value: { address: 0x2_0000n } }]), [{ start: 10, end: 14, text: '"0x2_0000"' }]);
  });
});

describe("a member that is added or removed", () => {
  const layouts: readonly (readonly [what: string, before: string, edit: Edit, after: string])[] = [
    ["on lines of their own", `{\n  "a": 1,\n  "b": 2\n}`, { op: "add", to: at([]), key: "c", value: { json: 3 } }, `{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}`],
    ["with commas at the end", `{\n\t"a": 1,\n\t"b": 2,\n}`, { op: "add", to: at([]), key: "c", value: { json: 3 }, after: "a" }, `{\n\t"a": 1,\n\t"c": 3,\n\t"b": 2,\n}`],
    ["behind the comment of the one before", `{\n  "a": 1, // one\n}`, { op: "add", to: at([]), key: "b", value: { json: 2 } }, `{\n  "a": 1, // one\n  "b": 2\n}`],
    ["on one line", `{ "a": 1, "b": 2 }`, { op: "add", to: at([]), key: "c", value: { json: 3 }, after: "a" }, `{ "a": 1, "c": 3, "b": 2 }`],
    ["in an empty object", `{ "a": {} }`, { op: "add", to: at(["a"]), key: "b", value: { json: [] } }, `{ "a": { "b": [] } }`],
    ["in an empty list", `{ "a": [ ] }`, { op: "insert", to: at(["a"]), behind: -1, value: { json: { b: 1 } } }, `{ "a": [{ "b": 1 }] }`],
    ["with its line", `[\n  1, // one\n  2,\n  3\n]`, { op: "remove", at: at([1]) }, `[\n  1, // one\n  3\n]`],
    ["and leaves the comment beside it", `[\n  1, // one\n  2, // two\n  3\n]`, { op: "remove", at: at([1]) }, `[\n  1, // one\n  // two\n  3\n]`],
    ["in the middle of a line", `[1, 2, 3]`, { op: "remove", at: at([1]) }, `[1, 3]`],
    ["at the end of a line", `{ "a": 1, "b": 2 }`, { op: "remove", at: at(["b"]) }, `{ "a": 1 }`],
    ["that is the only one", `{ "a": [1] }`, { op: "remove", at: at(["a", 0]) }, `{ "a": [] }`],
  ];
  for (const [what, before, edit, after] of layouts) {
    for (const [name, end] of Object.entries({ LF: "\n", CRLF: "\r\n", CR: "\r" })) {
      it(`${what}, ${name}`, () => {
        const text = before.replaceAll("\n", end);
        const edits = textEdits(new Source(FILE, text), [edit]);
        assert.ok(edits);
        assert.equal(applyTextEdits(text, edits), after.replaceAll("\n", end));
      });
    }
  }
});

function assertEdit(written: Written, edit: Edit, expected: Json): void {
  const { text } = written;
  const edits = textEdits(new Source(FILE, text), [edit]);
  assert.ok(edits, `no edit of ${text}`);
  const next = applyTextEdits(text, edits);
  assert.equal(JSON.stringify(read(next)), JSON.stringify(expected), `${JSON.stringify(text)} became ${JSON.stringify(next)}`);
  assert.deepEqual(commentsOf(next), commentsOf(text), `${JSON.stringify(text)} became ${JSON.stringify(next)}`);
  assert.deepEqual(lineEndsOf(next).filter((end) => !lineEndsOf(text).includes(end)).filter(() => lineEndsOf(text).length > 0), [], `${JSON.stringify(text)} became ${JSON.stringify(next)}`);
}

function read(text: string): unknown {
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  assert.deepEqual(errors, [], JSON.stringify(text));
  return json;
}

function commentsOf(text: string): string[] {
  const { comments } = new Source(FILE, text).tree;
  return Array.from({ length: comments.length / 2 }, (_, index) => text.slice(comments[2 * index], comments[2 * index + 1])).sort();
}

function lineEndsOf(text: string): string[] {
  return [...new Set(text.match(/\r\n|\r|\n/g))];
}

function replaced(old: string, next: { address: bigint } | { size: bigint }): string {
  const text = `{ "base": "${old}" }`;
  const edits = textEdits(new Source(FILE, text), [{ op: "replace", at: at(["base"]), value: next }]);
  return (read(applyTextEdits(text, edits ?? [])) as { base: string }).base;
}

/** The gaps in turn, again and again; every comment has a number of its own. */
function gapsOf(kinds: readonly string[], end: string): Gaps {
  let next = 0;
  return () => {
    const number = next++;
    return (kinds[number % kinds.length] ?? "").replace("/**/", `/* ${number} */`).replace("//", `// ${number}`).replaceAll("\n", end);
  };
}

function write(one: Json, gap: Gaps, trailing: boolean): Written {
  return { value: one, text: gap() + print(one, gap, trailing) + gap() };
}

function print(one: Json, gap: Gaps, trailing: boolean): string {
  if (Array.isArray(one)) return `[${members(one.map((element: Json) => () => print(element, gap, trailing)), gap, trailing)}]`;
  if (!isObject(one)) return JSON.stringify(one);
  const properties = Object.entries(one).map(([name, inner]) => () => `${JSON.stringify(name)}${gap()}:${gap()}${print(inner, gap, trailing)}`);
  return `{${members(properties, gap, trailing)}}`;
}

function members(each: readonly (() => string)[], gap: Gaps, trailing: boolean): string {
  const texts = each.map((one, index) => `${gap()}${one()}${gap()}${trailing || index < each.length - 1 ? "," : ""}`);
  return texts.join("") + gap();
}

function at(path: Path): Anchor {
  return { file: FILE, path, part: "value" };
}

function isObject(one: Json | undefined): one is { readonly [key: string]: Json } {
  return typeof one === "object" && one !== null && !Array.isArray(one);
}

function pathsOf(one: Json, path: Path = []): Path[] {
  const inner = Array.isArray(one) ? [...one.entries()] : isObject(one) ? Object.entries(one) : [];
  return [path, ...inner.flatMap(([step, child]: [string | number, Json]) => pathsOf(child, [...path, step]))];
}

function picked(paths: readonly Path[], pick: number): Path {
  return paths[pick % paths.length] ?? [];
}

function valueAt(one: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((inner, step) => (inner as Record<string | number, Json>)[step], one);
}

function replaceAt(one: Json, [step, ...rest]: Path, change: (old: Json) => Json): Json {
  if (step === undefined) return change(one);
  if (Array.isArray(one)) return one.map((element: Json, index) => (index === step ? replaceAt(element, rest, change) : element));
  return Object.fromEntries(Object.entries(one as Record<string, Json>).map(([name, inner]) => [name, name === step ? replaceAt(inner, rest, change) : inner]));
}

function removeAt(one: Json, path: Path): Json {
  const step = path.at(-1);
  return replaceAt(one, path.slice(0, -1), (old) =>
    Array.isArray(old) ? old.filter((_, index) => index !== step) : Object.fromEntries(Object.entries(old as Record<string, Json>).filter(([name]) => name !== step)),
  );
}

function addedTo(old: Record<string, Json>, next: Json, after: string | undefined): Json {
  const entries = Object.entries(old);
  const index = entries.findIndex(([name]) => name === after);
  return Object.fromEntries(entries.toSpliced(index < 0 ? entries.length : index + 1, 0, ["new", next]));
}

function insertedInto(old: readonly Json[], next: Json, behind: number): Json {
  return old.toSpliced(behind < 0 ? 0 : Math.min(behind + 1, old.length), 0, next);
}
