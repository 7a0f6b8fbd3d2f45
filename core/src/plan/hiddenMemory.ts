// Memory that lies on the bus where a host bridge window leads to devices. Knows nothing of how serious that is.
import type { AddressRange } from "../address";
import { address, intersection, overlaps } from "../address";
import type { HostBridge, HostWindow, Iommu, Platform } from "../platform";
import type { Occupant } from "./addressMap";
import { AddressMap } from "./addressMap";
import { busOffset, inboundOccupants, inboundWindows } from "./inbound";
import { known } from "./occupants";
import { isIo } from "./pciWindows";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";
import { holdsSystemMemory, Piece, systemMemoryIn } from "./systemMemory";

/** A window and the memory that has its bus addresses. */
export interface HiddenMemory {
  readonly bridge: HostBridge;
  readonly window: HostWindow;
  /** Pieces of memory, as bus addresses inside the window. Never empty. */
  readonly memory: readonly Occupant<"bus">[];
  /** All of them together, upward. */
  readonly shared: readonly AddressRange<"bus">[];
}

/** So many pieces of memory are named for one window and one way in: nobody reads more. */
const MOST_PIECES = 64;

/** The windows that can hide memory: without translation on either side the CPU sees the clash too, and that is another matter. */
export function windowsThatMayHideMemory(bridge: HostBridge): readonly HostWindow[] {
  return known(bridge.windows).filter(({ type, busExtent, cpuExtent }) => {
    if (isIo(type) || !busExtent) return false;
    return bridge.inbound !== undefined || isTranslated(cpuExtent?.ranges[0].base, busExtent.ranges[0].base);
  });
}

/** What the windows hide of the memory, without what an IOMMU in front never lets a device emit, and without what the CPU side shows as well. */
export function hiddenMemory(plan: Plan, bridge: HostBridge, windows: readonly HostWindow[]): HiddenMemory[] {
  const found = new Map<HostWindow, Occupant<"bus">[]>();
  const neverEmitted = mappedIommus(bridge, plan.platform).map(reservedByIommu);
  for (const { window, shared, offset } of waysIn(bridge, windows)) {
    const physical: AddressRange<"pa"> = { base: address(shared.base - offset), end: address(shared.end - offset) };
    if (!holdsSystemMemory(plan, physical)) continue;
    for (const piece of systemMemoryIn(plan, physical, MOST_PIECES)) {
      const range: AddressRange<"bus"> = { base: address(piece.range.base + offset), end: address(piece.range.end + offset) };
      if (isSeenByCpu(window, piece) || (neverEmitted.length > 0 && neverEmitted.every((one) => one.contains(range)))) continue;
      const pieces = found.get(window) ?? [];
      pieces.push(new Piece(piece, range));
      found.set(window, pieces);
    }
  }
  return [...found].map(([window, pieces]) => ({ bridge, window, memory: pieces, shared: new RangeSet(pieces.map((one) => one.range)).ranges }));
}

/** The IOMMUs that some function below the bridge is mapped to, each once. */
export function mappedIommus({ iommu }: HostBridge, { iommus }: Platform): Iommu[] {
  const names = new Set(known(iommu).map((one) => one.to));
  return names.size === 0 ? [] : (iommus ?? []).filter((one) => names.has(one.name) && one.disabled !== true);
}

/** What the IOMMU keeps every device from being given. What a device emits travels the bus under that number: its I/O virtual addresses are bus addresses. */
export function reservedByIommu({ reserved }: Iommu): RangeSet<"bus"> {
  const forAll = (reserved ?? []).filter((one) => one.type !== "direct-relaxable" && !one.ids && !one.devices && !one.streams);
  const emitted = forAll.flatMap((one) => one.extent?.ranges ?? []);
  return new RangeSet(emitted.map(({ base, end }) => ({ base: address<"bus">(base), end: address<"bus">(end) })));
}

interface WayIn {
  readonly window: HostWindow;
  /** Bus addresses of the window that would also be DMA to memory. */
  readonly shared: AddressRange<"bus">;
  /** From the physical address to that on the bus. */
  readonly offset: bigint;
}

/** Where inbound windows have bus addresses of the host bridge's windows; without translation, all of each window. */
function* waysIn(bridge: HostBridge, windows: readonly HostWindow[]): Generator<WayIn> {
  const outward = new Map(windows.flatMap((window) => asOccupants(window).map((one) => [one, window] as const)));
  if (bridge.inbound === undefined) {
    for (const [{ range }, window] of outward) yield { window, shared: range, offset: 0n };
    return;
  }
  const map = new AddressMap("bus", `the windows of ${bridge.name}, both ways`, [...outward.keys(), ...inboundOccupants(bridge)]);
  for (const { lower, upper } of map.pairs()) {
    const window = outward.get(lower) ?? outward.get(upper);
    const inbound = inboundWindows(bridge)[(outward.has(lower) ? upper : lower).order];
    const shared = intersection(lower.range, upper.range);
    if (window && inbound && shared && outward.has(lower) !== outward.has(upper)) yield { window, shared, offset: busOffset(inbound) };
  }
}

/** The same memory and the same window clash in the physical map: that finding is more specific. */
function isSeenByCpu(window: HostWindow, memory: Occupant<"pa">): boolean {
  return (window.cpuExtent?.ranges ?? []).some((one) => memory.extent.ranges.some((other) => overlaps(one, other)));
}

function isTranslated(cpu: bigint | undefined, bus: bigint): boolean {
  return cpu !== bus;
}

function asOccupants({ busExtent, anchor, type }: HostWindow): Occupant<"bus">[] {
  return busExtent ? [{ range: busExtent.ranges[0], role: "window", name: type, entry: anchor, at: busExtent.at, extent: busExtent, order: -1 }] : [];
}
