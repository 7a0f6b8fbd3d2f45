// What a key means and what a value comes to, as Markdown: decoded, and where a range lies among its neighbours.
// Knows nothing of editors, nor of rules.
import { ACS_BITS } from "../acs";
import type { AddressRange, Space } from "../address";
import { contains, sizeOf } from "../address";
import type { Anchor, Path } from "../anchor";
import { jsonPointer } from "../anchor";
import type { Spot } from "../language/lookup";
import { spotAt } from "../language/lookup";
import { fileTypes } from "../language/fileTypes";
import type { Entry, Extent } from "../language/valueType";
import type { AddressMap, Occupant } from "../plan/addressMap";
import { compareOccupants } from "../plan/addressMap";
import { entryAt } from "../plan/entryAt";
import { factSourceAt } from "../plan/factSources";
import type { FilePlan } from "../plan/filePlan";
import { GuestPlan } from "../guest/guestPlan";
import { Plan } from "../plan/plan";
import { printPciAddress, requesterId } from "../pciAddress";
import type { PciAddress } from "../pciAddress";
import { printAddress, printRange, printSize } from "../print";
import { describeType } from "../render/languagePage";
import { escapeMarkdown, inlineCode } from "./markdown";
import { describeExpressionAt } from "./expression";
import { describeFunctionAt } from "./functionHover";
import { describeGuestAt } from "./guestHover";
import { nameAndNoun } from "./overlap";
import { smallMap } from "../map/smallMap";

/** Neighbours and overlaps beyond this many are counted, not listed. */
const LISTED = 4;

/** The hover of a key or a value; undefined where the language has nothing to say. */
export function describeAnchor(plan: FilePlan, anchor: Anchor): string | undefined {
  const spot = plan.kind === "text" ? undefined : spotAt(fileTypes[plan.kind], anchor.path);
  if (!spot) return undefined;
  const about = plan instanceof Plan ? describeFunctionAt(plan, anchor) : plan instanceof GuestPlan ? describeGuestAt(plan, anchor) : undefined;
  if (anchor.part === "key") return [describeKey(spot), about].filter((part) => part !== undefined).join("\n\n---\n\n") || undefined;
  const value = valueAt(plan, anchor.path);
  const place = plan instanceof Plan ? describePlace(plan, anchor) : undefined;
  const map = plan instanceof Plan ? smallMap(plan, anchor) : undefined;
  const parts = [
    describeExpressionAt(plan, anchor), describeValue(spot, value, plan), place, map && `\`\`\`text\n${map}\n\`\`\``, about,
  ].filter((part) => part !== undefined);
  const otherwise = spot.type.kind === "record" ? spot.type.doc : describeKey(spot);
  return [parts.length === 0 ? otherwise : parts.join("\n\n"), describeFactSource(plan, anchor)].filter((part) => part !== undefined).join("\n\n") || undefined;
}

/** Other people's text, so none of it is markup. */
function describeFactSource(plan: FilePlan, { path }: Anchor): string | undefined {
  const source = factSourceAt(plan, path);
  return source === undefined ? undefined : `Source: ${escapeMarkdown(source)}`;
}

function describeKey(spot: Spot): string | undefined {
  if (spot.mapKey) return `**${escapeMarkdown(spot.mapKey.word)}**: ${spot.mapKey.doc}`;
  if (!spot.field || spot.key === undefined) return undefined;
  const words = [...(spot.field.unknown ? ["`unknown`"] : []), ...(spot.field.none ? ["`none`"] : [])];
  const type = describeType(spot.field.type).replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  const takes = [type, ...words].join("; ");
  return `**${escapeMarkdown(spot.key)}** of ${escapeMarkdown(spot.record?.name ?? "")}${spot.field.required ? " (required)" : ""}\n\n${spot.field.doc}\n\nTakes ${takes}.`;
}

