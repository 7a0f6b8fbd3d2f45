// Every list of entries that say where something lies, in all spaces, with what people call its entries. BARs are left out: their sizes follow
// a rule of their own. Knows nothing of maps, nor of what a range means.
import type { AddressRange, Space } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Entry, Extent } from "../language/valueType";
import type { BridgeWindow, Captured, HostBridge, HostWindow, Iommu, NamedEntry, Reservation } from "../platform";
import { known } from "./occupants";
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
}

/** Where an entry lies, and in which form that is written. */
export function placeOf(entry: PlacedEntry): Extent | undefined {
  return entry.extent ?? entry.busExtent;
}

/** The lists in the order of the language. */
export function* placedLists(plan: Plan): Generator<PlacedList> {
  const { platform } = plan;
  yield named("memory", platform.memory);
  yield named("device", platform.devices);
  yield named("reservation", platform.reserved);
  yield named("doorbell", platform.doorbells);
  yield named("IOMMU", platform.iommus);
  yield named("CXL window", platform.cxlWindows);
  for (const one of platform.reserved ?? []) if (one.within) yield allowedRanges(one, one.within);
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

function named(noun: string, entries: readonly PlacedEntry[] | undefined): PlacedList {
  return { entries: entries ?? [], label: (entry) => `${noun} ${(entry as NamedEntry).name ?? ""}`.trim() };
}

function windowsOf(owner: string, windows: readonly (HostWindow | BridgeWindow)[]): PlacedList {
  return { entries: windows, label: (entry) => `${(entry as HostWindow | BridgeWindow).type} window of ${owner}` };
}

function labelled(label: string, entries: readonly PlacedEntry[]): PlacedList {
  return { entries, label: () => label };
}
