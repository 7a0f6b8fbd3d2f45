// Expressions as text: what they come to, against arithmetic done beside them, and what is said of those that cannot be read, with the exact place.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ReferenceTerm } from "../../core/src/index";
import { evaluate, EXPRESSION_DEPTH_LIMIT, EXPRESSION_LIMIT, looksLikeExpression, parseAddress, parseExpression, parseSize } from "../../core/src/index";
import { forAll } from "./repeatable";

const VALUES: Readonly<Record<string, bigint>> = { "dram0.base": 0x8000_0000n, "dram0.size": 0x4000_0000n, "dram0.last": 0xbfff_ffffn, "dram0.next": 0xc000_0000n, "a-b.c.base": 0x1001n };
const valueOf = ({ name, property }: ReferenceTerm): bigint | undefined => VALUES[`${name}.${property}`];

describe("an expression", () => {
  const worth: readonly (readonly [text: string, value: bigint])[] = [
    ["dram0.base + 16M", 0x8100_0000n],
    ["dram0.next - 32M", 0xbe00_0000n],
    ["dram0.last", 0xbfff_ffffn],
    ["2 + 3 * 4", 14n],
    ["(2 + 3) * 4", 20n],
    ["10 - 4 - 3", 3n],
    ["2 * 3 * 4 - 1", 23n],
    ["align(dram0.last, 2M)", 0xc000_0000n],
    ["align(a-b.c.base, 4K)", 0x2000n],
    ["alignDown(a-b.c.base, 4K)", 0x1000n],
    ["align(0x3000, 4KiB)", 0x3000n],
    ["align(0 - 1, 4K)", 0n],
    ["alignDown(0 - 1, 4K)", -4096n],
    ["align(7, 3)", 9n],
    ["min(3, 2, 5) + max(1, 4)", 6n],
    ["max ( align(5, 4) , 3 )", 8n],
    [" 0x8_0000_0000+1_000 ", 0x8_0000_03e8n],
    ["0xffff_ffff_ffff_ffff * 0xffff_ffff_ffff_ffff", 0xffff_ffff_ffff_ffffn ** 2n],
    ["dram0.base - 4G", 0x8000_0000n - 0x1_0000_0000n],
  ];
  for (const [text, value] of worth) {
    it(`"${text}" comes to ${value}`, () => {
      const { root, fault } = parseExpression(text, "address");
      assert.equal(fault, undefined);
      assert.equal(root && evaluate(root, valueOf), value);
    });
  }

  const faults: readonly (readonly [text: string, carets: string, because: string, suggestion?: string])[] = [
    ["dram0.next-32M", "^^^^^^^^^^^^^^", "a minus between two values has blanks around it", "dram0.next - 32M"],
    ["(dram0.next)-32M", "            ^", "a minus between two values has blanks around it", " - "],
    ["32M -4K", "   ^^", "a minus between two values has blanks around it", " - "],
    ["-4K + 1", "^", "a value cannot begin with a minus"],
    ["dram0 + 4K", "^^^^^", "the name dram0 needs one of .base, .size, .last, .next behind it", "dram0.base"],
    ["dram0. + 4K", "^^^^^^", "the name dram0 needs one of .base, .size, .last, .next behind it", "dram0.base"],
    ["dram0.end", "      ^^^", "end is none of base, size, last, next"],
    ["fe00_0000 + 4K", "^^^^^^^^^", "hexadecimal digits need 0x in front", "0xfe00_0000"],
    ["1.5M + 4K", "^^^^", "1.5M is not a number: a size has no fraction", "1536K"],
    ["dram0.base + ", "           ^", "a value is missing at its end"],
    ["dram0.base + * 2", "             ^", "a value is missing in front of *"],
    ["align(dram0.base 2M)", "      ^^^^^^^^^^^^^", "an operator is missing between two values"],
    ["(4K + 4K", "       ^", "a closing parenthesis is missing"],
    ["4K + 4K)", "       ^", "this parenthesis closes nothing"],
    ["4K, 4K", "  ^", "a comma stands between the values of a function only"],
    ["4K / 2", "   ^", "there is no division; write what it comes to"],
    ["4K % 2", "   ^", "% is no operator; there are + - *"],
    ["4K \u{1f600} 2", "   ^^", "\u{1f600} is no operator; there are + - *"],
    ["next(dram0)", "^^^^", "there is no function next; there are align, alignDown, min, max"],
    ["align(1, 2, 3)", "^^^^^^^^^^^^^^", "align has 3 values; it is written align(value, alignment)"],
    ["min()", "^^^^^", "min has 0 values; it is written min(value, value)"],
    ["", "", "there is nothing in it"],
  ];
  for (const [text, carets, because, suggestion] of faults) {
    it(`"${text}": ${because}`, () => {
      const { fault, root } = parseExpression(text, "address");
      assert.equal(root, undefined);
      assert.deepEqual(fault && { carets: " ".repeat(fault.start) + "^".repeat(fault.end - fault.start), because: fault.because, suggestion: fault.suggestion }, { carets, because, suggestion });
    });
  }

  it("that aligns to 0 has its fault at the alignment", () => {
    const { root } = parseExpression("align(4K, 2 - 2)", "size");
    assert.deepEqual(root && evaluate(root, valueOf), { start: 10, end: 15, because: "an alignment is 1 or more, and this is 0" });
  });

  it("is read up to its limits of length and depth, and refused one past them", () => {
    const long = "1 + ".repeat(EXPRESSION_LIMIT / 4 - 1) + "1 +1";
    assert.equal(long.length, EXPRESSION_LIMIT);
    assert.equal(parseExpression(long, "size").fault, undefined);
    assert.equal(parseExpression(`${long} `, "size").fault?.because, `it is longer than ${EXPRESSION_LIMIT} characters`);
    const nested = (depth: number): string => "(".repeat(depth) + "1" + ")".repeat(depth);
    assert.equal(parseExpression(nested(EXPRESSION_DEPTH_LIMIT), "size").fault, undefined);
    assert.equal(parseExpression(nested(EXPRESSION_DEPTH_LIMIT + 1), "size").fault?.because, `it is nested more than ${EXPRESSION_DEPTH_LIMIT} deep`);
  });

  it("comes to what the same arithmetic comes to outside", () => {
    forAll([arithmetic()], ({ text, value }) => {
      const { root, fault } = parseExpression(text, "size");
      assert.equal(fault, undefined, text);
      assert.equal(root && evaluate(root, valueOf), value, text);
    }, 2000);
  });

  it("of any text has no fault outside the text, and never throws", () => {
    forAll([fc.array(fc.constantFrom("(", ")", "+", " - ", "-", "*", "/", ",", "dram0.base", "x.size", "align", "4K", "0x", "zz", " ", "\u{1f600}", ".", "é"), { maxLength: 12 })], (parts) => {
      const text = parts.join("");
      const { root, fault } = parseExpression(text, "address");
      assert.equal(root === undefined, fault !== undefined);
      if (fault) assert.ok(0 <= fault.start && fault.start <= fault.end && fault.end <= text.length, `${text}: ${fault.start}-${fault.end}`);
      if (root) evaluate(root, valueOf);
    }, 3000);
  });
});

