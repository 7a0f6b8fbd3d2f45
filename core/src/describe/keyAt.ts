// What a person calls the value at a place: by the key in front of it. Knows nothing of rules.
import type { Place } from "../problem";
import { isTextSpan } from "../problem";

/** `base`; `an element of memory`; `the file` for the root. */
export function keyAt(place: Place): string {
  if (isTextSpan(place)) return "this value";
  const last = place.path.at(-1);
  if (last === undefined) return "the file";
  if (typeof last === "string") return last;
  const list = place.path.filter((step) => typeof step === "string").at(-1);
  return list === undefined ? "an element" : `an element of ${list}`;
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
export function quotedList(words: readonly string[], conjunction: "and" | "or"): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${conjunction} ${quoted.at(-1)}`;
}
