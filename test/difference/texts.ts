// Two texts to their difference, and a difference to lines that a test can hold. Knows nothing of how differences are worked out.
import assert from "node:assert/strict";
import type { Difference, DifferenceOptions, FilePlan } from "../../core/src/index";
import { describeChange, describeClash, describeGroupChange, differenceOf } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";

export function planOf(text: string, file = "a.platform.jsonc"): FilePlan {
  const { filePlan } = checkText(file, text, { rules: [] });
  assert.ok(filePlan, text);
  return filePlan;
}

export function difference(before: string, after: string, options: DifferenceOptions = {}): Difference {
  return differenceOf(planOf(before), planOf(after, "b.platform.jsonc"), options);
}

/** "moved device uart0: 0x… -> 0x…". */
export function linesOf({ changes, conflicts, groups }: Difference): string[] {
  return [
    ...changes.map((change) => {
      const { kinds, entry, details } = describeChange(change);
      return `${kinds} ${entry}${details.map(({ what, before, after }) => `; ${what === "" ? "" : `${what} `}${before ?? "-"} -> ${after ?? "-"}`).join("")}`;
    }),
    ...conflicts.appeared.map((one) => `new overlap: ${describeClash(one)}`),
    ...conflicts.gone.map((one) => `overlap gone: ${describeClash(one)}`),
    ...groups.changes.map((one) => `groups: ${describeGroupChange(one)}`),
  ];
}
