// The words for two things that share addresses. Knows nothing of rules.
import type { Related } from "../finding";
import type { Occupant, Role } from "../plan/addressMap";
import type { Overlap } from "../plan/overlaps";
import { printRange, printRangeAndSize, printSize } from "../print";
import { sizeOf } from "../address";

const NOUNS: Readonly<Record<Role, string>> = {
  memory: "memory",
  device: "device",
  reservation: "reservation",
  doorbell: "doorbell",
  iommu: "IOMMU",
  config: "configuration space",
  window: "host bridge window",
  "cxl-window": "CXL window",
  "cxl-registers": "CXL registers",
  "bridge-window": "bridge window",
  bar: "BAR",
  "reserved-region": "reserved region",
  "msi-window": "MSI window",
};

/** "uart1 (device) 0x1000-0x1fff": name, what it is where the name does not say, inclusive range. */
export function describeOccupant(occupant: Occupant): string {
  return `${nameAndNoun(occupant)} ${printRange(occupant.range)}`;
}

/** What people would call an occupant: its name, and what it is unless the name says so. */
export function nameAndNoun(occupant: Occupant): string {
  const noun = NOUNS[occupant.role];
  return occupant.name.includes(" ") ? occupant.name : `${noun} ${occupant.name}`;
}

/** "reservation bl32 overlaps reservation bl31 in 0x…-0x… (2 MiB) of the physical map: 0x…-0x… and 0x…-0x…". */
export function describeOverlap({ later, earlier, shared, map }: Overlap): string {
  const both = `${printRange(later.range)} and ${printRange(earlier.range)}`;
  return `${nameAndNoun(later)} overlaps ${nameAndNoun(earlier)} in ${printRangeAndSize(shared)} of ${map.title}: ${both}`;
}

/** The other participant of an overlap, as a related place. */
export function relatedOccupant(occupant: Occupant): Related {
  return { at: occupant.at, message: `${describeOccupant(occupant)} (${printSize(sizeOf(occupant.range))})` };
}
