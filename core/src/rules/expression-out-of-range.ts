// An expression that comes to less than 0, or to more than 64 bits hold.
import { printAddress } from "../print";
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const expressionOutOfRange = defineTextRule<Problem<"expression-out-of-range">>({
  id: "expression-out-of-range",
  severity: "error",
  since: "0.2.0",
  summary: "An expression comes to a value that no address or size can have.",
  why: `Expressions are worked out exactly, and only what they come to in the end must fit: an address from 0 to 2^64 − 1, a size to 2^64. Nothing wraps
around: a value below 0 or beyond 64 bits is a mistake in what was taken from what.`,
  sources: ["language.md, Values: Expression"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "bl31", "base": "dram0.base - 4G", "size": "2M", "type": "secure", "noMap": true },
    //                         ^^^^^^^^^^^^^^^ error: this comes to -0x8000_0000, and no address is below 0
    { "name": "optee", "base": "dram0.base * 0x1_0000_0000 * 2", "size": "2M", "type": "secure", "noMap": true },
    //                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: this comes to 0x1_0000_0000_0000_0000, and no address is beyond 0xffff_ffff_ffff_ffff
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "2G" }],
  "devices": [{ "name": "top", "base": "16E - 64K", "size": "64K" }],
  "reserved": [{ "name": "bl31", "base": "dram0.base - 4G + 5G", "size": "2M", "type": "secure", "noMap": true }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("expression-out-of-range")) yield { at: problem.at, data: problem };
  },
  message({ value, unit }) {
    const said = value < 0n ? `-${printAddress(-value)}` : printAddress(value);
    const limit = value < 0n ? "below 0" : unit === "address" ? "beyond 0xffff_ffff_ffff_ffff" : "beyond 2^64";
    return `this comes to ${said}, and no ${unit} is ${limit}`;
  },
});
