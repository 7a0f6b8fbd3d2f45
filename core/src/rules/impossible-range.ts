// A range that holds nothing, ends before it begins, or passes the top of the 64-bit space.
import { ADDRESS_LIMIT } from "../address";
import type { Anchor } from "../anchor";
import { keyOf, parentOf, under } from "../anchor";
import type { Edit, Fix } from "../finding";
import { printAddress, printSize } from "../print";
import type { Problem, RangeFault } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

interface ImpossibleRange extends Pick<Problem<"impossible-range">, "size" | "last"> {
  readonly fault: RangeFault;
  /** Absent for a reservation that is placed at boot. */
  readonly base: bigint | undefined;
}

export const impossibleRange = defineTextRule<ImpossibleRange>({
  id: "impossible-range",
  catalogue: "MAP004",
  severity: "error",
  since: "0.1.0",
  summary: "A range is empty, ends before it begins, or passes the end of the 64-bit space.",
  why: `No decoder can be set to such a range, so the entry occupies nothing and nothing can be checked against it. Two ends are swapped, or a
size stands where the last address belongs. Ends are inclusive in this language: a range that ends where the next one begins is a
byte too long.`,
  sources: ["domain.md, section 1.5", "language.md, Values: Range"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "sram", "range": "0x2000_0000-0x1000_0000" }],
  //                                     ^^^^^^^^^^^^^^^^^^^^^^^^^ error: the range ends at 0x1000_0000, before it begins at 0x2000_0000
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "sram", "range": "0x1000_0000-0x1fff_ffff" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "sram", "base": "0x4000_0000", "last": "0x000f_ffff" },
    //                                               ^^^^^^^^^^^^^ error: the range ends at 0xf_ffff, before it begins at 0x4000_0000
    { "name": "uart0", "base": "0x3000_0000", "size": "0" },
    //                                                ^^^ error: the size is 0: nothing lies at 0x3000_0000
    { "name": "uart1", "base": "0xffff_ffff_ffff_0000", "size": "128K" },
    //                                                          ^^^^^^ error: 128 KiB from 0xffff_ffff_ffff_0000 pass the end of the 64-bit space by 64 KiB
  ],
  "reserved": [{ "name": "cma", "size": "0", "type": "dma-pool" }],
  //                                    ^^^ error: the size is 0: this holds nothing
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "sram", "base": "0x4000_0000", "last": "0x400f_ffff" },
    { "name": "uart0", "base": "0x3000_0000", "size": "0" },
    { "name": "uart1", "base": "0xffff_ffff_ffff_0000", "size": "128K" },
  ],
  "reserved": [{ "name": "cma", "size": "0", "type": "dma-pool" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x2000_0000", "last": "0x10_0000" }],
  //                                                           ^^^^^^^^^^^ error: the range ends at 0x10_0000, before it begins at 0x2000_0000
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "sram", "base": "0x2000_0000", "size": "0x10_0000" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "scratch", "range": "0x1000_0000-0x1000_0000" },
    { "name": "top", "base": "0xffff_ffff_ffff_0000", "size": "64K" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("impossible-range")) yield { at: problem.at, data: problem };
  },
  message,
  fix({ at, data: { base, last } }) {
    return isTextSpan(at) || base === undefined || last === undefined ? [] : repairs(at, base, last);
  },
});

function message({ fault, base, size, last }: ImpossibleRange): string {
  if (base === undefined) return "the size is 0: this holds nothing";
  if (fault === "zero-size") return `the size is 0: nothing lies at ${printAddress(base)}`;
  if (fault === "end-before-base") return `the range ends at ${printAddress(last ?? 0n)}, before it begins at ${printAddress(base)}`;
  const bytes = size ?? 0n;
  return `${printSize(bytes)} from ${printAddress(base)} pass the end of the 64-bit space by ${printSize(base + bytes - ADDRESS_LIMIT)}`;
}

/** What the author may have meant by an end below the base: a size, an end counted from the base, or the two ends the other way round. */
function repairs(at: Anchor, base: bigint, last: bigint): Fix[] {
  const isText = at.path.at(-1) !== "last";
  const fixes: Fix[] = [];
  if (isPageAligned(last) && last > 0n && !isText) {
    fixes.push({ title: `Read ${printAddress(last)} as the size`, edits: [{ op: "rename", at: keyOf(at), key: "size" }] });
  }
  const endFromBase = base + last;
  if (isPageAligned(base) && isPageAligned(last + 1n) && endFromBase < ADDRESS_LIMIT) {
    fixes.push({ title: `Let the range end at ${printAddress(endFromBase)}`, edits: edits(at, isText, base, endFromBase, false) });
  }
  if (isPageAligned(last)) {
    const end = isPageAligned(base) ? base - 1n : base;
    fixes.push({ title: `Swap the two ends: ${printEnds(last, end)}`, edits: edits(at, isText, last, end, true) });
  }
  return fixes;
}

/** Writes both ends, in the form in which the entry has them. The key of the base is `bus` in the window of a bridge. */
function edits(at: Anchor, isText: boolean, first: bigint, last: bigint, movesBase: boolean): Edit[] {
  if (isText) return [{ op: "replace", at, value: { json: printEnds(first, last) } }];
  const base = under(parentOf(at), at.path.at(-3) === "windows" ? "bus" : "base");
  const end: Edit = { op: "replace", at, value: { address: last } };
  return movesBase ? [{ op: "replace", at: base, value: { address: first } }, end] : [end];
}

function printEnds(first: bigint, last: bigint): string {
  return `${printAddress(first)}-${printAddress(last)}`;
}

/** To 4 KiB, the smallest page. */
function isPageAligned(value: bigint): boolean {
  return (value & 0xfffn) === 0n;
}
