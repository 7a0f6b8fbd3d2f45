// Whatever a text is, it is read without a crash, every finding stands inside it and they come in order.
// What JSON says is held against jsonc-parser's own tree.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, parseTree, type Node as OtherNode, type ParseError } from "jsonc-parser";
import { isTextSpan, rules } from "../../core/src/index";
import { parseJsonc } from "../../server/src/jsonc/parse";
import type { Node, SyntaxTree } from "../../server/src/jsonc/tree";
import { NodeKind } from "../../server/src/jsonc/tree";
import { checkText } from "../../server/src/workspace/check";
import { forAll } from "../core/repeatable";
import { damaged, everything, examples, replaced } from "./texts";

/** In longer texts, prefixes that end inside a word are left out: it takes seconds, and the short texts have them all. */
const LONG = 5000;
const KINDS: Readonly<Record<string, NodeKind>> = { object: NodeKind.Object, array: NodeKind.Array, property: NodeKind.Property, string: NodeKind.String, number: NodeKind.Number, null: NodeKind.Null };

describe("every prefix of a text", () => {
  for (const [file, text] of [...examples, ["everything", everything] as const]) {
    it(`of ${file} is read, and its faults stand inside it`, () => {
      for (let length = 0; length <= text.length; length++) {
        if (text.length > LONG && /[\w ]{2}/.test(text.slice(length - 1, length + 1))) continue;
        const { faults } = parseJsonc(text.slice(0, length));
        if (length < text.trimEnd().length) assert.ok(faults.length > 0, `nothing is said of the first ${length} characters`);
        for (const { start, end } of faults) assert.ok(0 <= start && start <= end && end <= length, `${start}-${end} in ${length}`);
      }
    });

    it(`of ${file} is checked, here and there`, () => {
      for (let length = 0; length <= text.length; length += 61) assertSound(text.slice(0, length));
    });
  }
});

describe("a text with random damage", () => {
  it("to its values and keys is checked without a crash", () => {
    forAll([replaced(everything)], assertSound, 200);
  });

  it("to its signs is checked without a crash", () => {
    forAll([damaged(everything)], assertSound, 400);
  });

  it("of signs alone is checked without a crash", () => {
    const sign = fc.constantFrom(..."{}[],:\"\\/*\n\r\t x01e-.", "true", "null", '"a"', "\ud800", "\u{1f600}");
    forAll([fc.array(sign, { maxLength: 60 })], (signs) => assertSound(signs.join("")), 1000);
  });

  it("is faulty exactly when jsonc-parser says so", () => {
    forAll([damaged(everything)], (text) => {
      const errors: ParseError[] = [];
      parse(text, errors, { allowTrailingComma: true });
      assert.equal(parseJsonc(text).faults.length > 0, errors.length > 0);
    }, 400);
  });
});

describe("a text without faults", () => {
  it("has the tree that jsonc-parser has: kinds, places and texts", () => {
    for (const text of [everything, ...examples.values()]) assertSameTree(text);
  });

  it("of random JSON too", () => {
    forAll([fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), fc.boolean()], (value, space, escaped) => {
      const text = JSON.stringify(value, undefined, space);
      assertSameTree(escaped ? text.replace(/[^\x20-\x7e\n\t]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`) : text);
    });
  });
});

/** No rule crashes; all places are inside the text, and the findings in the order of the text. */
function assertSound(text: string): void {
  const { source, findings, crashed } = checkText("board.platform.jsonc", text);
  assert.deepEqual(crashed.map(({ rule, error }) => `${rule}: ${String(error)}`), []);
  let before = 0;
  for (const finding of findings) {
    for (const place of [finding.at, ...finding.related.map((one) => one.at)]) {
      const { start, end } = source.span(place);
      assert.ok(0 <= start && start <= end && end <= text.length, `${finding.rule}: ${start}-${end} of ${text.length}`);
      if (!isTextSpan(place)) assert.ok(place.path.length === 0 || source.valueAt(place.path.slice(0, -1)) >= 0, `${finding.rule}: nothing is at ${place.path.join("/")}`);
    }
    const { start } = source.span(finding.at);
    assert.ok(start >= before, `${finding.rule} is out of order`);
    assert.ok(rules.some((rule) => rule.id === finding.rule) && finding.message !== "" && !finding.message.includes("undefined"), finding.message);
    before = start;
  }
}

function assertSameTree(text: string): void {
  const tree = parseJsonc(text);
  assert.deepEqual(tree.faults, []);
  const theirs = parseTree(text, [], { allowTrailingComma: true });
  assert.ok(theirs);
  assert.deepEqual(ourPlaces(tree, tree.root), theirPlaces(theirs));
}

function ourPlaces(tree: SyntaxTree, node: Node): unknown {
  const [kind, start, end] = [tree.kind(node), tree.start(node), tree.end(node)];
  const isText = kind === NodeKind.String || kind === NodeKind.Property;
  return [kind, start, end, isText ? tree.string(node) : undefined, [...tree.children(node)].map((child) => ourPlaces(tree, child))];
}

/** Their property spans its value, ours is its key. */
function theirPlaces(node: OtherNode): unknown {
  const kind = KINDS[node.type] ?? (node.value === true ? NodeKind.True : NodeKind.False);
  if (node.type !== "property") return [kind, node.offset, node.offset + node.length, node.type === "string" ? node.value : undefined, (node.children ?? []).map(theirPlaces)];
  const [key, value] = node.children ?? [];
  assert.ok(key && value);
  return [kind, key.offset, key.offset + key.length, key.value, [theirPlaces(value)]];
}
