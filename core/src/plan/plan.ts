// The plan of one platform: what its file says, and what follows from that. Each derived fact is worked out once, when somebody first asks.
// Knows nothing of rules.
import type { Anchor } from "../anchor";
import type { EntryKind } from "../language/valueType";
import type { HostBridge, NamedEntry, Platform } from "../platform";
import type { Problem, ProblemKind } from "../problem";
import type { AddressMap } from "./addressMap";
import { busIoMap, busMemoryMap, physicalMap } from "./occupants";
import type { OverlapReport } from "./overlaps";
import { findOverlaps } from "./overlaps";
import type { PciNode } from "./pciTree";
import { pciTree } from "./pciTree";

/** What was read of a platform file. */
export interface PlatformReading {
  readonly platform: Platform;
  readonly problems: readonly Problem[];
  /** What each declared name names, and where it is declared. */
  readonly names: ReadonlyMap<string, { readonly declaredAt: Anchor; readonly entryKind: EntryKind | undefined }>;
}

export class Plan {
  readonly platform: Platform;
  readonly problems: readonly Problem[];
  private readonly memory = new Map<string, unknown>();

  constructor(private readonly reading: PlatformReading) {
    this.platform = reading.platform;
    this.problems = reading.problems;
  }

  /** The problems of one kind that reading the text met. */
  problemsOf<K extends ProblemKind>(kind: K): Problem<K>[] {
    return this.problems.filter((problem) => problem.kind === kind) as unknown as Problem<K>[];
  }

  get physical(): AddressMap<"pa"> {
    return this.once("physical", () => physicalMap(this.platform));
  }

  get functions(): readonly PciNode[] {
    return this.once("functions", () => pciTree(this.platform));
  }

  /** Bus memory addresses below the host bridge. */
  busMemory(bridge: HostBridge): AddressMap<"bus"> {
    return this.once(`memory below ${bridge.anchor.path.join("/")}`, () => busMemoryMap(bridge, this.functions));
  }

  /** I/O ports below the host bridge. */
  busIo(bridge: HostBridge): AddressMap<"bus"> {
    return this.once(`I/O below ${bridge.anchor.path.join("/")}`, () => busIoMap(bridge, this.functions));
  }

  /** Every overlap that is not legal, each once, with what makes it so. */
  get overlaps(): OverlapReport {
    return this.once("overlaps", () => findOverlaps(this));
  }

  /** The functions below a host bridge. */
  functionsOf(bridge: HostBridge): readonly PciNode[] {
    return this.functions.filter((node) => node.hostBridge === bridge);
  }

  /** Entries of the lists that a reference can lead to, by name; of two with one name, the first. */
  get entries(): ReadonlyMap<string, NamedEntry> {
    return this.once("entries", () => entriesByName(this.platform, this.functions));
  }

  /** The kind of entry that a name names. */
  kindOf(name: string): EntryKind | undefined {
    return this.reading.names.get(name)?.entryKind;
  }

  /** True for every name that the file declares, also of what a reference cannot lead to. */
  isNameTaken(name: string): boolean {
    return this.reading.names.has(name);
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.memory.has(key)) this.memory.set(key, make());
    return this.memory.get(key) as T;
  }
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
