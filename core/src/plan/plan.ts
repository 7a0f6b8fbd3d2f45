// The plan of one platform: what its file says, and what follows from that. Each derived fact is worked out once, when somebody first asks.
// Knows nothing of rules.
import type { HostBridge, NamedEntry, Platform } from "../platform";
import type { AddressMap } from "./addressMap";
import type { FileReading } from "./filePlan";
import { FilePlan } from "./filePlan";
import { busIoMap, busMemoryMap, physicalMap } from "./occupants";
import type { OverlapReport } from "./overlaps";
import { findOverlaps } from "./overlaps";
import type { PciNode } from "./pciTree";
import { pciTree } from "./pciTree";

export class Plan extends FilePlan {
  readonly kind = "platform";
  readonly platform: Platform;

  constructor(reading: FileReading<Platform>) {
    super(reading);
    this.platform = reading.value;
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
