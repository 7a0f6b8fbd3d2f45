// What a reader would have to work out: where an entry ends, how large it is, what an expression comes to. Knows nothing of editors, nor of where on a line a note goes.
import type { AddressRange, Space } from "../address";
import { lastOf, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { parentOf, under } from "../anchor";
import type { Extent } from "../language/valueType";
import { extentsOf, isEntry } from "../plan/extents";
import type { FilePlan } from "../plan/filePlan";
import { printAddress, printRange, printSize, printSizeLiteral } from "../print";

/** A few words behind an entry or a value. */
export interface InlayNote {
  readonly entry: Anchor;
  /** The value whose other side the note tells: of `base` and `size` the size, else what says where the entry lies; or the expression. */
  readonly at: Anchor;
  /** The note is about the value alone, and stands right behind it. */
  readonly isOfValue: boolean;
  readonly label: string;
  readonly tooltip: string;
}

/** Who reads a base knows where its page ends. */
const PAGE = 4096n;
/** More ranges of one entry are summed up. */
const LISTED = 3;

/**
 * Every note of what a file says: those of expressions, and one for an entry, for the first of its sides (a window has one for what the CPU sees).
 * @param isWanted of an entry of one of the outermost lists, whether anybody wants to know; absent: of all of them
 */
export function* inlayNotes(plan: FilePlan, isWanted: (list: string, index: number) => boolean = () => true): Generator<InlayNote> {
  for (const { at, value, unit } of plan.expressions) {
    const [list, index] = at.path;
    if (value === undefined || (typeof index === "number" && !isWanted(String(list), index))) continue;
    const label = unit === "address" ? printAddress(value) : printSizeLiteral(value);
    yield { entry: parentOf(at), at, isOfValue: true, label: `= ${label}`, tooltip: unit === "address" ? `${value}` : printSize(value) };
  }
  for (const { entry, extent, isFirst } of extentsOf(wantedOf(plan.said, isWanted))) {
    const note = isFirst ? noteOf(entry, extent) : undefined;
    if (note) yield note;
  }
}

/** What a description says, without the entries that nobody wants. */
function wantedOf(said: unknown, isWanted: (list: string, index: number) => boolean): unknown[] {
  return Object.entries(said ?? {}).map(([key, value]: [string, unknown]) =>
    Array.isArray(value) ? (value as readonly unknown[]).filter((one) => !isEntry(one) || isWanted(key, Number(one.anchor.path[1]))) : value);
}

function noteOf(entry: Anchor, { form, ranges, at }: Extent): InlayNote | undefined {
  const [range] = ranges;
  const tooltip = ranges.slice(0, LISTED).map((one) => `${printRange(one)}, ${printSize(sizeOf(one))}`).join("; ");
  if (form === "base-size") return sizeOf(range) <= PAGE ? undefined : { entry, isOfValue: false, at: under(parentOf(at), "size"), label: `to ${printAddress(lastOf(range))}`, tooltip };
  if (form === "base-last") return { entry, isOfValue: false, at: under(parentOf(at), "last"), label: printSize(sizeOf(range)), tooltip };
  return { entry, isOfValue: false, at, label: sizes(ranges), tooltip };
}

function sizes(ranges: readonly AddressRange<Space>[]): string {
  if (ranges.length <= LISTED) return ranges.map((one) => printSize(sizeOf(one))).join(" + ");
  return `${printSize(ranges.reduce((sum, one) => sum + sizeOf(one), 0n))} in ${ranges.length} ranges`;
}
