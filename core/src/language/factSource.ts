// `source`: where the facts of an entry come from, as a text or in its parts. Knows nothing of the entries that say it.
import type { ModelOf } from "./valueType";
import { either, integer, optional, record, text } from "./valueType";

const citation = record("source", "Where the facts of an entry come from: say what somebody needs to look them up.", {
  document: optional(text(), "The document, data sheet or table: `SoC reference manual, rev. 1.3`, `IORT`."),
  section: optional(text(), "Where in it: a section, a table, a register, a node of a device tree."),
  page: optional(either(integer(1, 999_999), text()), "The page: `214`, or several: `\"214-216\"`."),
  capture: optional(text(), "What of a running machine says so: the archive and the file in it, such as `d05.tar.gz: /proc/iomem`."),
});

const shape = either(text(), citation);

/** What an entry says of its source: a text, or its parts. */
export type FactSource = ModelOf<typeof shape>;

export const source = optional(shape, "Where the facts of this entry come from, and of what is in it and says nothing else: a text, or document, section, page and capture. Nothing follows from it.");
