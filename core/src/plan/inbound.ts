// The inbound windows of a host bridge: which bus addresses of DMA become which physical ones. Knows nothing of IOMMUs, nor of what lies there.
import type { AddressRange } from "../address";
import { address, ADDRESS_LIMIT } from "../address";
import type { HostBridge, InboundWindow } from "../platform";
import type { Occupant } from "./addressMap";
import { AddressMap } from "./addressMap";
import { known } from "./occupants";
import { RangeSet } from "./rangeSet";

/** The inbound windows by bus address. `order` is the index in the list of `inboundWindows`. */
export function inboundMap(bridge: HostBridge): AddressMap<"bus"> {
  return new AddressMap("bus", `the inbound bus addresses of ${bridge.name}`, inboundOccupants(bridge));
}

/** The inbound windows as they are written; none when there is no translation, or nobody knows it. */
export function inboundWindows(bridge: HostBridge): readonly InboundWindow[] {
  return known(bridge.inbound);
}

/** The inbound windows in bus addresses, in the order of the description. They take the role of a window: they are one, for the other direction. */
export function inboundOccupants(bridge: HostBridge): Occupant<"bus">[] {
  return inboundWindows(bridge).flatMap(({ busExtent, anchor }, order) => {
    if (!busExtent) return [];
    const name = `inbound window ${order} of ${bridge.name}`;
    return [{ range: busExtent.ranges[0], role: "window", name, entry: anchor, at: busExtent.at, extent: busExtent, order }];
  });
}

/** What is added to a physical address to get the bus address by which DMA reaches it through the window. */
export function busOffset(window: InboundWindow): bigint {
  return window.bus - (window.cpu ?? (window.bus as bigint));
}

/** Physical addresses that no inbound window leads to, upward. */
export function unreachedAddresses(bridge: HostBridge): AddressRange<"pa">[] {
  const reached = new RangeSet(inboundWindows(bridge).flatMap((window) => window.cpuExtent?.ranges ?? []));
  return reached.missingIn({ base: address(0n), end: address(ADDRESS_LIMIT) });
}
