// A draft's text: rows aligned, long records broken, comments where they belong, and data that cannot leave its place.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { printDraft } from "../../server/src/jsonc/print";
import type { Draft, DraftRecord, DraftValue } from "../../core/src/index";

const record = (values: Readonly<Record<string, DraftValue>>, note?: string): DraftRecord => ({
  kind: "record",
  members: Object.entries(values).map(([key, value]) => ({ key, value })),
  ...(note !== undefined && { note }),
});
const list = (...values: readonly DraftValue[]): DraftValue => ({
  kind: "list",
  items: values.map((value) => ({ value })),
});
const print = (values: Readonly<Record<string, DraftValue>>, comment: readonly string[] = []): string =>
  printDraft({ comment, root: record(values) });

describe("printing a draft", () => {
  it("puts short records on a line each, their columns aligned, notes behind them", () => {
    const rows = list(
      record({ name: "ram0", base: "0x1000", size: "632K" }, "cut"),
      record({ name: "crash-log", base: "0x10_0000", size: "1G", type: "ram" }),
    );
    assert.equal(
      print({ platform: "a", memory: rows }),
      [
        "{",
        '  "platform": "a",',
        '  "memory": [',
        '    { "name": "ram0",      "base": "0x1000",    "size": "632K" }, // cut',
        '    { "name": "crash-log", "base": "0x10_0000", "size": "1G",   "type": "ram" }',
        "  ]",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("breaks a record that is too long, plain values sharing lines", () => {
    const long = record({
      name: "n".repeat(50),
      description: "d".repeat(60),
      on: true,
      count: 3,
      list: list(record({ a: 1 }), record({ a: 2 })),
    });
    assert.equal(
      print({ devices: list(long) }),
      [
        "{",
        '  "devices": [',
        "    {",
        `      "name": "${"n".repeat(50)}",`,
        `      "description": "${"d".repeat(60)}", "on": true, "count": 3,`,
        '      "list": [',
        '        { "a": 1 },',
        '        { "a": 2 }',
        "      ]",
        "    }",
        "  ]",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("gives a commented member a blank line before it, and wraps the comment", () => {
    const draft: Draft = {
      comment: ["head"],
      root: {
        kind: "record",
        members: [
          { key: "a", value: 1 },
          { key: "b", value: 2, comment: ["word ".repeat(40)] },
        ],
      },
    };
    const lines = printDraft(draft).split("\n");
    assert.deepEqual(lines.slice(0, 5), ["// head", "{", '  "a": 1,', "", `  // ${"word ".repeat(23).trim()}`]);
    assert.ok(lines.every((line) => line.length <= 120));
  });

  it("keeps any value as it was", () => {
    const value = fc.letrec<{ value: DraftValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "binary" }),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 4 }).map((values) => list(...values)),
        fc
          .dictionary(
            fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
            tie("value"),
            { maxKeys: 4 },
          )
          .map((values) => record(values)),
      ),
    })).value;
    const plain = (of: DraftValue): unknown =>
      typeof of !== "object"
        ? of
        : of.kind === "list"
          ? of.items.map((item) => plain(item.value))
          : Object.fromEntries(of.members.map((member) => [member.key, plain(member.value)]));
    fc.assert(
      fc.property(value, fc.string({ unit: "binary" }), (of, comment) => {
        assert.deepEqual(parse(print({ value: of }, [comment])), plain(record({ value: of })));
      }),
    );
  });

  it("lets no comment end early, and no text turn its direction", () => {
    const nasty = "x\n} \u2028 y \u202e z */ \u0000 \u001b[31m";
    const text = print({ a: list(record({ b: nasty }, nasty)) }, [nasty]);
    assert.deepEqual(parse(text), { a: [{ b: nasty }] });
    assert.doesNotMatch(text, /[\u2028\u202e\u0000\u001b]/);
  });

  it("lets nobody write a waiver into a comment", () => {
    assert.doesNotMatch(print({ a: 1 }, ["platmap allow overlapping-regions: trust me"]), /platmap\s+allow/);
  });
});
