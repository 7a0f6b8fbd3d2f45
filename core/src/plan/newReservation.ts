// The edit that adds a reservation to a description. Knows nothing of why it is needed.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import { under } from "../anchor";
import type { Edit, Json } from "../finding";
import { printAddress, printSizeLiteral } from "../print";
import type { Reservation } from "../platform";
import type { Plan } from "./plan";

/**
 * Adds a reservation of `range` (physical) under the first free of `name`, `name-2`, `name-3`, … behind those that are there. `more`: what else the
 * entry says.
 */
export function newReservationEdit(
  plan: Plan, name: string, range: AddressRange<"pa">, type: NonNullable<Reservation["type"]>, more: Pick<Reservation, "in" | "origin"> = {},
): Edit {
  const { anchor, reserved } = plan.platform;
  const entry: Json = { name: freeName(plan, name), base: printAddress(range.base), size: printSizeLiteral(sizeOf(range)), type, ...more };
  if (reserved === undefined) return { op: "add", to: anchor, key: "reserved", value: { json: [entry] }, after: "memory" };
  const last = reserved.at(-1)?.anchor.path.at(-1);
  return { op: "insert", to: under(anchor, "reserved"), behind: typeof last === "number" ? last : -1, value: { json: entry } };
}

function freeName(plan: Plan, name: string): string {
  for (let number = 2, tried = name; ; tried = `${name}-${number++}`) if (!plan.isNameTaken(tried)) return tried;
}