function describeValue(spot: Spot, value: unknown, plan: FilePlan): string | undefined {
  if (typeof value === "string" && (value === "unknown" || value === "none")) return wordForNothing(value, spot);
  switch (spot.type.kind) {
    case "word": {
      const word = spot.type.words.find((one) => one.word === value);
      return word && `**${escapeMarkdown(word.word)}**: ${word.doc}`;
    }
    case "address":
      return typeof value === "bigint" ? `${inlineCode(printAddress(value))} = ${value}${alignment(value)}` : undefined;
    case "size":
      return typeof value === "bigint" ? `${inlineCode(printAddress(value))} = ${printSize(value)} = ${value} bytes` : undefined;
    case "id":
      return typeof value === "number" ? `${inlineCode("0x" + value.toString(16))} = ${value}` : undefined;
    case "acs-bits":
      return Array.isArray(value) ? describeAcsBits(value as readonly string[]) : undefined;
    case "pci-address":
      return isPciAddress(value) ? describePciAddress(value, plan) : undefined;
    case "reference":
      return typeof value === "string" ? describeReference(value, plan) : undefined;
    case "integer":
      return spot.key === "physicalAddressBits" && typeof value === "number" ? `Addresses end at ${inlineCode(printAddress((1n << BigInt(value)) - 1n))} (${printSize(1n << BigInt(value))})` : undefined;
    default:
      return undefined;
  }
}

function wordForNothing(word: string, spot: Spot): string {
  const key = escapeMarkdown(spot.key ?? "");
  return word === "unknown" ? `**unknown**: an importer could not tell. Rules that need ${key} are skipped, and say so.` : `**none**: there is none, and that is a statement.`;
}

function alignment(value: bigint): string {
  return value === 0n ? "" : `, a multiple of ${printSize(value & -value)}`;
}

function describeAcsBits(bits: readonly string[]): string {
  return ACS_BITS.map(({ bit, lspci, doc }) => `- ${bits.includes(bit) ? "**on**" : "off"} ${bit} (${lspci}): ${doc}`).join("\n");
}

function describePciAddress(address: PciAddress, plan: FilePlan): string {
  const functions = plan instanceof Plan ? plan.functions : [];
  const node = functions.find((one) => one.requesterId === requesterId(address) && one.segment === (address.segment ?? one.segment));
  const id = `requester id ${inlineCode("0x" + requesterId(address).toString(16).padStart(4, "0"))}`;
  const what = node === undefined ? "" : `: ${escapeMarkdown(node.function.name ?? "")} ${node.function.type === undefined ? "" : escapeMarkdown(node.function.type)}`.trimEnd();
  return `${inlineCode(printPciAddress(address, node?.segment))}${what === ":" ? "" : what}, ${id}`;
}

function describeReference(name: string, plan: FilePlan): string | undefined {
  const kind = plan.kindOf(name);
  if (kind === undefined) return undefined;
  const occupants = plan instanceof Plan ? plan.physical.occupants : [];
  const places = occupants.filter((one) => one.name === name);
  const ranges = places.slice(0, LISTED).map((one) => `${inlineCode(printRange(one.range))} (${printSize(sizeOf(one.range))})`);
  return `${kind.replace("-", " ")} **${escapeMarkdown(name)}**${ranges.length === 0 ? "" : `: ${ranges.join(", ")}`}`;
}

/** Where the range that the value takes part in lies: what holds it, what overlaps it, what is next to it. */
function describePlace(plan: Plan, anchor: Anchor): string | undefined {
  const pointer = jsonPointer(anchor.path);
  const bases = new Set([0, 1, 2].flatMap((up) => basesIn(valueAt(plan, anchor.path.slice(0, Math.max(0, anchor.path.length - up))))));
  const parts = mapsOf(plan).flatMap((map) => {
    const there = [...bases].flatMap((base) => map.beginningAt(base)).filter((one) => takesPart(one, anchor, pointer));
    return there.sort(compareOccupants).map((one) => describeOccupancy(map, one));
  });
  return parts.length === 0 ? undefined : parts.slice(0, LISTED).join("\n\n");
}

/** Where the ranges begin that a value is or has, whatever they are ranges of. */
function basesIn(value: unknown): bigint[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Map) return [];
  const parts: unknown[] = [value, ...Object.values(value)];
  return parts.flatMap((part) => (isExtent(part) ? part.ranges.map(({ base }) => base) : isRange(part) ? [part.base] : []));
}

function isExtent(value: unknown): value is Extent {
  return typeof value === "object" && value !== null && "ranges" in value && "form" in value;
}

