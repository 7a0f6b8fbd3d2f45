// A platform that differs from an earlier one in a single entry of one of its lists, which is what a key stroke mostly makes. Knows nothing of text.
import type { Entry } from "../language/valueType";
import type { Platform } from "../platform";

/** The lists of a platform whose entries can be asked one by one. */
export type EntryList = "memory" | "devices" | "reserved" | "doorbells" | "iommus" | "cxlWindows";
export type EntryOf<L extends EntryList> = NonNullable<Platform[L]>[number];

/** All other entries, and what stands outside of lists, are the same objects as before. */
export interface EntryChange {
  readonly list: string;
  readonly before: Entry;
  readonly after: Entry;
  /** True when the entry, and what is inside it, has the names that it had. */
  readonly sameNames: boolean;
}

/** An answer about one entry that depends on nothing else. The function itself is its name, so it is one function for all plans. */
export type EntryTest<L extends EntryList = EntryList> = (entry: EntryOf<L>) => boolean;

/** Entries of one list that pass a test, as they are after a change of one entry; undefined where the order has to be asked for. */
export function selectedAfter(selected: readonly Entry[], test: (entry: Entry) => boolean, { before, after }: EntryChange): readonly Entry[] | undefined {
  const at = selected.indexOf(before);
  const passes = test(after);
  if (at < 0) return passes ? undefined : selected;
  return passes ? selected.with(at, after) : selected.toSpliced(at, 1);
}
