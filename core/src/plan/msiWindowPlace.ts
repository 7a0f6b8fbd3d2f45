// Where the MSI window of an IOMMU could lie instead: clear of what bridges claim on the bus, inside what the host bridges forward.
// Knows nothing of guests, whose memory has to keep out of it as well.
import type { Address, AddressRange } from "../address";
import { address, intersection, isPowerOfTwo, sizeOf } from "../address";
import type { Fix } from "../finding";
import type { HostBridge, Iommu } from "../platform";
import { printAddress } from "../print";
import type { Occupant } from "./addressMap";
import { AddressMap } from "./addressMap";
import { iovaMap } from "./iovaMaps";
import { msiRouting } from "./msiRoutes";
import { rangeEdits } from "./placement";
import type { Plan } from "./plan";

/** A window that software chooses lies above the first MiB and below 4 GiB, so that 32-bit MSI reaches it. */
const LOWEST = 1n << 20n;
const LIMIT = 1n << 32n;
/** From here on guests of many kinds have their memory (domain.md 5.1 to 5.3), which has to keep out of the window. */
const GUEST_MEMORY = 1n << 30n;

/**
 * Moves the MSI window to a free place: the nearest below 1 GiB, else the highest below 4 GiB. Nothing when hardware decides where it lies, or when
 * there is no place.
 */
export function moveMsiWindowFixes(plan: Plan, iommu: Iommu): Fix[] {
  const extent = iommu.msiWindow?.extent;
  if (!extent || iommu.msiWindow?.programmable !== true || extent.ranges.length > 1) return [];
  const [range] = extent.ranges;
  const place = freePlace(plan, iommu, range);
  if (place === undefined || place === range.base) return [];
  const next = { base: place, end: address<"iova">(place + sizeOf(range)) };
  return [{ title: `Move the MSI window of ${iommu.name} to ${printAddress(place)}`, edits: rangeEdits({ range, extent, at: extent.at }, next) }];
}

function freePlace(plan: Plan, iommu: Iommu, range: AddressRange<"iova">): Address<"iova"> | undefined {
  const bridges = (plan.platform.pci ?? []).filter((bridge) => msiRouting(plan, bridge).routes.some((route) => route.iommu === iommu));
  const taken = [...iovaMap(iommu).occupants, ...bridges.flatMap((bridge) => claimed(plan, bridge))];
  const map = new AddressMap("iova", `the I/O virtual addresses of ${iommu.name}`, taken);
  const size = sizeOf(range);
  const alignment = isPowerOfTwo(size) ? size : 0x1_0000n;
  const nearest = (wanted: Address<"iova">, within: AddressRange<"iova">): Address<"iova"> | undefined =>
    allowed(iommu, bridges, within)
      .map((part) => map.nearestFit(wanted, size, alignment, part))
      .reduce((best, place) => (best === undefined || (place !== undefined && distance(place, wanted) < distance(best, wanted)) ? place : best), undefined);
  const low = { base: address<"iova">(LOWEST), end: address<"iova">(GUEST_MEMORY) };
  const high = { base: address<"iova">(GUEST_MEMORY), end: address<"iova">(LIMIT) };
  return nearest(range.base, low) ?? nearest(high.end, high);
}

/** What a host bridge claims of its bus. Below it every window lies inside its own. */
function claimed(plan: Plan, bridge: HostBridge): Occupant<"iova">[] {
  const windows = plan.busMemory(bridge).occupants.filter((one) => one.role !== "bar");
  return windows.map((one) => ({ ...one, range: asIova(one.range), extent: { ...one.extent, ranges: [asIova(one.range)] } }));
}

/** The parts of a range that the IOMMU takes and all host bridges let through. */
function allowed(iommu: Iommu, bridges: readonly HostBridge[], within: AddressRange<"iova">): AddressRange<"iova">[] {
  const width = address<"iova">(1n << BigInt(iommu.inputBits ?? 64));
  let ranges = [within].flatMap((range) => intersection(range, { base: address<"iova">(0n), end: width }) ?? []);
  for (const { inbound } of bridges) {
    if (inbound === undefined || inbound === "unknown") continue;
    const through = inbound.flatMap((window) => window.busExtent?.ranges ?? []).map(asIova);
    ranges = ranges.flatMap((range) => through.flatMap((one) => intersection(range, one) ?? []));
  }
  return ranges;
}

/** What a device emits travels on the bus by the same number. */
function asIova(range: AddressRange<"bus">): AddressRange<"iova"> {
  return { base: address<"iova">(range.base), end: address<"iova">(range.end) };
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
