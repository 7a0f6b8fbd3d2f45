// Which values of an entry say where it lies, and which occupants belong to an entry that another one names.
// Knows nothing of what is wrong with a place.
import type { Anchor } from "../anchor";
import { parentOf, under } from "../anchor";
import type { Extent } from "../language/valueType";
import type { Occupant } from "./addressMap";
import type { Plan } from "./plan";

/** The value that says where a range ends: its size, its last byte, or the text of the whole range. */
export function endAnchor({ form, at }: Pick<Extent, "form" | "at">): Anchor {
  switch (form) {
    case "base-size":
      return under(parentOf(at), "size");
    case "base-last":
      return under(parentOf(at), "last");
    default:
      return at;
  }
}

/** The same of one occupant, which may be one of several ranges of its entry. */
export function endOf({ extent, at }: Pick<Occupant, "extent" | "at">): Anchor {
  return endAnchor({ form: extent.form, at });
}

/** The whole entry of an occupant, where `Occupant.entry` is the value by which a finding points at it. */
export function wholeEntry(occupant: Occupant): Anchor {
  const last = occupant.entry.path.at(-1);
  return last === "name" || last === "at" ? parentOf(occupant.entry) : occupant.entry;
}

/**
 * Tells by which name a reference leads to an occupant of the physical map. A host bridge holds its configuration space, the
 * CPU side of its windows and its CXL registers; everything else holds itself.
 */
export function ownerNames(plan: Plan): (occupant: Occupant<"pa">) => string {
  const bridges = new Map((plan.platform.pci ?? []).map((bridge) => [bridge.anchor.path.join("/"), bridge.name]));
  return ({ entry: { path }, name }) => (path[0] === "pci" ? bridges.get(path.slice(0, 2).join("/")) : undefined) ?? name;
}

/**
 * The occupants of the physical map by `ownerNames`. What is not in the map is not here either: a reservation that is
 * disabled, or has no place yet.
 */
export function occupantsByOwner(plan: Plan): ReadonlyMap<string, readonly Occupant<"pa">[]> {
  const ownerOf = ownerNames(plan);
  const owners = new Map<string, Occupant<"pa">[]>();
  for (const one of plan.physical.occupants) {
    const owner = ownerOf(one);
    const held = owners.get(owner);
    if (held) held.push(one);
    else owners.set(owner, [one]);
  }
  return owners;
}
