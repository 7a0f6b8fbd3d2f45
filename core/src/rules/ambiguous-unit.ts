// A size in KB, MB or GB: powers of 1000 to some, of 1024 to others.
import type { Edit } from "../finding";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const ambiguousUnit = defineTextRule<Problem<"ambiguous-unit">>({
  id: "ambiguous-unit",
  catalogue: "SYN002",
  severity: "warning",
  since: "0.1.0",
  summary: "A unit means a power of 1000 to some and a power of 1024 to others.",
  why: `The two readings of \`KB\` are 2 % apart, those of \`GB\` 7 %: enough for two neighbours to overlap. Platmap reads powers of 1024, the
next reader of the file may not. \`K\`, \`M\`, \`G\` and \`KiB\`, \`MiB\`, \`GiB\` always mean powers of 1024 here.`,
  sources: ["IEC 80000-13, binary prefixes", "language.md, Values: Size"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x1000_0000", "size": "64KB" }],
  //                                                           ^^^^^^ warning: 64KB may mean 64000 bytes; it is read as 64KiB
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x1000_0000", "size": "64KiB" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "sram0", "base": "0x1000_0000", "size": "64K" },
    { "name": "sram1", "base": "0x1001_0000", "size": "64 KiB" },
    { "name": "sram2", "base": "0x1002_0000", "size": "65536" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("ambiguous-unit")) yield { at: problem.at, data: problem };
  },
  message: ({ text }) => `${text} may mean ${decimalBytes(text)} bytes; it is read as ${binary(text)}`,
  fix({ data: { at, text } }) {
    const edit: Edit = isTextSpan(at) ? { op: "text", at, text: binary(text) } : { op: "replace", at, value: { json: binary(text) } };
    return [{ title: `Write ${binary(text)}`, edits: [edit] }];
  },
});

/** The same number with the unit that has one meaning. */
function binary(text: string): string {
  return text.replace(/([a-z])b$/i, (_, unit: string) => `${unit.toUpperCase()}iB`);
}

function decimalBytes(text: string): bigint {
  const [, digits = "0", unit = "K"] = /^([0-9_]+)\s*([a-z])/i.exec(text) ?? [];
  return BigInt(digits.replaceAll("_", "")) * 1000n ** BigInt("KMGTPE".indexOf(unit.toUpperCase()) + 1);
}