function isRange(value: unknown): value is AddressRange<Space> {
  return typeof value === "object" && value !== null && "base" in value && "end" in value && typeof value.base === "bigint";
}

function mapsOf(plan: Plan): AddressMap[] {
  const buses = (plan.platform.pci ?? []).flatMap((bridge) => [plan.busMemory(bridge), plan.busIo(bridge)]);
  return [plan.physical, ...buses];
}

/** The entry itself, its name, and the values that say where it lies. */
function takesPart(one: Occupant, anchor: Anchor, pointer: string): boolean {
  const at = jsonPointer(one.at.path);
  if (pointer === at) return true;
  const entry = one.extent.form === "ranges" ? one.at.path.slice(0, -2) : one.at.path.slice(0, -1);
  const inEntry = anchor.path.length === entry.length + 1 && jsonPointer(entry) === jsonPointer(anchor.path.slice(0, -1));
  const key = anchor.path.at(-1);
  return inEntry && (key === "name" || key === "size" || key === "last" || key === "cpu" || key === "bus" || key === "base");
}

function describeOccupancy(map: AddressMap, one: Occupant): string {
  const others = map.at(one.range).filter((other) => other !== one);
  const holders = others.filter((other) => contains(other.range, one.range));
  const inside = outermost(others.filter((other) => contains(one.range, other.range) && !holders.includes(other)));
  const clashes = others.filter((other) => !holders.includes(other) && !contains(one.range, other.range));
  const lines = [
    `**${escapeMarkdown(nameAndNoun(one))}** ${inlineCode(printRange(one.range))}, ${printSize(sizeOf(one.range))}, in ${escapeMarkdown(map.title)}`,
    ...listed("inside", holders),
    ...listed("overlaps", clashes),
    ...listed("holds", inside),
    ...neighbours(map, one),
  ];
  return lines.join("  \n");
}

/** Of occupants sorted by base, those that lie in no other one of them. */
function outermost(occupants: readonly Occupant[]): Occupant[] {
  const kept: Occupant[] = [];
  for (const one of occupants) {
    const last = kept.at(-1);
    if (!last || !contains(last.range, one.range)) kept.push(one);
  }
  return kept;
}

function listed(word: string, occupants: readonly Occupant[]): string[] {
  if (occupants.length === 0) return [];
  const shown = occupants.slice(0, LISTED).map((one) => `${escapeMarkdown(nameAndNoun(one))} ${inlineCode(printRange(one.range))}`);
  const more = occupants.length > LISTED ? ` and ${occupants.length - LISTED} more` : "";
  return [`${word} ${shown.join(", ")}${more}`];
}

function neighbours(map: AddressMap, one: Occupant): string[] {
  const [before, after] = [map.lastEndingBy(one.range.base), map.firstBeginningFrom(one.range.end)];
  return [
    ...(before ? [`before: ${escapeMarkdown(nameAndNoun(before))}${distance({ base: before.range.end, end: one.range.base })}`] : []),
    ...(after ? [`after: ${escapeMarkdown(nameAndNoun(after))}${distance({ base: one.range.end, end: after.range.base })}`] : []),
  ];
}

function distance(gap: AddressRange<Space>): string {
  return gap.base === gap.end ? ", adjoining" : `, ${printSize(gap.end - gap.base)} away`;
}

/** The model's value at a path. */
function valueAt(plan: FilePlan, path: Path): unknown {
  let value: unknown = plan.said;
  for (const step of path) {
    if (value instanceof Map) value = value.get(step);
    else if (Array.isArray(value)) value = typeof step === "number" ? elementAt(value, step) : undefined;
    else if (typeof value === "object" && value !== null && Object.hasOwn(value, step)) value = (value as Record<string | number, unknown>)[step];
    else return undefined;
  }
  return value;
}

function elementAt(list: readonly unknown[], index: number): unknown {
  const first = list[0];
  return typeof first === "object" && first !== null && "anchor" in first ? entryAt(list as readonly Entry[], index) : list[index];
}

function isPciAddress(value: unknown): value is PciAddress {
  return typeof value === "object" && value !== null && "bus" in value && "function" in value;
}
