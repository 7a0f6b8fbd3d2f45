// An entry of a model's list by its index in the text. Knows nothing of what the list holds.
import type { Entry } from "../language/valueType";

/** Lists of the model leave out what could not be read, so an entry is at its index or nearer to the beginning. */
export function entryAt<T extends Entry>(list: readonly T[], index: number): T | undefined {
  for (let at = Math.min(index, list.length - 1); at >= 0; at--) {
    const here = list[at]?.anchor.path.at(-1);
    if (here === index) return list[at];
    if (Number(here) < index) return undefined;
  }
  return undefined;
}
