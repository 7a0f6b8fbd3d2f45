// The line above a list of a platform file: what its entries come to, how much of it is free, and what overlaps. Knows nothing of editors.
import type { AddressRange, Space } from "../address";
import { sizeOf } from "../address";
import type { Anchor, Path } from "../anchor";
import { jsonPointer, keyOf, under } from "../anchor";
import type { AddressMap, Occupant } from "../plan/addressMap";
import { known } from "../plan/occupants";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import type { HostBridge } from "../platform";
import { printAddress, printSize } from "../print";
import { RangeSet } from "../plan/rangeSet";

type Words = () => string;

/** The keys of lists that have such a line. */
export function spaceLensPlaces(plan: Plan): readonly Anchor[] {
  return [...spaceLenses(plan).values()].map(({ at }) => at);
}

/** What the line at a place says; undefined where there is none. */
export function spaceLensTitle(plan: Plan, path: Path): string | undefined {
  return spaceLenses(plan).get(jsonPointer(path))?.words();
}

const spaceLenses = perPlan((plan): ReadonlyMap<string, { readonly at: Anchor; readonly words: Words }> => {
  const { platform } = plan;
  const lenses = new Map<string, { at: Anchor; words: Words }>();
  const add = (list: Anchor, isWanted: boolean, words: Words): void => {
    if (isWanted) lenses.set(jsonPointer(list.path), { at: keyOf(list), words });
  };
  add(under(platform.anchor, "memory"), (platform.memory ?? []).length > 0, () => memoryWords(plan));
  add(under(platform.anchor, "reserved"), (platform.reserved ?? []).length > 0, () => reservedWords(plan));
  add(under(platform.anchor, "devices"), overlapWords(plan, "device").length > 0, () => overlapWords(plan, "device").join(""));
  for (const bridge of platform.pci ?? []) add(under(bridge.anchor, "windows"), isOccupied(plan, bridge), () => windowWords(plan, bridge));
  return lenses;
});

/** Memory without what anything else of the physical map takes of it. */
function memoryWords(plan: Plan): string {
  const memory = (plan.platform.memory ?? []).flatMap((one) => (one.disabled === true ? [] : (one.extent?.ranges ?? [])));
  const space = spaceWords(plan.physical, memory, (one) => one.role !== "memory" && one.role !== "cxl-window");
  return [space, ...overlapWords(plan, "memory")].join("; ");
}

function reservedWords(plan: Plan): string {
  const reserved = (plan.platform.reserved ?? []).filter((one) => one.disabled !== true);
  const fixed = reserved.filter((one) => one.extent);
  const floating = reserved.filter((one) => !one.extent && one.size !== undefined);
  const covered = total(new RangeSet(fixed.flatMap((one) => one.extent?.ranges ?? [])).ranges);
  const atBoot = floating.length === 0 ? [] : [`${floating.length} placed at boot, ${printSize(floating.reduce((sum, one) => sum + (one.size ?? 0n), 0n))}`];
  return [`${counted(fixed.length, "reservation")}, ${printSize(covered)}`, ...atBoot, ...overlapWords(plan, "reservation")].join("; ");
}

/** Bus memory that the windows forward. A bridge's window takes what lies in it for what is behind the bridge. */
function windowWords(plan: Plan, bridge: HostBridge): string {
  const windows = known(bridge.windows).flatMap((window) => (window.type === "io" ? [] : (window.busExtent?.ranges ?? [])));
  return spaceWords(plan.busMemory(bridge), windows, isBelow);
}

function isOccupied(plan: Plan, bridge: HostBridge): boolean {
  return plan.busMemory(bridge).occupants.some((one) => one.role === "window") && plan.busMemory(bridge).occupants.some(isBelow);
}

function isBelow({ role }: Occupant): boolean {
  return role !== "window";
}

/** How large the ranges are together, how much of them others take, and the largest piece that nobody does. */
function spaceWords<S extends Space>(map: AddressMap<S>, ranges: readonly AddressRange<S>[], takes: (one: Occupant<S>) => boolean): string {
  const whole = new RangeSet(ranges).ranges;
  const taken = new RangeSet(map.occupants.filter(takes).map((one) => one.range));
  const free = whole.flatMap((range) => taken.missingIn(range));
  const [size, left] = [total(whole), total(free)];
  if (left === size) return `${printSize(size)}, all free`;
  if (left === 0n) return `${printSize(size)}, nothing free`;
  const largest = free.reduce((best, one) => (sizeOf(one) > sizeOf(best) ? one : best));
  const before = map.occupants.findLast((one) => takes(one) && one.range.end === largest.base);
  return `${printSize(size)}, ${printSize(size - left)} taken; largest free piece ${printSize(sizeOf(largest))} at ${printAddress(largest.base)}${before ? `, after ${before.name}` : ""}`;
}

/** How many overlaps are found at entries of the role. */
function overlapWords(plan: Plan, role: Occupant["role"]): string[] {
  const count = plan.overlaps.overlaps.filter(({ later }) => later.role === role).length;
  return count === 0 ? [] : [counted(count, "overlap")];
}

function total(ranges: readonly AddressRange<Space>[]): bigint {
  return ranges.reduce((sum, one) => sum + sizeOf(one), 0n);
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
