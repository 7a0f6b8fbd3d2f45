// Writes a placement into a guest's file: the banks of what Platmap has placed. What is asked for stays as it is. Knows nothing of text.
import { under } from "../anchor";
import type { Edit } from "../finding";
import { printRange } from "../print";
import type { Placement } from "./placement/placement";

/** Memory with a base has its place already. */
export function bankEdits(placement: Placement): Edit[] {
  return placement.memory.flatMap(({ entry, origin, banks }): Edit[] => {
    if (origin !== "placed") return [];
    const json = banks.map(printRange);
    return entry.banks === undefined ? [{ op: "add", to: entry.anchor, key: "banks", value: { json } }] : [{ op: "replace", at: under(entry.anchor, "banks"), value: { json } }];
  });
}
