// The file is larger, or more entangled, than Platmap looks at whole.
import { under } from "../anchor";
import { Plan } from "../plan/plan";
import { defineTextRule } from "../rule";

/** More ranges in one map are looked at, and a finding says that it may take long. */
const RANGES = 100_000;

export const beyondLimit = defineTextRule<string>({
  id: "beyond-limit",
  severity: "warning",
  since: "0.1.0",
  summary: "A limit was reached, so a part was not looked at.",
  why: `Platmap answers in bounded time for any text. A file beyond its limits is checked as far as they reach, and this finding says that
the silence of the other rules proves nothing about the rest.

Of ranges that share addresses, 1000 pairs and sixteen more for each range are looked at in one map. Real machines have two or three
a range; many more mean that one range was written over and over. Of overlaps that are mistakes, the first 10,000 of a file are found.

A map of more than 100,000 ranges and a file of more than 16 MiB are looked at whole, but slowly: Platmap is made for less. Of syntax
errors, the first 999 are listed. What is nested more than 256 deep is a syntax error of its own.`,
  sources: ["quality.md, Reliability and security"],
  bad: [
    {
      text: `{
  "platform": "board",
  //          ^^^^^^^ warning: too many ranges of the physical map share addresses: not every overlap was looked at
  "devices": [
    { "name": "block0", "base": "0x1000_0000", "size": "64K" },
${nested(1, 70)}
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "block0", "base": "0x1000_0000", "size": "64K" },
${nested(1, 40)}
  ],
}`,
  ],
  *check(plan) {
    for (const { at, message } of plan.problemsOf("limit")) yield { at, data: message };
    if (!(plan instanceof Plan)) return;
    for (const { occupants, title } of [plan.physical, ...(plan.platform.pci ?? []).flatMap((bridge) => [plan.busMemory(bridge), plan.busIo(bridge)])]) {
      if (occupants.length <= RANGES) continue;
      const [first] = occupants.filter((one) => one.order >= RANGES).sort((a, b) => a.order - b.order);
      if (first) yield { at: first.entry, data: `${title} has ${occupants.length} ranges: Platmap is made for ${RANGES} and may be slow` };
    }
    for (const title of plan.overlaps.truncated) {
      const data = `too many ranges of ${title} share addresses: not every overlap was looked at`;
      yield { at: under(plan.platform.anchor, "platform"), data };
    }
  },
  message: (message) => message,
});

/** Lines of an example: each device is a part of the one before it, so that all of them share their addresses legally. */
function nested(from: number, to: number): string {
  const lines: string[] = [];
  for (let i = from; i < to; i++) lines.push(`    { "name": "block${i}", "base": "0x1000_0000", "size": "64K", "in": "block${i - 1}" },`);
  return lines.join("\n");
}
