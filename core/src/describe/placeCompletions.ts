// Values that the map itself suggests: a base where something fits, a size that fits at a base, a PCI address that nobody has.
// Knows nothing of editors, nor of how free places are found.
import type { AddressRange, Space } from "../address";
import { address, sizeOf } from "../address";
import type { Path } from "../anchor";
import { jsonPointer } from "../anchor";
import type { Occupant } from "../plan/addressMap";
import type { FreePlace, FreeSpace } from "../plan/freePlaces";
import { freePlaces, freeSpaceFor, roomFrom } from "../plan/freePlaces";
import { isBridge } from "../plan/assignmentObstacles";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { printPciAddress, printShortPciAddress } from "../pciAddress";
import { printAddress, printRange, printSize, printSizeLiteral } from "../print";
import { assignabilityOf } from "../plan/assignability";
import { describeVerdictOf } from "./assignability";
import type { Completion } from "./completions";
import { escapeMarkdown, inlineCode } from "./markdown";
import { nameAndNoun } from "./overlap";

/** More places than these are not listed. */
export const MOST_PLACES = 10;
/** Sizes that people give to regions, downward. */
const USUAL_SIZES = Array.from({ length: 29 }, (_, index) => 1n << BigInt(40 - index));
const MOST_SIZES = 10;

/** What else of the entry is written already. */
export interface Siblings {
  /** The value that says where it begins, and its key: `base`, `cpu` or `bus`. */
  readonly base?: { readonly key: string; readonly value: bigint } | undefined;
  readonly size?: bigint | undefined;
  readonly type?: string | undefined;
}

/** Places for the base at a path, those that fit best first, each with why. */
export function baseCompletions(plan: Plan, path: Path, { size, type }: Siblings): Completion[] {
  const space = freeSpaceFor(plan, path, type);
  if (!space) return [];
  return freePlaces(space, size, MOST_PLACES).map((place) => ({
    label: printAddress(place.base),
    kind: "place" as const,
    detail: beside(space, place),
    doc: () => whyHere(space, place, size),
    insert: JSON.stringify(printAddress(place.base)),
  }));
}

/** Sizes for which there is room at the base beside them: all of the room first, then the usual ones, downward. */
export function sizeCompletions(plan: Plan, path: Path, { base, type }: Siblings): Completion[] {
  const space = base && freeSpaceFor(plan, [...path.slice(0, -1), base.key], type);
  const room = space ? roomFrom(space, base.value) : 0n;
  if (!space || room === 0n) return [];
  const [next] = space.map.beginningAt(base.value + room);
  return sizesWithin(room, base.value, next ? `up to ${nameAndNoun(next)}` : "all that is free");
}

/** All of the room at a base, then the usual sizes that are smaller. @param upTo what ends the room, in a few words */
export function sizesWithin(room: bigint, base: bigint, upTo: string): Completion[] {
  const usual = USUAL_SIZES.filter((one) => one < room).slice(0, MOST_SIZES);
  return [sizeItem(room, base, upTo), ...usual.map((one) => sizeItem(one, base, base % one === 0n ? "naturally aligned" : ""))];
}

/** PCI addresses on the bus of a function that nobody has yet, device by device. */
export function freeFunctionCompletions(plan: Plan, path: Path): Completion[] {
  const entry = path.slice(0, -1);
  const owner = jsonPointer(entry.slice(0, -2));
  const above = plan.functions.find((node) => jsonPointer(node.anchor.path) === owner);
  const bridge = plan.platform.pci?.find((one) => jsonPointer(one.anchor.path) === owner);
  const buses = above ? above.function.buses : bridge && (bridge.buses ?? { first: 0, last: 0xff });
  if (buses === undefined || buses === "unknown") return [];
  const bus = buses.first;
  const siblings = plan.functions.filter((node) => jsonPointer(node.anchor.path.slice(0, -2)) === owner && jsonPointer(node.anchor.path) !== jsonPointer(entry)).map((node) => node.function.at);
  const taken = new Set(siblings.map((at) => at.device));
  const where = above ? `bus ${hex(bus)} behind ${above.label}` : `bus ${hex(bus)}, the first of ${bridge?.name ?? ""}`;
  // A link has one device at its end.
  const devices = above && isLink(above) ? [0] : Array.from({ length: 32 }, (_, device) => device);
  const free = devices.filter((device) => !taken.has(device)).map((device) => ({ device, function: 0 }));
  const further = siblings.filter((at) => at.function === 0).flatMap(({ device }) => nextFunction(siblings, device));
  const note = (one: { function: number }): string => (one.function === 0 ? "free device number" : "next function of a device that is there");
  return [...free.slice(0, MOST_PLACES), ...further].map((one) => {
    const label = printShortPciAddress({ segment: undefined, bus, ...one });
    return { label, kind: "place" as const, detail: note(one), doc: () => escapeMarkdown(`On ${where}.`), insert: JSON.stringify(label) };
  });
}

