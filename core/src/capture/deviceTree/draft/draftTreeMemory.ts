// Memory and reservations in a draft from a device tree. Knows nothing of devices.
import { printSizeLiteral } from "../../../print";
import type { DraftItem } from "../../draft/draft";
import { listUnlessEmpty, record } from "../../draft/draft";
import type { Names } from "../../draft/names";
import { inclusive, placeOf } from "../../draft/places";
import type { CapturedRange } from "../../reading";
import { addTo } from "../../reading";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeReservation } from "../reservedMemory";
import { baseName } from "../treeNode";
import { nest } from "./containment";
import { rangesOf } from "./draftTreeIommus";

export function draftTreeMemory(facts: DeviceTreeFacts, names: Names): DraftItem[] {
  return facts.memory.map((bank) => ({
    value: record(
      { name: names.counted("ram"), ...placeOf(bank), type: bank.hotplug ? "hotplug" : undefined, node: bank.numaNode },
      bank.node.path,
    ),
  }));
}

type Owner = TreeReservation | CapturedRange;

/**
 * The children of /reserved-memory in their order, then what the reservation block alone has. A reservation inside
 * another one names it.
 */
export function draftTreeReserved(facts: DeviceTreeFacts, names: Names): DraftItem[] {
  const { inside, order } = layOut(facts);
  const called = new Map<Owner, string>();
  for (const owner of order)
    called.set(
      owner,
      "node" in owner
        ? names.unique(facts.names.of(owner.node), owner.ranges[0]?.base ?? 0n)
        : names.counted("memreserve"),
    );
  return order.map((owner) => {
    const around = inside.get(owner);
    const values = { name: called.get(owner), in: around && called.get(around) };
    return {
      value:
        "node" in owner
          ? reservation(owner, values, facts)
          : record({ name: values.name, ...placeOf(owner), type: "firmware", origin: "memreserve", in: values.in }),
    };
  });
}

/** What the block repeats of /reserved-memory is told once. */
function layOut(facts: DeviceTreeFacts): { inside: Map<Owner, Owner>; order: Owner[] } {
  const inside = new Map<Owner, Owner>();
  const parts = [
    ...facts.reservations
      .filter(({ disabled }) => !disabled)
      .flatMap((owner) => owner.ranges.map((range) => ({ ...range, owner: owner as Owner, rank: 0 }))),
    ...facts.memoryReservations.map((range) => ({
      base: range.base,
      last: range.last,
      owner: range as Owner,
      rank: 1,
    })),
  ];
  const insides = new Map<Owner, (Owner | undefined)[]>();
  for (const { part, inside: around } of nest(parts)) addTo(insides, part.owner, around?.owner);
  // An entry can name but one whole: one that lies in several, or only partly in one, names none.
  for (const [owner, [around, ...others]] of insides) {
    if (around && others.every((other) => other === around)) inside.set(owner, around);
  }
  const repeated = new Set(
    facts.memoryReservations.filter((one) => {
      const around = inside.get(one);
      return around !== undefined && "node" in around;
    }),
  );
  return { inside, order: [...facts.reservations, ...facts.memoryReservations.filter((one) => !repeated.has(one))] };
}

function reservation(
  one: TreeReservation,
  values: { name: string | undefined; in: string | undefined },
  facts: DeviceTreeFacts,
): ReturnType<typeof record> {
  const users = one.users.map((node) => facts.names.given(node) ?? baseName(node));
  return record(
    {
      name: values.name,
      ...(one.size === undefined ? rangesOf(one.ranges) : { size: printSizeLiteral(one.size) }),
      align: one.alignment === undefined || one.alignment === 0n ? undefined : printSizeLiteral(one.alignment),
      within: listUnlessEmpty(one.allocRanges.map(inclusive)),
      type: one.type,
      noMap: one.noMap || undefined,
      reusable: one.reusable || undefined,
      origin: one.origin,
      in: values.in,
      disabled: one.disabled || undefined,
    },
    [one.node.path, ...(users.length > 0 ? [`for ${[...new Set(users)].join(", ")}`] : [])].join(", "),
  );
}
