// Every list of entries that say where something lies, in all spaces, with what people call its entries. BARs are left out: their sizes follow
// a rule of their own. Knows nothing of maps, nor of what a range means.
import type { AddressRange, Space } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Entry, Extent } from "../language/valueType";
import type { BridgeWindow, Captured, HostBridge, HostWindow, Iommu, NamedEntry, Reservation } from "../platform";
import { known } from "./occupants";
import type { EntryList } from "./entryChange";
import type { Plan } from "./plan";

/** An entry that has, or may have, a place. A window counts with its bus addresses. */
export interface PlacedEntry extends Entry {
  readonly extent?: Extent;
  readonly busExtent?: Extent;
  readonly size?: bigint;
}

/** Entries that stand beside each other. */
export interface PlacedList {
  readonly entries: readonly PlacedEntry[];
  readonly label: (entry: PlacedEntry) => string;
  /** Those for which something holds that depends on the entry alone; one function for all plans. */
  readonly where: (holds: (entry: PlacedEntry) => boolean) => readonly PlacedEntry[];
}

/** Where an entry lies, and in which form that is written. */
export function placeOf(entry: PlacedEntry): Extent | undefined {
  return entry.extent ?? entry.busExtent;
}

/** The lists in the order of the language. */
export function* placedLists(plan: Plan): Generator<PlacedList> {
  const { platform } = plan;
  yield named("memory", plan, "memory");
  yield named("device", plan, "devices");
  yield named("reservation", plan, "reserved");
  yield named("doorbell", plan, "doorbells");
  yield named("IOMMU", plan, "iommus");
  yield named("CXL window", plan, "cxlWindows");
  for (const one of plan.entriesWhere("reserved", hasWithin)) yield allowedRanges(one, one.within ?? []);
  for (const iommu of platform.iommus ?? []) yield* listsOfIommu(iommu);
  for (const bridge of platform.pci ?? []) yield* listsOfHostBridge(bridge);
  for (const { function: one, label } of plan.functions) yield windowsOf(label, known(one.windows));
  if (platform.captured) yield* capturedRanges(platform.captured);
}

function* listsOfIommu(iommu: Iommu): Generator<PlacedList> {
  if (iommu.msiWindow) yield labelled(`MSI window of ${iommu.name}`, [iommu.msiWindow]);
  yield labelled(`reserved region of ${iommu.name}`, iommu.reserved ?? []);
}

function* listsOfHostBridge(bridge: HostBridge): Generator<PlacedList> {
  const { name, config, windows, inbound, cxl } = bridge;
  if (config && typeof config !== "string") yield labelled(`configuration space of ${name}`, [config]);
  yield windowsOf(name, known(windows));
  yield labelled(`inbound window of ${name}`, known(inbound));
  if (cxl) yield labelled(`CXL registers of ${name}`, [rangeAlone(cxl.anchor, cxl.registers, "registers")]);
}

function* capturedRanges(captured: Captured): Generator<PlacedList> {
  yield labelled("captured firmware range", (captured.firmwareMap ?? []).map((one) => rangeAlone(one.anchor, one.range, "range")));
  for (const group of captured.groups ?? []) {
    yield labelled(`reserved region of group ${group.id}`, (group.reserved ?? []).map((one) => rangeAlone(one.anchor, one.range, "range")));
  }
}

function allowedRanges({ anchor, name }: Reservation, within: readonly AddressRange<"pa">[]): PlacedList {
  const [first, ...others] = within;
  const at = under(anchor, "within");
  return labelled(`allowed range of ${name}`, first ? [{ anchor, extent: { ranges: [first, ...others], form: "ranges", at } }] : []);
}

function rangeAlone(anchor: Anchor, range: AddressRange<Space>, key: string): PlacedEntry {
  return { anchor, extent: { ranges: [range], form: "range", at: under(anchor, key) } };
}

function hasWithin({ within }: Reservation): boolean {
  return within !== undefined;
}

function named(noun: string, plan: Plan, list: EntryList): PlacedList {
  const label = (entry: PlacedEntry): string => `${noun} ${(entry as NamedEntry).name ?? ""}`.trim();
  return { entries: plan.platform[list] ?? [], label, where: (holds) => plan.entriesWhere(list, holds) };
}

function windowsOf(owner: string, windows: readonly (HostWindow | BridgeWindow)[]): PlacedList {
  return listOf(windows, (entry) => `${(entry as HostWindow | BridgeWindow).type} window of ${owner}`);
}

function labelled(label: string, entries: readonly PlacedEntry[]): PlacedList {
  return listOf(entries, () => label);
}

function listOf(entries: readonly PlacedEntry[], label: PlacedList["label"]): PlacedList {
  return { entries, label, where: (holds) => entries.filter(holds) };
}
