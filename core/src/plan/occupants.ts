// From the entries of a platform to the occupants of its address maps: the physical map, and the bus maps of each host bridge.
// Knows nothing of which overlaps are legal.
import type { AddressRange, Space } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Entry, Extent } from "../language/valueType";
import type { HostBridge, Platform } from "../platform";
import type { PciNode } from "./pciTree";
import type { Occupant, Role } from "./addressMap";
import { AddressMap } from "./addressMap";
import type { EntryChange } from "./entryChange";

/** Collects occupants in the order of the description. */
class Collection<S extends Space> {
  readonly occupants: Occupant<S>[] = [];

  /** One that people call something else than its name, or that has none. */
  add(role: Role, name: string, entry: NamedEntry, extent: Extent<S> | undefined): void {
    for (const range of extent?.ranges ?? []) this.occupants.push(new LabelledOccupant(role, entry, extent as Extent<S>, range, this.occupants.length, name));
  }

  addNamed(role: Role, entry: NamedRange, extent: Extent<S> | undefined): void {
    for (const range of extent?.ranges ?? []) this.occupants.push(new PlacedOccupant(role, entry, extent as Extent<S>, range, this.occupants.length));
  }
}

/** An occupant that works out its anchors when somebody asks: there are many, and most are never asked. */
class PlacedOccupant<S extends Space> implements Occupant<S> {
  constructor(
    readonly role: Role,
    readonly owner: NamedEntry,
    readonly extent: Extent<S>,
    readonly range: AddressRange<S>,
    readonly order: number,
  ) {}

  get name(): string {
    return this.owner.name as string;
  }

  get entry(): Anchor {
    return entryAnchor(this.owner);
  }

  get at(): Anchor {
    return this.extent.form === "ranges" ? under(this.extent.at, this.extent.ranges.indexOf(this.range)) : this.extent.at;
  }
}

class LabelledOccupant<S extends Space> extends PlacedOccupant<S> {
  constructor(
    role: Role, owner: NamedEntry, extent: Extent<S>, range: AddressRange<S>, order: number,
    private readonly label: string,
  ) {
    super(role, owner, extent, range, order);
  }

  override get name(): string {
    return this.label;
  }
}

type NamedEntry = Entry & { readonly name?: unknown; readonly at?: unknown };

/** What the CPUs of the machine can reach. A reservation that is disabled does not hold; one without a place has none yet. */
export function physicalMap(platform: Platform): AddressMap<"pa"> {
  const all = new Collection<"pa">();
  const each = (entries: readonly NamedRange[] | undefined, role: Role): void => {
    for (const entry of entries ?? []) all.addNamed(role, entry, entry.extent);
  };
  each(platform.memory, "memory");
  each(platform.devices, "device");
  for (const one of platform.reserved ?? []) if (one.disabled !== true) all.addNamed("reservation", one, one.extent);
  each(platform.doorbells, "doorbell");
  each(platform.iommus, "iommu");
  for (const bridge of platform.pci ?? []) addHostBridge(all, bridge);
  platform.cxlWindows?.forEach((window, index) =>
    all.add("cxl-window", window.name ?? `CXL window ${index}`, window, window.extent),
  );
  return new AddressMap("pa", "the physical map", all.occupants);
}

/** Lists whose entries are occupants by themselves, one for each of their ranges. */
const PLAIN_LISTS: ReadonlySet<string> = new Set(["memory", "devices", "reserved", "doorbells", "iommus"]);

