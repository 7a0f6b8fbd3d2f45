// Memory of the secure world that the operating system would map.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeOccupant, relatedOccupant } from "../describe/overlap";
import type { Edit } from "../finding";
import type { Occupant } from "../plan/addressMap";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import type { Reservation } from "../platform";
import { defineRule } from "../rule";

interface Mapped {
  readonly reservation: Reservation;
  readonly secure: Occupant<"pa">;
  readonly memory: Occupant<"pa">;
}

export const mappedSecureMemory = defineRule<Mapped>({
  id: "mapped-secure-memory",
  catalogue: "MAP015",
  severity: "error",
  since: "0.1.0",
  summary: "A secure reservation lies in memory and is not marked noMap.",
  why: `A reservation alone keeps the operating system from handing the pages out, yet they stay in its linear map. A processor may read
ahead through any mapping, without an instruction that asks for it, and the memory controller answers an access to secure memory from
the normal world with an abort: the machine dies with an SError that points at code which did nothing wrong. \`noMap\` takes the pages
out of the map.`,
  sources: ["domain.md 7.3, 7.7", "Devicetree specification, /reserved-memory: no-map"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  //                                   ~~~~~~~~~~~~~ memory dram 0x8000_0000-0xffff_ffff (2 GiB)
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure" },
    //                                                             ^^^^^^^^ error: reservation bl31 0xfe00_0000-0xfe1f_ffff is secure and lies in memory dram, but is not noMap
    { "name": "bl32", "base": "0xfc00_0000", "size": "16M", "type": "secure", "noMap": false, "origin": "board" },
    //                                                                                 ^^^^^ error: reservation bl32 0xfc00_0000-0xfcff_ffff is secure and lies in memory dram, but is not noMap
    { "name": "pool", "base": "0xfb00_0000", "size": "16M", "type": "secure", "reusable": true }, // OP-TEE
    //                                                              ^^^^^^^^ error: reservation pool 0xfb00_0000-0xfbff_ffff is secure and lies in memory dram, but is not noMap
  ],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true },
    { "name": "bl32", "base": "0xfc00_0000", "size": "16M", "type": "secure", "noMap": false, "origin": "board" },
    { "name": "pool", "base": "0xfb00_0000", "size": "16M", "type": "secure", "reusable": true }, // OP-TEE
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true },
    { "name": "bl31-data", "base": "0xfe00_0000", "size": "64K", "type": "secure", "in": "bl31" },
    { "name": "optee", "base": "0xfc00_0000", "size": "2M", "type": "secure", "disabled": true },
  ],
}`,
    `// Not memory of the operating system in the first place: static RAM beside it.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "trusted-sram", "base": "0x0400_0000", "size": "256K", "type": "secure" }],
}`,
  ],
  *check(plan) {
    const suspects = new Map(plan.entriesWhere("reserved", isSuspect).map((one) => [one.name, one]));
    if (suspects.size === 0) return;
    const { banks, memory, unmapped } = mapsOf(plan);
    for (const secure of plan.physical.occupants) {
      const reservation = secure.role === "reservation" ? suspects.get(secure.name) : undefined;
      if (!reservation || !memory.meets(secure.range) || unmapped.contains(secure.range)) continue;
      const bank = bankUnder(banks, secure);
      if (!bank) continue;
      yield { at: blamed(reservation), data: { reservation, secure, memory: bank }, related: [relatedOccupant(bank)] };
    }
  },
  message: ({ secure, memory }) =>
    `${describeOccupant(secure)} is secure and lies in memory ${memory.name}, but is not noMap`,
  fix: ({ data: { reservation } }) => [{ title: `Mark ${reservation.name} as noMap`, edits: markEdits(reservation) }],
});

function isSuspect(one: Reservation): boolean {
  return one.type === "secure" && one.noMap !== true && one.disabled !== true;
}

function isNoMap({ noMap }: Reservation): boolean {
  return noMap === true;
}

interface Maps {
  /** Sorted by base. */
  readonly banks: readonly Occupant<"pa">[];
  readonly memory: RangeSet<"pa">;
  /** What is `noMap`, whoever says so. */
  readonly unmapped: RangeSet<"pa">;
}

function mapsOf(plan: Plan): Maps {
  const kept = new Set(plan.entriesWhere("reserved", isNoMap).map((one) => one.name));
  const { occupants } = plan.physical;
  const banks = occupants.filter((one) => one.role === "memory");
  const unmapped = occupants.filter((one) => one.role === "reservation" && kept.has(one.name));
  const bytesOf = (list: readonly Occupant<"pa">[]): RangeSet<"pa"> => new RangeSet(list.map((one) => one.range));
  return { banks, memory: bytesOf(banks), unmapped: bytesOf(unmapped) };
}

/** Of banks sorted by base, the last that begins below the end of the reservation and reaches into it. */
function bankUnder(banks: readonly Occupant<"pa">[], { range }: Occupant<"pa">): Occupant<"pa"> | undefined {
  let [low, high] = [0, banks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((banks[middle] as Occupant<"pa">).range.base < range.end) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) if ((banks[i] as Occupant<"pa">).range.end > range.base) return banks[i];
  return undefined;
}

function blamed({ anchor, noMap }: Reservation): Anchor {
  return under(anchor, noMap === false ? "noMap" : "type");
}

/** What nobody may map nobody may use for a while either: `noMap` takes the place of `reusable`. */
function markEdits({ anchor, noMap, reusable }: Reservation): Edit[] {
  if (noMap === undefined && reusable === true) return [{ op: "rename", at: under(anchor, "reusable"), key: "noMap" }];
  const value = { json: true };
  const marked: Edit = noMap === undefined
    ? { op: "add", to: anchor, key: "noMap", value, after: "type" }
    : { op: "replace", at: under(anchor, "noMap"), value };
  return reusable === true ? [marked, { op: "remove", at: under(anchor, "reusable") }] : [marked];
}