describe("what looks like an expression", () => {
  const meant = ["a.base", "a.end", "4K + 4K", "align(1, 2)", "4K - 2", "4K / 2", "x.y", "(1)"];
  const not = ["0x8000_0000", "1c02_0000", "64K", "64 KiB", "1.5M", "0x1000-0x2000", "dram0", "", "all of it", "-4096"];
  for (const text of meant) it(`is "${text}"`, () => assert.equal(looksLikeExpression(text), true));
  for (const text of not) it(`is not "${text}"`, () => assert.equal(looksLikeExpression(text), false));

  it("is no literal of the language", () => {
    forAll([fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.constantFrom("K", "M", "G", "KiB", " MiB", "KB", "")], (value, unit) => {
      for (const text of [`0x${value.toString(16)}`, `${value}${unit}`]) {
        if (typeof parseAddress(text) === "bigint" || typeof parseSize(text) === "bigint") assert.equal(looksLikeExpression(text), false, text);
      }
    }, 500);
  });
});

interface Arithmetic {
  readonly text: string;
  readonly value: bigint;
  /** 0 for a sum, 1 for a product, 2 for what needs no parentheses. */
  readonly rank: number;
}

/** Random expressions with their values, put together from the values' side. */
function arithmetic(): fc.Arbitrary<Arithmetic> {
  const leaf: fc.Arbitrary<Arithmetic> = fc.oneof(
    fc.bigInt({ min: 0n, max: 1n << 40n }).map((value) => ({ text: `0x${value.toString(16)}`, value, rank: 2 })),
    fc.constantFrom(...Object.entries(VALUES)).map(([text, value]) => ({ text, value, rank: 2 })),
    fc.nat(512).map((count) => ({ text: `${count}K`, value: BigInt(count) * 1024n, rank: 2 })),
  );
  const wrapped = (one: Arithmetic, rank: number): string => (one.rank < rank ? `(${one.text})` : one.text);
  const { tree } = fc.letrec<{ tree: Arithmetic }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({ text: `${a.text} + ${wrapped(b, 1)}`, value: a.value + b.value, rank: 0 })),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({ text: `${a.text} - ${wrapped(b, 1)}`, value: a.value - b.value, rank: 0 })),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({ text: `${wrapped(a, 1)}*${wrapped(b, 2)}`, value: a.value * b.value, rank: 1 })),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({ text: `max(${a.text}, ${b.text})`, value: a.value > b.value ? a.value : b.value, rank: 2 })),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({ text: `min(${a.text},${b.text})`, value: a.value < b.value ? a.value : b.value, rank: 2 })),
    ),
  }));
  return tree.filter(({ text }) => text.length <= EXPRESSION_LIMIT);
}
