// Takes pieces out of a memory bank: edits that leave one bank, or two with a name for the second.
// Knows nothing of why a piece is taken out.
import type { AddressRange } from "../address";
import { alignDown, alignUp, lastOf, rangeTo, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { parentOf } from "../anchor";
import type { Edit, Fix, Json } from "../finding";
import type { Memory } from "../platform";
import { printAddress, printRange, printSizeLiteral } from "../print";
import type { Occupant } from "./addressMap";
import { wholeEntry } from "./places";
import { rangeEdits } from "./placement";
import type { Plan } from "./plan";

/** Memory is mapped in pages; this is the smallest that any of the architectures has. */
export const SMALLEST_PAGE = 4096n;

/** The range cut inward to whole pages; undefined when it holds none. */
export function wholePagesOf(range: AddressRange<"pa">): AddressRange<"pa"> | undefined {
  return rangeTo(alignUp(range.base, SMALLEST_PAGE), alignDown(range.end, SMALLEST_PAGE));
}

/**
 * Leaves a bank the pieces (sorted, apart, inside it) and nothing else. The first piece keeps the name; the others become a
 * second bank behind it, or further ranges where the bank has several already. Undefined when there are not two pieces.
 */
export function splitFix(
  plan: Plan,
  bank: Occupant<"pa">,
  pieces: readonly AddressRange<"pa">[],
  around: string,
): Fix | undefined {
  const [first, ...rest] = pieces;
  if (!first || rest.length === 0) return undefined;
  const added = bank.extent.form === "ranges"
    ? insertedBehind(bank.at, rest.map(printRange))
    : insertedBehind(wholeEntry(bank), [secondBank(plan, bank, rest)]);
  return { title: `Split ${bank.name} around ${around}`, edits: [...rangeEdits(bank, first), ...added] };
}

function insertedBehind(element: Anchor, values: readonly Json[]): Edit[] {
  const behind = element.path.at(-1);
  if (typeof behind !== "number") return [];
  return values.map((json) => ({ op: "insert", to: parentOf(element), behind, value: { json } }));
}

function secondBank(plan: Plan, bank: Occupant<"pa">, pieces: readonly AddressRange<"pa">[]): Json {
  const memory = plan.platform.memory?.find((one) => one.name === bank.name);
  return { name: freeName(plan, bank.name), ...placeOf(bank, pieces), ...(memory && sharedFacts(memory)) };
}

/** The lowest of `dram-2`, `dram-3`, … that is not taken. */
function freeName(plan: Plan, name: string): string {
  for (let number = 2; ; number++) {
    const candidate = `${name}-${number}`;
    if (!plan.isNameTaken(candidate)) return candidate;
  }
}

/** A place in the form in which the bank says its own. */
function placeOf(bank: Occupant<"pa">, pieces: readonly AddressRange<"pa">[]): { readonly [key: string]: Json } {
  const [only, ...more] = pieces as [AddressRange<"pa">, ...AddressRange<"pa">[]];
  if (more.length > 0) return { ranges: pieces.map(printRange) };
  if (bank.extent.form === "range") return { range: printRange(only) };
  if (bank.extent.form === "base-last") return { base: printAddress(only.base), last: printAddress(lastOf(only)) };
  return { base: printAddress(only.base), size: printSizeLiteral(sizeOf(only)) };
}

/** What is true of the bank is true of both of its halves. */
function sharedFacts({ type, node, in: whole, disabled }: Memory): { readonly [key: string]: Json } {
  return {
    ...(type !== undefined && { type }),
    ...(node !== undefined && { node }),
    ...(whole !== undefined && { in: whole }),
    ...(disabled !== undefined && { disabled }),
  };
}
