// The lanes of what CPUs and buses address: physical, and memory and I/O ports below each host bridge, with the conflicts in each.
// Knows nothing of what devices address behind an IOMMU.
import type { AddressRange, Space } from "../address";
import { compareRanges, intersection } from "../address";
import { jsonPointer } from "../anchor";
import type { HostBridge, InboundWindow } from "../platform";
import type { AddressMap } from "../plan/addressMap";
import { inboundWindows } from "../plan/inbound";
import type { Plan } from "../plan/plan";
import type { MapConflict, MapLane, MapRegion } from "./mapModel";
import { regionId, regionsOfMap } from "./occupantRegions";

export const PHYSICAL_LANE = "pa";

export function busLaneId({ name }: HostBridge, isIo = false): string {
  return `${isIo ? "io" : "bus"}:${name}`;
}

/** The physical lane: what the CPUs of the machine reach. */
export function physicalLane(plan: Plan): MapLane {
  const bits = plan.platform.physicalAddressBits;
  const known = typeof bits === "number" ? bits : undefined;
  return {
    id: PHYSICAL_LANE,
    space: "pa",
    owner: "",
    title: "CPU physical",
    subtitle: known === undefined ? "width not given" : `${known} bits`,
    bits: known,
    gap: "free",
    regions: regionsOfMap(plan, PHYSICAL_LANE, plan.physical),
    conflicts: conflictsIn(plan, PHYSICAL_LANE, plan.physical),
    unknown: [],
  };
}

/** Memory addresses below a host bridge, with the windows through which DMA reaches memory; then its I/O ports. Lanes without a region are left out. */
export function busLanes(plan: Plan, bridge: HostBridge): MapLane[] {
  const memory = busLane(plan, bridge, false, plan.busMemory(bridge), inboundRegions(bridge));
  const io = busLane(plan, bridge, true, plan.busIo(bridge), []);
  return [memory, io].filter(({ regions }) => regions.length > 0);
}

function busLane(plan: Plan, bridge: HostBridge, isIo: boolean, map: AddressMap, others: readonly MapRegion[]): MapLane {
  const id = busLaneId(bridge, isIo);
  const clashing = clashingWindows(id, map);
  const { first, last } = bridge.buses ?? { first: 0, last: 0xff };
  return {
    id,
    space: isIo ? "io" : "bus",
    owner: bridge.name,
    title: `${isIo ? "I/O ports" : "PCI bus"} · ${bridge.name}`,
    subtitle: `segment ${bridge.segment ?? 0}, buses ${hex(first)}-${hex(last)}`,
    // PCI decodes 32 bits of I/O and 64 of memory.
    bits: isIo ? 32 : 64,
    gap: undefined,
    regions: sortedRegions([...regionsOfMap(plan, id, map), ...others]),
    conflicts: [...conflictsIn(plan, id, map).filter(({ regions }) => !clashing.some((one) => one.regions.every((region) => regions.includes(region)))), ...clashing],
    unknown: bridge.windows === "unknown" ? [`the windows of ${bridge.name} are unknown`] : [],
  };
}

/** The order of every lane. */
export function sortedRegions(regions: readonly MapRegion[]): MapRegion[] {
  return [...regions].sort((a, b) => compareRanges(a.range, b.range));
}

export function inboundRegionId(bridge: HostBridge, { anchor }: InboundWindow): string {
  return `${busLaneId(bridge)}${jsonPointer(anchor.path)}`;
}

function inboundRegions(bridge: HostBridge): MapRegion[] {
  return inboundWindows(bridge).flatMap((window, index): MapRegion[] => {
    const range = window.busExtent?.ranges[0];
    if (!range || !window.busExtent) return [];
    const { anchor, bus, cpu } = window;
    return [
      {
        id: inboundRegionId(bridge, window),
        name: `inbound ${index}`,
        title: `inbound window ${index} of ${bridge.name}`,
        type: "inbound",
        shape: "inbound",
        range: range as AddressRange<Space>,
        note: cpu === undefined || (cpu as bigint) === (bus as bigint) ? "DMA to memory" : `DMA to 0x${cpu.toString(16)}`,
        source: { entry: anchor, at: window.busExtent.at },
      },
    ];
  });
}

function conflictsIn(plan: Plan, lane: string, map: AddressMap): MapConflict[] {
  return plan.overlaps.overlaps
    .filter((one) => one.map === map)
    .map(({ shared, later, earlier }) => ({ range: shared as AddressRange<Space>, regions: [regionId(lane, later), regionId(lane, earlier)] }));
}

/** Windows that clash on both sides of a bridge are one finding, told of the physical map; the bus has the conflict all the same. */
function clashingWindows(lane: string, map: AddressMap): MapConflict[] {
  const conflicts: MapConflict[] = [];
  for (const { lower, upper } of map.pairs()) {
    const shared = lower.role === "window" && upper.role === "window" ? intersection(lower.range, upper.range) : undefined;
    if (shared) conflicts.push({ range: shared, regions: [regionId(lane, upper), regionId(lane, lower)] });
  }
  return conflicts;
}

function hex(bus: number): string {
  return bus.toString(16).padStart(2, "0");
}
