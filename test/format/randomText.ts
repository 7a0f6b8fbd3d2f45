// Random documents without syntax faults: any values, any blanks and comments between any two tokens. Knows nothing of how they are laid out.
import fc from "fast-check";

const blank = fc.constantFrom("", "", " ", " ", "  ", "\n", "\n    ", "\n\n", "\n\n\n  ", "\r\n", "\t");
const comment = fc.constantFrom("/* a */", "/* b */", "/* two\n   lines */", "// c\n", "// d\r\n", "//\n", "/**/");
/** What stands between two tokens: mostly blanks alone. */
const gap = fc.oneof(
  { weight: 8, arbitrary: blank },
  { weight: 1, arbitrary: fc.array(fc.oneof(blank, comment), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")) },
);
const leaf = fc.constantFrom('"0x8000_0000"', '"64K"', '"dram0"', '"a // no comment"', "true", "null", "12", "-1.5e3", '"' + "x".repeat(60) + '"', '"\\u0041"');
const key = fc.constantFrom('"name"', '"base"', '"size"', '"devices"', '"a key that is rather long"');

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: "medium" }, { weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: list(tie("value")) }, { weight: 3, arbitrary: object(tie("value")) }),
}));

/** Whole documents: an object, now and then something else. */
export const randomText: fc.Arbitrary<string> = fc.tuple(gap, fc.oneof({ weight: 9, arbitrary: object(value) }, value), gap).map((parts) => parts.join(""));

function list(of: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return members(of, "[", "]");
}

function object(of: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return members(fc.tuple(key, gap, gap, of).map(([name, before, after, one]) => `${name}${before}:${after}${one}`), "{", "}");
}

function members(member: fc.Arbitrary<string>, open: string, close: string): fc.Arbitrary<string> {
  const one = fc.tuple(gap, member, gap).map((parts) => parts.join(""));
  return fc.tuple(fc.array(one, { maxLength: 5 }), gap, fc.boolean()).map(([all, end, comma]) => open + all.join(",") + (comma && all.length > 0 ? "," : "") + end + close);
}
