// What a reader would have to work out at an entry: where it ends, or how large it is. Knows nothing of editors, nor of where on a line a note goes.
import type { AddressRange, Space } from "../address";
import { lastOf, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import type { Extent } from "../language/valueType";
import { printAddress, printRange, printSize } from "../print";

/** A few words behind an entry. */
export interface InlayNote {
  readonly entry: Anchor;
  /** The value whose other side the note tells: of `base` and `size` the size, else what says where the entry lies. */
  readonly at: Anchor;
  readonly label: string;
  readonly tooltip: string;
}

/** Who reads a base knows where its page ends. */
const PAGE = 4096n;
/** More ranges of one entry are summed up. */
const LISTED = 3;

/**
 * Every note of what a file says, in its order. An entry gets one, for the first of its ranges' sides: a window has one for what the CPU sees.
 * @param said the root of the model, or any part of it
 */
export function* inlayNotes(said: unknown): Generator<InlayNote> {
  if (Array.isArray(said)) {
    for (const one of said) yield* inlayNotes(one);
  } else if (isEntry(said)) {
    const values: unknown[] = Object.values(said);
    const first = values.find(isExtent);
    const note = first && noteOf(said.anchor, first);
    if (note) yield note;
    for (const value of values) if (typeof value === "object" && value !== null && !isExtent(value)) yield* inlayNotes(value);
  }
}

function noteOf(entry: Anchor, { form, ranges, at }: Extent): InlayNote | undefined {
  const [range] = ranges;
  const tooltip = ranges.slice(0, LISTED).map((one) => `${printRange(one)}, ${printSize(sizeOf(one))}`).join("; ");
  if (form === "base-size") return sizeOf(range) <= PAGE ? undefined : { entry, at: beside(at, "size"), label: `to ${printAddress(lastOf(range))}`, tooltip };
  if (form === "base-last") return { entry, at: beside(at, "last"), label: printSize(sizeOf(range)), tooltip };
  return { entry, at, label: sizes(ranges), tooltip };
}

function sizes(ranges: readonly AddressRange<Space>[]): string {
  if (ranges.length <= LISTED) return ranges.map((one) => printSize(sizeOf(one))).join(" + ");
  return `${printSize(ranges.reduce((sum, one) => sum + sizeOf(one), 0n))} in ${ranges.length} ranges`;
}

function beside(at: Anchor, key: string): Anchor {
  return { ...at, file: at.file, path: [...at.path.slice(0, -1), key], part: "value" };
}

function isEntry(value: unknown): value is { readonly anchor: Anchor } {
  return typeof value === "object" && value !== null && "anchor" in value;
}

function isExtent(value: unknown): value is Extent {
  return typeof value === "object" && value !== null && "ranges" in value && "form" in value && "at" in value;
}
