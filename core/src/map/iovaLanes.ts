// The lanes of what devices address: for each IOMMU what is not free to map, one lane for all groups whose lists are equal.
// Knows nothing of how groups and their reserved regions are made.
import type { AddressRange, Space } from "../address";
import { contains, intersection } from "../address";
import { jsonPointer } from "../anchor";
import type { HostBridge, Iommu } from "../platform";
import { groupsOf } from "../plan/assignedGroups";
import { iommuInFront, iommusInFront } from "../plan/iommuInFront";
import type { PciNode } from "../plan/pciTree";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import type { GroupRegions } from "../plan/reserved/index";
import { reservedRegionsOf } from "../plan/reserved/index";
import type { ReservedRegion } from "../plan/reserved/regionList";
import { regionWord } from "../plan/reserved/regionList";
import type { UnlistedRegion } from "../plan/reserved/unlisted";
import { unlistedBelow } from "../plan/reserved/unlisted";
import { sortedRegions } from "./addressLanes";
import type { MapLane, MapRegion, RegionShape, RegionSource } from "./mapModel";

/** A lane with what it is about. */
export interface IovaLane {
  readonly lane: MapLane;
  readonly iommu: Iommu;
  /** The functions whose DMA it shows; none where only the IOMMU is described. */
  readonly nodes: readonly PciNode[];
}

/** One lane for each list that differs, in the order of the groups; then one for each IOMMU that no described function is behind. */
export const iovaLanes: (plan: Plan) => readonly IovaLane[] = perPlan((plan) => {
  const lists = distinctLists(plan);
  const served = new Set(lists.map(({ iommu }) => iommu));
  const perIommu = new Map<Iommu, number>();
  for (const { iommu } of lists) perIommu.set(iommu, (perIommu.get(iommu) ?? 0) + 1);
  const unserved = (plan.platform.iommus ?? []).filter((iommu) => !served.has(iommu) && iommu.disabled !== true);
  return [
    ...lists.map((list) => laneOfGroups(list, (perIommu.get(list.iommu) ?? 0) > 1)),
    ...unserved.map((iommu) => laneOfIommu(plan, iommu)).filter(({ lane }) => lane.regions.length > 0),
  ];
});

interface RegionList {
  readonly iommu: Iommu;
  readonly groups: GroupRegions[];
}

function distinctLists(plan: Plan): RegionList[] {
  const lists = new Map<string, RegionList>();
  for (const group of reservedRegionsOf(plan, groupsOf(plan))) {
    const front = group.members.map((node) => iommuInFront(plan, node)).find((one) => one.kind === "iommu");
    if (front?.kind !== "iommu") continue;
    const ranges = [...group.regions.map(({ range, kind }) => `${kind} ${range.base} ${range.end}`), ...group.unlisted.map(({ range }) => `${range.base} ${range.end}`)];
    const key = `${front.iommu.anchor.path.join("/")}\n${ranges.join("\n")}`;
    const same = lists.get(key);
    if (same) same.groups.push(group);
    else lists.set(key, { iommu: front.iommu, groups: [group] });
  }
  return [...lists.values()];
}

function laneOfGroups({ iommu, groups }: RegionList, isOneOfSeveral: boolean): IovaLane {
  const nodes = groups.flatMap(({ members }) => members);
  const [first] = groups;
  const regions = first ? [...first.regions.map(describedOr(iommu)), ...first.unlisted] : [];
  const whose = isOneOfSeveral ? ` · ${nodes[0]?.function.name ?? nodes[0]?.address.replace(/^0000:/, "") ?? ""}${nodes.length > 1 ? ` +${nodes.length - 1}` : ""}` : "";
  const unknown = [...new Set(groups.flatMap((group) => group.unknown))];
  const subtitle = `${counted(nodes.length, "function")} in ${counted(groups.length, "group")}`;
  return { iommu, nodes, lane: laneOf(`iova:${nodes[0]?.address ?? iommu.name}`, iommu, whose, subtitle, regions, unknown) };
}

/** Where no function is described: what the IOMMU itself says, and the windows of the host bridges that it serves. */
function laneOfIommu(plan: Plan, iommu: Iommu): IovaLane {
  const bridges = (plan.platform.pci ?? []).filter((bridge) => serves(plan, iommu, bridge));
  const window = iommu.msiWindow;
  const kind = window?.programmable === true ? "software-msi" : "msi";
  const msi = (window?.extent?.ranges ?? []).map((range): ReservedRegion => ({ range, kind, because: [`the MSI window of ${iommu.name}`] }));
  const described = (iommu.reserved ?? []).flatMap((one) =>
    (one.extent?.ranges ?? []).map((range): ReservedRegion => ({ range, kind: one.type, because: [one.name ?? `described for ${iommu.name}`] })),
  );
  const regions = [...[...msi, ...described].map(describedOr(iommu)), ...bridges.flatMap(unlistedBelow)];
  return { iommu, nodes: [], lane: laneOf(`iova:${iommu.name}`, iommu, "", `behind ${iommu.type}`, regions, []) };
}

