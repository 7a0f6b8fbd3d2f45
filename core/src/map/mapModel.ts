// What a memory map shows, before anybody lays it out: lanes of regions, the conflicts in them, the ways between them, the findings with a place in it.
// Knows nothing of coordinates, colours or text width, nor of which of it is shown.
import type { AddressRange, Space } from "../address";
import type { Anchor } from "../anchor";
import type { Severity } from "../finding";
import type { Place } from "../problem";

/** How a region looks: what it is to somebody who looks for a place. Each has a form of its own, so that none needs its colour. */
export type RegionShape =
  | "ram" | "device" | "window" | "reserved" | "doorbell" | "msi-window" | "relaxable" | "inbound" | "peer" | "outside";

/** One range of one entry, or one that follows from the description. */
export interface MapRegion {
  /** Unique in the map, and the same after an edit elsewhere. */
  readonly id: string;
  /** Short: what people call it, without what its lane says already. */
  readonly name: string;
  /** In full: "BAR 0 of nic (0000:01:00.0)". */
  readonly title: string;
  /** The language's word for it where there is one: `ram`, `secure`, `gicv2m`, `mem32`, `msi`. */
  readonly type: string;
  readonly shape: RegionShape;
  readonly range: AddressRange<Space>;
  /** A few words that belong into its box. */
  readonly note?: string;
  /** Why it is there, where no entry says so. */
  readonly because?: string;
  /** Where the facts of its entry come from, as the author says: "TRM, section 2.4". */
  readonly facts?: string;
  /** Absent for what follows from several entries, or from none. */
  readonly source?: RegionSource;
}

/** Where a region stands in the description. */
export interface RegionSource {
  /** The whole entry. */
  readonly entry: Anchor;
  /** The value that gives the range. */
  readonly at: Anchor;
}

/** Bytes that two regions of one lane share, and may not. */
export interface MapConflict {
  readonly range: AddressRange<Space>;
  /** Ids of the two regions. */
  readonly regions: readonly [string, string];
}

/** One address space of one owner. */
export interface MapLane {
  /** `pa`, `bus:pcie0`, `io:pcie0`, `iova:0000:01:00.0`, `ipa`, `host:d05`. */
  readonly id: string;
  readonly space: Space;
  /** Whose space it is: a host bridge, an IOMMU with its groups; empty for the physical one. */
  readonly owner: string;
  readonly title: string;
  readonly subtitle: string;
  /** How many bits an address has; undefined when that is not known. */
  readonly bits: number | undefined;
  /** What an address that nobody has is called; undefined where that is no question. */
  readonly gap: "free" | "usable" | undefined;
  /** Addresses that are nobody's and yet not to be had, such as what a guest's hosts forbid. */
  readonly closed?: readonly AddressRange<Space>[];
  /** A multiple of this is where something that is placed around them begins and ends. */
  readonly grain?: bigint;
  /** Its boxes say their addresses themselves, and no addresses stand beside it. */
  readonly isNarrow?: boolean;
  /** Sorted by base, the longer first. */
  readonly regions: readonly MapRegion[];
  readonly conflicts: readonly MapConflict[];
  /** Why regions may be missing, in clauses. */
  readonly unknown: readonly string[];
}

/** One end of a way between lanes. */
export interface LinkEnd {
  readonly lane: string;
  /** Absent where the bytes are no region of their own. */
  readonly region?: string;
  readonly range: AddressRange<Space>;
}

/**
 * The same bytes in two lanes. `window`: a host bridge turns addresses of CPUs into those of its bus; `inbound`: it turns addresses of DMA on the bus into
 * physical ones; `doorbell`: an IOMMU maps the one to somewhere in the other.
 */
export interface MapLink {
  readonly kind: "window" | "inbound" | "doorbell";
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  /** Who translates. */
  readonly by: string;
  /** A write on this way does not arrive. */
  readonly broken: boolean;
}

/** A finding that has a place in the map. */
export interface MapFinding {
  /** From 1, in the order of the text: the number in its mark. */
  readonly number: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly at: Place;
  /** Ids of the regions that it is about, the one to blame first. */
  readonly regions: readonly string[];
}

export interface MapModel {
  /** What is mapped: the platform's name. */
  readonly title: string;
  readonly subtitle: string;
  /** From left to right: guest, I/O virtual, physical, bus. DMA and the CPU's accesses both flow to the right. */
  readonly lanes: readonly MapLane[];
  readonly links: readonly MapLink[];
  readonly findings: readonly MapFinding[];
}
