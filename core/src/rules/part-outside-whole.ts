// An entry lies outside the one that its `in` names.
import { address, intersection, sizeOf } from "../address";
import { describeOccupant, relatedOccupant } from "../describe/overlap";
import type { Fix } from "../finding";
import type { HostBridge, NamedEntry } from "../platform";
import type { Occupant } from "../plan/addressMap";
import { occupantsByOwner } from "../plan/places";
import { moveFixes, resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import type { NotChecked, Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

interface Outside {
  readonly part: Occupant<"pa">;
  readonly wholeName: string;
  readonly whole: readonly Occupant<"pa">[];
  readonly isPartlyInside: boolean;
}

export const partOutsideWhole = defineRule<Outside>({
  id: "part-outside-whole",
  catalogue: "MAP003",
  severity: "error",
  since: "0.1.0",
  summary: "An entry does not lie inside the one that its `in` names.",
  why: `\`in\` says that the addresses of one entry are a piece of another one's. Where they are not, one of the two ranges is wrong, and
software that maps the whole does not reach the part: its accesses fault, or end in whatever lies next to the whole.`,
  sources: ["domain.md 7.6, 7.7"],
  bad: [
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "gic", "base": "0x2c00_0000", "size": "64K" },
    //                       ~~~~~~~~~~~~~ device gic 0x2c00_0000-0x2c00_ffff (64 KiB)
    { "name": "gicv", "base": "0x2c00_f000", "size": "8K", "in": "gic" },
    //                        ^^^^^^^^^^^^^ error: device gicv 0x2c00_f000-0x2c01_0fff reaches out of gic, which it is a part of
  ],
}`,
      fixed: `{
  "platform": "board",
  "devices": [
    { "name": "gic", "base": "0x2c00_0000", "size": "68K" },
    { "name": "gicv", "base": "0x2c00_f000", "size": "8K", "in": "gic" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "gic", "base": "0x2c00_0000", "size": "64K" }],
  "doorbells": [{ "name": "v2m", "type": "gicv2m", "range": "0x2d00_0000-0x2d00_0fff", "in": "gic" }],
  //                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^ error: doorbell v2m 0x2d00_0000-0x2d00_0fff lies outside gic, which it is a part of
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "boot", "base": "0xb000_0000", "size": "512M", "type": "firmware", "in": "dram" }],
  //                                     ^^^^^^^^^^^^^ error: reservation boot 0xb000_0000-0xcfff_ffff reaches out of dram, which it is a part of
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [{ "name": "boot", "base": "0xb000_0000", "size": "256M", "type": "firmware", "in": "dram" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [
    { "name": "gic", "ranges": ["0x2c00_0000-0x2c00_ffff", "0x2c01_0000-0x2c01_ffff"] },
    { "name": "gicv", "base": "0x2c00_f000", "size": "8K", "in": "gic" },
  ],
}`,
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "firmware", "base": "0xb000_0000", "size": "256M", "type": "firmware" },
    { "name": "boot-log", "base": "0xbfff_0000", "size": "64K", "type": "crash-log", "in": "firmware" },
  ],
}`,
    `// What the whole is made of is not known.
{
  "platform": "board",
  "devices": [{ "name": "bridge-registers", "base": "0x1000_0000", "size": "4K", "in": "pcie0" }],
  "pci": [{ "name": "pcie0", "windows": "unknown", "msi": "unknown" }],
}`,
  ],
  *check(plan) {
    const parts = [...declaredParts(plan)];
    if (parts.length === 0) return;
    const owners = occupantsByOwner(plan);
    const wholes = new Map<string, Whole>();
    for (const [name, wholeName] of parts) {
      let whole = wholes.get(wholeName);
      if (!whole) wholes.set(wholeName, (whole = wholeOf(plan, wholeName, owners.get(wholeName) ?? [])));
      yield* compare(owners.get(name) ?? [], whole);
    }
  },
  message: ({ part, wholeName, isPartlyInside }) =>
    `${describeOccupant(part)} ${isPartlyInside ? "reaches out of" : "lies outside"} ${wholeName}, ` +
    "which it is a part of",
  fix: ({ data: { part, whole } }, plan) => {
    const nearest = nearestTo(part, whole);
    const grown = nearest.entry.path[0] === "pci" ? [] : [growTo(nearest, part)];
    const inside = intersection(part.range, nearest.range);
    const clipped = inside ? [resizeFix(part, inside)] : moveFixes(plan.physical, part, nearest.range);
    return nearest.role === "memory" ? [...clipped, ...grown] : [...grown, ...clipped];
  },
});

interface Part extends NamedEntry {
  readonly name: string;
  readonly in?: string;
}

/** Each entry that says what it is a part of, with what it says. A name that names nothing has a finding already. */
function* declaredParts(plan: Plan): Generator<[part: string, whole: string]> {
  for (const list of ["memory", "devices", "reserved", "doorbells", "iommus"] as const) {
    for (const { name, in: whole } of plan.entriesWhere(list, isPart) as readonly Part[]) if (whole !== undefined && plan.entries.has(whole)) yield [name, whole];
  }
}

function isPart(entry: Partial<Part>): boolean {
  return entry.in !== undefined;
}

interface Whole {
  readonly name: string;
  readonly occupants: readonly Occupant<"pa">[];
  readonly addresses: RangeSet<"pa">;
  readonly unknown: string | undefined;
}

function wholeOf(plan: Plan, name: string, occupants: readonly Occupant<"pa">[]): Whole {
  const addresses = new RangeSet(occupants.map((one) => one.range));
  return { name, occupants, addresses, unknown: whatIsUnknown(plan, name, occupants) };
}

function whatIsUnknown(plan: Plan, name: string, occupants: readonly Occupant<"pa">[]): string | undefined {
  const { windows, config } = (plan.entries.get(name) ?? {}) as Partial<Pick<HostBridge, "windows" | "config">>;
  if (windows === "unknown" || config === "unknown") return `windows or configuration space of ${name} are unknown`;
  return occupants.length === 0 ? `where ${name} lies is not said` : undefined;
}

function* compare(parts: readonly Occupant<"pa">[], whole: Whole): Generator<Observation<Outside> | NotChecked> {
  const { name, occupants, addresses, unknown } = whole;
  for (const part of parts) {
    if (addresses.contains(part.range)) continue;
    if (unknown !== undefined) yield notChecked(unknown);
    else {
      const data = { part, wholeName: name, whole: occupants, isPartlyInside: addresses.meets(part.range) };
      yield { at: part.at, data, related: occupants.slice(0, 8).map(relatedOccupant) };
    }
  }
}

function nearestTo(part: Occupant<"pa">, whole: readonly Occupant<"pa">[]): Occupant<"pa"> {
  const shared = (one: Occupant<"pa">): bigint => {
    const both = intersection(one.range, part.range);
    if (both) return sizeOf(both);
    return one.range.end <= part.range.base ? one.range.end - part.range.base : part.range.end - one.range.base;
  };
  return whole.reduce((best, one) => (shared(one) > shared(best) ? one : best));
}

function growTo(whole: Occupant<"pa">, part: Occupant<"pa">): Fix {
  const base = whole.range.base < part.range.base ? whole.range.base : part.range.base;
  const end = whole.range.end > part.range.end ? whole.range.end : part.range.end;
  return resizeFix(whole, { base: address<"pa">(base), end: address<"pa">(end) });
}