function serves(plan: Plan, iommu: Iommu, bridge: HostBridge): boolean {
  return iommusInFront(plan, bridge).some(({ inFront }) => inFront.kind === "iommu" && inFront.iommu === iommu);
}

type Listed = (ReservedRegion & { readonly name?: string; readonly source?: RegionSource }) | UnlistedRegion;

/** A region that the description gives stands there; the kernel's own have no place. */
function describedOr(iommu: Iommu): (region: ReservedRegion) => Listed {
  return (region) => {
    for (const one of iommu.reserved ?? []) {
      if (one.extent && one.type === region.kind && one.extent.ranges.some((range) => contains(region.range, range))) {
        return { ...region, ...(one.name !== undefined && { name: one.name }), source: { entry: one.anchor, at: one.extent.at } };
      }
    }
    const window = iommu.msiWindow;
    const isWindow = window?.extent?.ranges.some((range) => contains(region.range, range)) === true && regionWord(region.kind) === "msi";
    return isWindow && window.extent ? { ...region, source: { entry: window.anchor, at: window.extent.at } } : region;
  };
}

function laneOf(id: string, iommu: Iommu, whose: string, subtitle: string, listed: readonly Listed[], unknown: readonly string[]): MapLane {
  const bits = iommu.inputBits;
  const regions = withoutRepeats(listed).map((one, index) => regionOf(id, one, index, bits)).filter((one) => one !== undefined);
  return {
    id,
    space: "iova",
    owner: iommu.name,
    title: `IOVA · ${iommu.name}${whose}`,
    subtitle: bits === undefined ? subtitle : `${bits} bits · ${subtitle}`,
    bits,
    gap: "usable",
    regions: sortedRegions(regions),
    conflicts: [],
    unknown,
  };
}

/** Bridges that use the same bus addresses take the same ones from DMA. */
function withoutRepeats(listed: readonly Listed[]): readonly Listed[] {
  const unlisted = new Map<string, UnlistedRegion>();
  const kept: Listed[] = [];
  for (const one of listed) {
    const key = `${one.range.base}-${one.range.end}`;
    const same = unlisted.get(key);
    if (!isUnlisted(one)) kept.push(one);
    else unlisted.set(key, same ? { ...one, because: `${same.because}; ${one.because}` } : one);
  }
  return [...kept, ...unlisted.values()];
}

function regionOf(lane: string, one: Listed, index: number, bits: number | undefined): MapRegion | undefined {
  const range = bits === undefined ? one.range : intersection(one.range, { base: 0n, end: 1n << BigInt(bits) } as AddressRange<"iova">);
  if (!range) return undefined;
  const because = isUnlisted(one) ? one.because : one.because.join("; ");
  const look = isUnlisted(one) ? UNLISTED[one.kind] : LISTED[one.kind];
  const { source, name } = isUnlisted(one) ? { source: undefined, name: undefined } : one;
  return {
    id: source ? `${lane}${jsonPointer(source.at.path)}` : `${lane}#${index}`,
    name: name ?? look.name,
    title: because,
    type: isUnlisted(one) ? look.name : regionWord(one.kind),
    shape: look.shape,
    range: range as AddressRange<Space>,
    ...(look.note !== undefined && { note: look.note }),
    because,
    ...(source && { source }),
  };
}

interface Look {
  readonly name: string;
  readonly shape: RegionShape;
  readonly note?: string;
}

const LISTED: Readonly<Record<ReservedRegion["kind"], Look>> = {
  direct: { name: "direct", shape: "reserved", note: "mapped one to one" },
  "direct-relaxable": { name: "direct-relaxable", shape: "relaxable", note: "does not block" },
  reserved: { name: "reserved", shape: "reserved" },
  msi: { name: "msi", shape: "reserved", note: "taken by hardware" },
  "software-msi": { name: "MSI window", shape: "msi-window", note: "placed by software" },
};
const UNLISTED: Readonly<Record<UnlistedRegion["kind"], Look>> = {
  window: { name: "peer-to-peer", shape: "peer", note: "a window" },
  inbound: { name: "not forwarded", shape: "outside", note: "no inbound window" },
};

function isUnlisted(one: Listed): one is UnlistedRegion {
  return one.kind === "window" || one.kind === "inbound";
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
