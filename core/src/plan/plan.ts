// The plan of one platform: what its file says, and what follows from that. Each derived fact is worked out once, when somebody first asks.
// Knows nothing of rules.
import type { Entry } from "../language/valueType";
import type { HostBridge, NamedEntry, Platform } from "../platform";
import type { AddressMap } from "./addressMap";
import type { EntryChange, EntryList, EntryOf, EntryTest } from "./entryChange";
import { selectedAfter } from "./entryChange";
import type { FileReading } from "./filePlan";
import { FilePlan } from "./filePlan";
import { busIoMap, busMemoryMap, physicalMap, physicalMapAfter } from "./occupants";
import type { OverlapReport } from "./overlaps";
import { findOverlaps, overlapsAfter } from "./overlaps";
import type { PciNode } from "./pciTree";
import { pciTree } from "./pciTree";

export class Plan extends FilePlan {
  readonly kind = "platform";
  readonly platform: Platform;
  private readonly selections = new Map<EntryList, Map<EntryTest<never>, readonly Entry[]>>();

  constructor(reading: FileReading<Platform>) {
    super(reading);
    this.platform = reading.value;
  }

  /** The plan of a platform that differs from this one in one entry. What is quickly brought up to date is taken over from here; it holds nothing of this plan. */
  after(change: EntryChange, reading: FileReading<Platform>): Plan {
    const next = new Plan(reading);
    for (const [list, selections] of this.selections) next.takeSelections(list, selections, change);
    if (change.list !== "pci") next.learn("functions", this.known("functions"));
    const physical = this.known<AddressMap<"pa">>("physical");
    next.learn("physical", physical && physicalMapAfter(physical, change));
    const overlaps = this.known<OverlapReport>("overlaps");
    next.learn("overlaps", overlaps && next.known("physical") && overlapsAfter(overlaps, this, next, change));
    return next;
  }

  /** Entries of a list that pass a test, in the order of the description. Asked once a plan; when one entry has changed, only that is asked again. */
  entriesWhere<L extends EntryList>(list: L, test: EntryTest<L>): readonly EntryOf<L>[] {
    const selections = this.selectionsOf(list);
    const known = selections.get(test as EntryTest<never>) ?? ((this.platform[list] ?? []) as readonly EntryOf<L>[]).filter(test);
    selections.set(test as EntryTest<never>, known);
    return known as readonly EntryOf<L>[];
  }

  get physical(): AddressMap<"pa"> {
    return this.once("physical", () => physicalMap(this.platform));
  }

  get functions(): readonly PciNode[] {
    return this.once("functions", () => pciTree(this.platform));
  }

  /** Bus memory addresses below the host bridge. */
  busMemory(bridge: HostBridge): AddressMap<"bus"> {
    return this.once(`memory below ${bridge.anchor.path.join("/")}`, () => busMemoryMap(bridge, this.functionsOf(bridge)));
  }

  /** I/O ports below the host bridge. */
  busIo(bridge: HostBridge): AddressMap<"bus"> {
    return this.once(`I/O below ${bridge.anchor.path.join("/")}`, () => busIoMap(bridge, this.functionsOf(bridge)));
  }

  /** Every overlap that is not legal, each once, with what makes it so. */
  get overlaps(): OverlapReport {
    return this.once("overlaps", () => findOverlaps(this));
  }

  /** The functions below a host bridge. */
  functionsOf(bridge: HostBridge): readonly PciNode[] {
    return this.once("functions by bridge", () => functionsByBridge(this.functions)).get(bridge) ?? [];
  }

  /** Entries of the lists that a reference can lead to, by name; of two with one name, the first. */
  get entries(): ReadonlyMap<string, NamedEntry> {
    return this.once("entries", () => entriesByName(this.platform, this.functions));
  }

  private selectionsOf(list: EntryList): Map<EntryTest<never>, readonly Entry[]> {
    const known = this.selections.get(list) ?? new Map<EntryTest<never>, readonly Entry[]>();
    this.selections.set(list, known);
    return known;
  }

  private takeSelections(list: EntryList, selections: ReadonlyMap<EntryTest<never>, readonly Entry[]>, change: EntryChange): void {
    for (const [test, selected] of selections) {
      const now = list === change.list ? selectedAfter(selected, test as (entry: Entry) => boolean, change) : selected;
      if (now) this.selectionsOf(list).set(test, now);
    }
  }
}

function functionsByBridge(functions: readonly PciNode[]): ReadonlyMap<HostBridge, readonly PciNode[]> {
  const lists = new Map<HostBridge, PciNode[]>();
  for (const node of functions) {
    const list = lists.get(node.hostBridge);
    if (list) list.push(node);
    else lists.set(node.hostBridge, [node]);
  }
  return lists;
}

function entriesByName(platform: Platform, functions: readonly PciNode[]): ReadonlyMap<string, NamedEntry> {
  const entries = new Map<string, NamedEntry>();
  const lists: (readonly NamedEntry[] | undefined)[] = [
    platform.memory, platform.devices, platform.reserved, platform.doorbells, platform.iommus, platform.pci,
    functions.map((node) => node.function),
  ];
  for (const list of lists) {
    for (const entry of list ?? []) if (entry.name !== undefined && !entries.has(entry.name)) entries.set(entry.name, entry);
  }
  return entries;
}
