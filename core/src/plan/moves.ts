// The fix that moves something, its size kept, to a place that is known already. Knows nothing of how the place was found.
import type { Address, Space } from "../address";
import { address, sizeOf } from "../address";
import type { Fix } from "../finding";
import { printAddress } from "../print";
import type { Occupant } from "./addressMap";
import { rangeEdits } from "./placement";

/** Lets the occupant begin at `base`; nothing when there is no such place. */
export function moveTo<S extends Space>(occupant: Occupant<S>, base: Address<S> | undefined): Fix[] {
  if (base === undefined) return [];
  const next = { base, end: address<S>(base + sizeOf(occupant.range)) };
  return [{ title: `Move ${occupant.name} to ${printAddress(base)}`, edits: rangeEdits(occupant, next) }];
}
