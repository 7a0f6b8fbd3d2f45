// Every place that a model says, whatever kind of file it is of, found by its shape. Knows no single key, nor what lies at a place.
import type { Anchor } from "../anchor";
import type { Extent } from "../language/valueType";

/** An entry with one of its sides: what the CPU sees of a window comes before what the bus sees. */
export interface PlacedSide {
  readonly entry: Anchor;
  readonly extent: Extent;
  /** The entry's first side, which is the only one for all but windows. */
  readonly isFirst: boolean;
}

/**
 * In the order of the description.
 * @param said the root of a model, or any part of it
 */
export function* extentsOf(said: unknown): Generator<PlacedSide> {
  if (Array.isArray(said)) {
    for (const one of said) yield* extentsOf(one);
  } else if (isEntry(said)) {
    let isFirst = true;
    const values: unknown[] = Object.values(said);
    for (const extent of values.filter(isExtent)) {
      yield { entry: said.anchor, extent, isFirst };
      isFirst = false;
    }
    for (const value of values) if (typeof value === "object" && value !== null && !isExtent(value)) yield* extentsOf(value);
  }
}

/** True for a part of a model that knows where it stands. */
export function isEntry(value: unknown): value is { readonly anchor: Anchor } {
  return typeof value === "object" && value !== null && "anchor" in value;
}

function isExtent(value: unknown): value is Extent {
  return typeof value === "object" && value !== null && "ranges" in value && "form" in value && "at" in value;
}
