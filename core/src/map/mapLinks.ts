// The ways between lanes: host bridge windows from physical to bus, and the doorbell's path from I/O virtual to physical.
// Knows nothing of which lanes are shown.
import type { AddressRange, Space } from "../address";
import { sizeOf } from "../address";
import type { HostBridge } from "../platform";
import { inboundWindows } from "../plan/inbound";
import { writtenBytes } from "../plan/doorbells";
import type { MsiRoute } from "../plan/msiRoutes";
import { msiRouting } from "../plan/msiRoutes";
import { known } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import { jsonPointer } from "../anchor";
import { busLaneId, inboundRegionId, PHYSICAL_LANE } from "./addressLanes";
import type { IovaLane } from "./iovaLanes";
import type { LinkEnd, MapLane, MapLink } from "./mapModel";
import { windowRegionId } from "./occupantRegions";

/** Windows in the order of the description, then one way for each doorbell of each I/O virtual lane. */
export function mapLinks(plan: Plan, iova: readonly IovaLane[], physical: MapLane): MapLink[] {
  const bridges = (plan.platform.pci ?? []).filter((bridge) => bridge.disabled !== true);
  return [...bridges.flatMap(windowLinks), ...bridges.flatMap(inboundLinks), ...iova.flatMap((one) => doorbellLinks(plan, one, physical))];
}

function windowLinks(bridge: HostBridge): MapLink[] {
  return known(bridge.windows).flatMap((window): MapLink[] => {
    const [cpu, bus] = [window.cpuExtent?.ranges[0], window.busExtent?.ranges[0]];
    const lane = busLaneId(bridge, window.type === "io");
    const [from, to] = [windowRegionId(PHYSICAL_LANE, window, "cpu"), windowRegionId(lane, window, "bus")];
    if (!cpu || !bus || from === undefined || to === undefined) return [];
    return [{ kind: "window", from: end(PHYSICAL_LANE, from, cpu), to: end(lane, to, bus), by: bridge.name, broken: false }];
  });
}

function inboundLinks(bridge: HostBridge): MapLink[] {
  return inboundWindows(bridge).flatMap((window): MapLink[] => {
    const [bus, cpu] = [window.busExtent?.ranges[0], window.cpuExtent?.ranges[0]];
    if (!bus || !cpu) return [];
    return [{ kind: "inbound", from: end(busLaneId(bridge), inboundRegionId(bridge, window), bus), to: { lane: PHYSICAL_LANE, range: cpu }, by: bridge.name, broken: false }];
  });
}

/** Software puts the doorbells of the devices behind an IOMMU into its MSI window. What hardware takes keeps its number, and needs no way. */
function doorbellLinks(plan: Plan, { lane, iommu, nodes }: IovaLane, physical: MapLane): MapLink[] {
  const window = lane.regions.find((one) => one.shape === "msi-window");
  if (!window) return [];
  const bridges = new Set(nodes.map((node) => node.hostBridge));
  const routes = (plan.platform.pci ?? [])
    .filter((bridge) => bridges.size === 0 || bridges.has(bridge))
    .flatMap((bridge) => msiRouting(plan, bridge).routes)
    .filter((route) => route.iommu === iommu);
  const byDoorbell = new Map(routes.map((route) => [route.doorbell, route]));
  return [...byDoorbell.values()].flatMap((route): MapLink[] => {
    const to = doorbellEnd(physical, route);
    if (!to) return [];
    const from = end(lane.id, window.id, window.range);
    return [{ kind: "doorbell", from, to, by: iommu.name, broken: route.emitted.forwarded === false || isBeyondOutput(route) }];
  });
}

function doorbellEnd(physical: MapLane, { doorbell }: MsiRoute): LinkEnd | undefined {
  const written = doorbell && writtenBytes(doorbell)[0];
  const entry = doorbell && jsonPointer(doorbell.anchor.path);
  const region = physical.regions.find((one) => one.source && jsonPointer(one.source.entry.path) === entry);
  return written && region ? end(PHYSICAL_LANE, region.id, written) : undefined;
}

function isBeyondOutput({ iommu, doorbell }: MsiRoute): boolean {
  const bits = iommu?.outputBits;
  return bits !== undefined && doorbell !== undefined && writtenBytes(doorbell).some((range) => range.end > 1n << BigInt(bits));
}

function end(lane: string, region: string, range: AddressRange<Space>): LinkEnd {
  return { lane, region, range };
}

/** True when the link changes the number of an address. */
export function translates({ from, to }: MapLink): boolean {
  return from.range.base !== to.range.base || sizeOf(from.range) !== sizeOf(to.range);
}
