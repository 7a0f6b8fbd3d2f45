// From the occupants of an address map to the regions of a lane: short names, words for what they are, and their look.
// Knows nothing of lanes, nor of what follows from a description.
import { jsonPointer } from "../anchor";
import type { HostBridge, HostWindow, Platform } from "../platform";
import { factSourceAt } from "../plan/factSources";
import type { AddressMap, Occupant, Role } from "../plan/addressMap";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { perPlan } from "../plan/perPlan";
import { wholeEntry } from "../plan/places";
import type { Plan } from "../plan/plan";
import type { MapRegion, RegionShape } from "./mapModel";

/** The regions of an address map, in its order. Where nothing is translated, the regions of two maps have the same names. */
export function regionsOfMap(plan: Plan, lane: string, map: AddressMap): MapRegion[] {
  return map.occupants.map((one) => regionOf(plan, lane, one));
}

/** The id of an occupant's region in a lane. */
export function regionId(lane: string, occupant: Occupant): string {
  return `${lane}${jsonPointer(occupant.at.path)}`;
}

/** The id of what a window is in a lane: on the CPU's side or on the bus. */
export function windowRegionId(lane: string, window: HostWindow, side: "cpu" | "bus"): string | undefined {
  const extent = side === "cpu" ? window.cpuExtent : window.busExtent;
  return extent && `${lane}${jsonPointer(extent.at.path)}`;
}

function regionOf(plan: Plan, lane: string, one: Occupant): MapRegion {
  const entry = wholeEntry(one);
  const facts = factsOf(plan).get(jsonPointer(entry.path));
  const stated = factSourceAt(plan, entry.path);
  return {
    id: regionId(lane, one),
    name: facts?.name ?? one.name,
    title: one.name,
    type: facts?.type ?? WORDS[one.role],
    shape: SHAPES[one.role],
    range: one.range as MapRegion["range"],
    ...(facts?.note !== undefined && { note: facts.note }),
    ...(stated !== undefined && { facts: stated }),
    source: { entry, at: one.at },
  };
}

const SHAPES: Readonly<Record<Role, RegionShape>> = {
  memory: "ram",
  device: "device",
  reservation: "reserved",
  doorbell: "doorbell",
  iommu: "device",
  config: "window",
  window: "window",
  "cxl-window": "window",
  "cxl-registers": "device",
  "bridge-window": "window",
  bar: "device",
  "reserved-region": "reserved",
  "msi-window": "msi-window",
};

const WORDS: Readonly<Record<Role, string>> = {
  memory: "ram",
  device: "device",
  reservation: "reserved",
  doorbell: "doorbell",
  iommu: "IOMMU",
  config: "ecam",
  window: "window",
  "cxl-window": "CXL window",
  "cxl-registers": "CXL registers",
  "bridge-window": "bridge window",
  bar: "BAR",
  "reserved-region": "reserved",
  "msi-window": "MSI window",
};

/** What an entry adds to its occupant. */
interface EntryFacts {
  readonly name: string;
  readonly type: string;
  readonly note?: string;
}

const factsOf = perPlan((plan): ReadonlyMap<string, EntryFacts> => {
  const facts = new Map<string, EntryFacts>();
  addFlatLists(facts, plan.platform);
  for (const bridge of plan.platform.pci ?? []) addHostBridge(facts, bridge);
  for (const node of plan.functions) addFunction(facts, node);
  return facts;
});

type Facts = Map<string, EntryFacts>;

function addFlatLists(facts: Facts, { memory, devices, reserved, doorbells, iommus }: Platform): void {
  for (const one of memory ?? []) add(facts, one, { name: one.name, type: one.type ?? "ram" });
  for (const one of devices ?? []) add(facts, one, { name: one.name, type: "device", ...off(one) });
  for (const one of reserved ?? []) {
    add(facts, one, { name: one.name, type: one.type ?? "reserved", ...(one.noMap === true && { note: "no-map" }) });
  }
  for (const one of doorbells ?? []) add(facts, one, { name: one.name, type: one.type, ...off(one) });
  for (const one of iommus ?? []) add(facts, one, { name: one.name, type: one.type, ...off(one) });
}

function addHostBridge(facts: Facts, bridge: HostBridge): void {
  const { config, cxl, name } = bridge;
  const note = off(bridge);
  if (config && typeof config !== "string") add(facts, config, { name: `${name} ${config.type ?? "ecam"}`, type: config.type ?? "ecam", ...note });
  if (cxl) add(facts, cxl, { name: `${name} CXL`, type: "CXL registers" });
  for (const window of known(bridge.windows)) add(facts, window, { name: window.name ?? `${name} ${shortType(window.type)}`, type: window.type, ...note });
}

function addFunction(facts: Facts, { function: one, address }: PciNode): void {
  const name = one.name ?? address.replace(/^0000:/, "");
  for (const window of known(one.windows)) add(facts, window, { name: `${name} ${shortType(window.type)}`, type: window.type });
  for (const bar of known(one.bars)) add(facts, bar, { name: `${name} ${bar.bar === 6 ? "ROM" : `BAR ${bar.bar}`}`, type: bar.type });
}

/** Boxes are narrow, and the lane and its tooltip say the rest. */
function shortType(type: string): string {
  return type.replace("-prefetchable", " pref");
}

function off({ disabled }: { readonly disabled?: boolean }): { readonly note?: string } {
  return disabled === true ? { note: "disabled" } : {};
}

function add(facts: Facts, entry: { readonly anchor: { readonly path: readonly (string | number)[] } }, known: EntryFacts): void {
  facts.set(jsonPointer(entry.anchor.path), known);
}

