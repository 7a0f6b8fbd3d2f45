// Where an entry lies, in whichever of the language's forms it is written: base with size or last, one range, several. Knows nothing of
// which entries belong together.
import { parseAddress, parseBounds, parseSize, printAddress } from "../../../core/src/index";
import type { MergeEdits } from "../jsonc/mergeEdits";
import type { View } from "../jsonc/view";

/** Inclusive. */
export interface Stretch {
  readonly first: bigint;
  readonly last: bigint;
}

/** The keys that say where an entry lies. */
export const EXTENT_KEYS: readonly string[] = ["base", "bus", "size", "last", "range", "ranges"];

/** Where a record lies; undefined where it has no place, or one that is not written in plain numbers. */
export function extentOf(record: View): readonly Stretch[] | undefined {
  const { members } = record;
  const ranges = members.get("ranges");
  const texts = ranges ? ranges.items.map((item) => item.text ?? "") : members.has("range") ? [record.textOf("range") ?? ""] : undefined;
  if (!texts) return fromStart(record);
  const stretches = texts.flatMap((text) => {
    const bounds = parseBounds(text);
    return "because" in bounds ? [] : [{ first: bounds.first, last: bounds.last }];
  });
  return stretches.length === texts.length && stretches.length > 0 ? stretches : undefined;
}

/** What became of the place of an entry. */
export type Moved = "same" | "changed" | "unreadable" | "needs another form" | "no place";

/** Writes the place of `fresh` into `old`, in the form that `old` has. */
export function renewExtent(old: View, fresh: View, edits: MergeEdits): Moved {
  const [is, was] = [extentOf(fresh), extentOf(old)];
  if (!is) return "no place";
  if (!was) return ["base", "bus", "range", "ranges", "last"].some((key) => old.members.has(key)) ? "unreadable" : "no place";
  if (printExtent(is) === printExtent(was)) return "same";
  return write(old, is, was, edits) ? "changed" : "needs another form";
}

export function printExtent(stretches: readonly Stretch[]): string {
  return stretches.map(printStretch).join(", ");
}

function printStretch({ first, last }: Stretch): string {
  return `${printAddress(first)}-${printAddress(last)}`;
}

function write(old: View, is: readonly Stretch[], was: readonly Stretch[], edits: MergeEdits): boolean {
  const ranges = old.members.get("ranges");
  if (ranges) {
    edits.write(ranges, [`[${is.map((stretch) => JSON.stringify(printStretch(stretch))).join(", ")}]`]);
    return true;
  }
  const [one, before] = [is[0], was[0]];
  if (is.length !== 1 || !one || !before) return false;
  const range = old.members.get("range");
  if (range) {
    edits.replace(range, { json: printStretch(one) });
    return true;
  }
  const start = old.members.get("base") ?? old.members.get("bus");
  const [size, last] = [old.members.get("size"), old.members.get("last")];
  if (start && one.first !== before.first) edits.replace(start, { address: one.first });
  if (size && one.last - one.first !== before.last - before.first) edits.replace(size, { size: one.last - one.first + 1n });
  if (!size && last && one.last !== before.last) edits.replace(last, { address: one.last });
  return true;
}

function fromStart(record: View): readonly Stretch[] | undefined {
  const first = numberOf(record.textOf("base") ?? record.textOf("bus"), parseAddress);
  if (first === undefined) return undefined;
  const size = numberOf(record.textOf("size"), parseSize);
  const last = size === undefined ? numberOf(record.textOf("last"), parseAddress) : first + size - 1n;
  return last === undefined || last < first ? undefined : [{ first, last }];
}

function numberOf(text: string | undefined, parse: (text: string) => bigint | object): bigint | undefined {
  const value = text === undefined ? undefined : parse(text);
  return typeof value === "bigint" ? value : undefined;
}