/** The PCI functions of a platform: what can be assigned first, bridges last. */
export function functionCompletions(plan: Plan, host: string | undefined): Completion[] {
  const nodes = [...plan.functions].sort((a, b) => rankOf(a) - rankOf(b));
  return nodes.map((node) => ({
    label: node.address,
    kind: "name" as const,
    detail: [node.function.name, node.function.type, host].filter((part) => part !== undefined).join(", "),
    ...(!isBridge(node) && { doc: () => escapeMarkdown(describeVerdictOf(assignabilityOf(plan, node))) }),
    insert: JSON.stringify(printPciAddress(node.function.at, node.segment)),
  }));
}

function rankOf(node: PciNode): number {
  return isBridge(node) ? 2 : node.function.assign === true ? 0 : 1;
}

function isLink({ function: { type } }: PciNode): boolean {
  return type === "root-port" || type === "downstream-port";
}

function nextFunction(siblings: readonly { device: number; function: number }[], device: number): { device: number; function: number }[] {
  const used = new Set(siblings.filter((at) => at.device === device).map((at) => at.function));
  const next = [1, 2, 3, 4, 5, 6, 7].find((one) => !used.has(one));
  return next === undefined ? [] : [{ device, function: next }];
}

function sizeItem(size: bigint, base: bigint, detail: string): Completion {
  const literal = printSizeLiteral(size);
  const doc = (): string => `${inlineCode(printRange({ base, end: base + size } as AddressRange<Space>))}, ${printSize(size)}`;
  return { label: literal, kind: "place", detail, doc, insert: JSON.stringify(literal) };
}

/** A few words: after what, and how much is free there. */
function beside(space: FreeSpace, { stretch, end }: FreePlace): string {
  const [before, after] = neighbours(space, stretch);
  const free = `${printSize(sizeOf(stretch))} free`;
  if (end === "upper") return after ? `${free}, before ${after.name}` : `${free}, at its upper end`;
  return before ? `${free}, after ${before.name}` : free;
}

function whyHere(space: FreeSpace, { base, stretch, end }: FreePlace, size: bigint | undefined): string {
  const [before, after] = neighbours(space, stretch);
  const around = [before && `above ${nameAndNoun(before)}`, after && `below ${nameAndNoun(after)}`].filter((part) => part !== undefined).join(" and ");
  const lines = [`${inlineCode(printRange(stretch))} (${printSize(sizeOf(stretch))}) is free${around === "" ? "" : `, ${escapeMarkdown(around)}`}.`];
  if (size === undefined) return [...lines, "How much is needed is not written yet: with a size, places where it fits best come first."].join("\n\n");
  const left = sizeOf(stretch) - size;
  const range = { base, end: base + size } as AddressRange<Space>;
  const rest = left === 0n ? "which it fills" : `which leaves ${printSize(left)}`;
  return [...lines, `${printSize(size)} at its ${end} end would be ${inlineCode(printRange(range))}, ${rest}.`, `The base is a multiple of ${printSize(space.alignment(size))}.`].join("\n\n");
}

/** What ends where the stretch begins, and what begins where it ends. */
function neighbours({ map }: FreeSpace, stretch: AddressRange<Space>): [Occupant | undefined, Occupant | undefined] {
  const below = { base: address<Space>(stretch.base - 1n), end: stretch.base };
  return [map.at(below).findLast((one) => one.range.end === stretch.base), map.beginningAt(stretch.end)[0]];
}

function hex(bus: number): string {
  return bus.toString(16).padStart(2, "0");
}
