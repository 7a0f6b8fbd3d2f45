// An address of decimal digits alone: nobody can tell whether hexadecimal was meant.
import type { Fix } from "../finding";
import { printAddress } from "../print";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const unprefixedAddress = defineTextRule<Problem<"unprefixed-address">>({
  id: "unprefixed-address",
  catalogue: "SYN003",
  severity: "warning",
  since: "0.1.0",
  summary: "An address has digits alone, without 0x.",
  why: `Addresses are copied from places that print hexadecimal without a prefix: \`/proc/iomem\`, node names of a device tree, boot logs.
An address that happens to have no letter then reads as a decimal number, and the entry lies somewhere else altogether. Say which one
it is: \`0x\` in front, or the decimal value written in hexadecimal. Until then no other rule looks at the place.`,
  sources: ["language.md, Values: Address; settled readings: SYN003"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "10000000", "size": "4K" }],
  //                                     ^^^^^^^^^^ warning: 10000000 has no 0x in front: it may mean 0x1000_0000 or, as a decimal number, 0x98_9680, so it is not checked
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "range": "0x9000000-9000999" }],
  //                                      ^^^^^^^^^^^^^^^^^^^ warning: 9000999 has no 0x in front: it may mean 0x0900_0999 or, as a decimal number, 0x89_5827, so it is not checked
}`,
    },
    {
      // Neither reading is compared with what is there.
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "80000000", "size": "1G" }],
  //                                   ^^^^^^^^^^ warning: 80000000 has no 0x in front: it may mean 0x8000_0000 or, as a decimal number, 0x04c4_b400, so it is not checked
  "devices": [{ "name": "uart0", "base": "0x04c5_0000", "size": "4K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "rom", "base": "0", "size": "64K" }],
  //                                   ^^^ warning: 0 has no 0x in front
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4096" },
    { "name": "uart1", "range": "0x1000_1000-0x1000_1fff" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unprefixed-address")) yield { at: problem.at, data: problem };
  },
  message({ text }) {
    const [first = text] = text.match(UNPREFIXED) ?? [];
    const readings = `it may mean ${hexadecimal(first)} or, as a decimal number, ${printAddress(decimal(first))}, so it is not checked`;
    return `${first} has no 0x in front${decimal(first) < 10n ? "" : `: ${readings}`}`;
  },
  fix({ data: { at, text } }) {
    if (isTextSpan(at)) return [];
    const readings = [mended(text, hexadecimal), mended(text, (digits) => printAddress(decimal(digits)))];
    return [...new Set(readings)].map((next): Fix => ({ title: `Write ${next}`, edits: [{ op: "replace", at, value: { json: next } }] }));
  },
});

/** An address, or either end of a range, that has digits alone. */
const UNPREFIXED = /(?<![0-9a-zA-Z_])[0-9][0-9_]*(?![0-9a-zA-Z_])/g;

function mended(text: string, mend: (digits: string) => string): string {
  return text.replace(UNPREFIXED, mend);
}

/** The same digits with 0x, in groups unless the author made groups. */
function hexadecimal(digits: string): string {
  return digits.includes("_") ? `0x${digits}` : printAddress(BigInt(`0x${digits}`));
}

function decimal(digits: string): bigint {
  return BigInt(digits.replaceAll("_", ""));
}