/** The physical map after a change of one entry; undefined when more of it has changed than where that entry lies. */
export function physicalMapAfter(map: AddressMap<"pa">, { list, before, after }: EntryChange): AddressMap<"pa"> | undefined {
  if (!PLAIN_LISTS.has(list)) return undefined;
  const gone = [...occupantsOf(map, before)];
  const entry = after as NamedRange & { readonly disabled?: boolean };
  const { extent } = entry;
  const ranges = list === "reserved" && entry.disabled === true ? [] : (extent?.ranges ?? []);
  if (ranges.length !== gone.length) return undefined;
  const orders = gone.map((one) => one.order).sort((a, b) => a - b);
  const come = ranges.map((range, index) => new PlacedOccupant(gone[0]?.role ?? "memory", entry, extent as Extent<"pa">, range, orders[index] ?? 0));
  return map.replaced(new Set(gone), come);
}

/** The occupants of one entry of the physical map that lies there by itself. */
export function occupantsOf<S extends Space>(map: AddressMap<S>, entry: Entry): Set<Occupant<S>> {
  const ranges = (entry as { readonly extent?: Extent<S> }).extent?.ranges ?? [];
  const isOf = (one: Occupant<S>): boolean => (one as Partial<PlacedOccupant<S>>).owner === entry;
  return new Set(ranges.flatMap(({ base }) => map.beginningAt(base).filter(isOf)));
}

/** Memory addresses on the buses below one host bridge: its windows, the windows of the bridges, and the BARs. @param functions those below it */
export function busMemoryMap(bridge: HostBridge, functions: readonly PciNode[]): AddressMap<"bus"> {
  return busMap(bridge, functions, (type) => type !== "io", `the bus memory map of ${bridge.name}`);
}

/** I/O ports on the buses below one host bridge. @param functions those below it */
export function busIoMap(bridge: HostBridge, functions: readonly PciNode[]): AddressMap<"bus"> {
  return busMap(bridge, functions, (type) => type === "io", `the bus I/O map of ${bridge.name}`);
}

/** Where a finding about a whole entry stands: on its name, else on its PCI address, else on the entry. */
export function entryAnchor(entry: NamedEntry): Anchor {
  if (entry.name !== undefined) return under(entry.anchor, "name");
  return entry.at === undefined ? entry.anchor : under(entry.anchor, "at");
}

interface NamedRange extends NamedEntry {
  readonly name: string;
  readonly extent?: Extent<"pa">;
}

function addHostBridge(all: Collection<"pa">, bridge: HostBridge): void {
  if (bridge.config !== "unknown" && bridge.config !== "none" && bridge.config) {
    const config = bridge.config;
    all.add("config", `configuration space of ${bridge.name}`, config, config.extent);
  }
  if (bridge.cxl) {
    const { registers, anchor } = bridge.cxl;
    const extent: Extent<"pa"> = { ranges: [registers], form: "range", at: under(anchor, "registers") };
    all.add("cxl-registers", `CXL registers of ${bridge.name}`, bridge.cxl, extent);
  }
  for (const window of known(bridge.windows)) {
    all.add("window", window.name ?? `${window.type} window of ${bridge.name}`, { anchor: window.anchor }, window.cpuExtent);
  }
}

function busMap(bridge: HostBridge, functions: readonly PciNode[], wanted: (type: string) => boolean, title: string): AddressMap<"bus"> {
  const all = new Collection<"bus">();
  for (const window of known(bridge.windows)) {
    if (!wanted(window.type)) continue;
    all.add("window", window.name ?? `${window.type} window of ${bridge.name}`, { anchor: window.anchor }, window.busExtent);
  }
  for (const node of functions) {
    for (const window of known(node.function.windows)) {
      if (wanted(window.type)) all.add("bridge-window", `${window.type} window of ${node.label}`, window, window.busExtent);
    }
    for (const bar of known(node.function.bars)) {
      if (wanted(bar.type)) all.add("bar", `BAR ${bar.bar} of ${node.label}`, bar, bar.busExtent);
    }
  }
  return new AddressMap("bus", title, all.occupants);
}

/** The entries of a list that may be unknown or absent. */
export function known<T>(list: readonly T[] | "unknown" | "none" | undefined): readonly T[] {
  return list === undefined || typeof list === "string" ? [] : list;
}
