// What a host keeps from the memory of its guests, and why: the kernel's reserved regions, the windows of its bridges, what its inbound windows leave out,
// the doorbell that a root complex takes itself, and what the running machine said. For the whole host, or for the functions that a guest gets.
// Sources: domain.md 1.4 to 1.7 and 5.5. Knows nothing of guests, nor of rounding.
import type { AddressRange } from "../address";
import { contains, sameRange } from "../address";
import type { HostBridge } from "../platform";
import { testAcs } from "../plan/acsTest";
import { groupsOf } from "../plan/assignedGroups";
import { msiRouting } from "../plan/msiRoutes";
import { known } from "../plan/occupants";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { iommuRegions } from "../plan/reserved/functionRegions";
import type { RegionKind } from "../plan/reserved/regionList";
import { kernelList } from "../plan/reserved/regionList";
import { regionsOfNodes } from "../plan/reserved/regionsOfNodes";
import { outsideInbound, windowRegions } from "../plan/reserved/unlisted";
import { asEmittedByGuest } from "./dmaAddresses";

/** The kernel's kinds that block guest memory, and two that the kernel does not list. `direct-relaxable` never blocks. */
export type BlockingKind = Exclude<RegionKind, "direct-relaxable"> | "window" | "inbound";

/** Guest physical addresses that a host keeps from guest memory. */
export interface HostRegion {
  readonly range: AddressRange<"ipa">;
  readonly kind: BlockingKind;
  /** A clause each. */
  readonly because: readonly string[];
  /** A window for doorbells that software may put elsewhere. */
  readonly isMovable?: true;
}

export interface HostRegions {
  readonly regions: readonly HostRegion[];
  /** Why regions may be missing, in clauses. */
  readonly unknown: readonly string[];
}

/** What the host keeps from every guest, whatever is passed through: each region and each described bridge window. */
export const allRegionsOf: (plan: Plan) => HostRegions = perPlan((plan) => {
  const bridges = (plan.platform.pci ?? []).filter((bridge) => bridge.disabled !== true);
  const ofFunctions = regionsOfNodes(plan, plan.functions);
  const ofIommus = (plan.platform.iommus ?? []).filter((iommu) => iommu.disabled !== true).flatMap((iommu) => iommuRegions(plan, iommu));
  const listed = kernelList([...ofIommus, ...ofFunctions.regions]).flatMap(asHostRegion);
  const windows = bridges.flatMap((bridge) => windowsBelow(plan, bridge));
  return {
    regions: withMovable(plan, distinct([...listed, ...windows, ...bridges.flatMap((bridge) => beyondBridge(plan, bridge)), ...capturedRegions(plan, () => true)])),
    unknown: [...ofFunctions.unknown, ...bridges.flatMap((bridge) => doubtsAbout(bridge, true))],
  };
});

/**
 * What the host keeps from a guest that gets these functions: the regions of their groups, what the inbound windows of their host bridges leave out, and
 * the windows of those bridges on their paths that do not redirect requests (RR and UF) to the IOMMU.
 */
export function regionsFor(plan: Plan, nodes: readonly PciNode[]): HostRegions {
  if (nodes.length === 0) return { regions: [], unknown: [] };
  const { members, unknown } = withTheirGroups(plan, nodes);
  const listed = regionsOfNodes(plan, members);
  const bridges = [...new Set(members.map((node) => node.hostBridge))];
  const addresses = new Set(members.map((node) => node.address));
  return {
    regions: withMovable(plan, distinct([
      ...listed.regions.flatMap(asHostRegion),
      ...windowsOnPaths(plan, members),
      ...bridges.flatMap((bridge) => beyondBridge(plan, bridge)),
      ...capturedRegions(plan, (devices) => devices.some((device) => addresses.has(device))),
    ])),
    unknown: [...new Set([...unknown, ...listed.unknown, ...bridges.flatMap((bridge) => doubtsAbout(bridge, false))])],
  };
}

/**
 * What the host keeps from a guest that gets these functions, of which some are not described: then it may be anything that the host keeps at all.
 * @param missing addresses of functions that the description does not have
 */
export function regionsForPassed(plan: Plan, nodes: readonly PciNode[], missing: readonly string[]): HostRegions {
  if (missing.length === 0) return regionsFor(plan, nodes);
  const { regions, unknown } = allRegionsOf(plan);
  return { regions, unknown: [...missing.map((address) => `${address} is not described, so every region of the host counts`), ...unknown] };
}

/** True when a port on the way up sends requests that look like peer-to-peer on to the IOMMU, whatever is on the bus beside it. */
export function redirectsRequests(plan: Plan, port: PciNode): boolean {
  if (testAcs(port.function, port.label, ["RR", "UF"]).kind === "isolates") return true;
  const { verdict, quirk } = groupsOf(plan).isolationOf(port);
  return quirk !== undefined && verdict.kind === "isolates";
}

/** The functions together with all that may be in their groups, and why that is not settled. */
function withTheirGroups(plan: Plan, nodes: readonly PciNode[]): { members: readonly PciNode[]; unknown: readonly string[] } {
  const groups = groupsOf(plan);
  const members = new Set<PciNode>(nodes);
  const unknown: string[] = [];
  for (const node of nodes) {
    for (const member of groups.groups.find((group) => group.members.includes(node))?.members ?? []) members.add(member);
    const open = groups.undetermined.find((one) => one.nodes.includes(node));
    for (const member of open?.nodes ?? []) members.add(member);
    unknown.push(...(open?.because ?? []));
  }
  return { members: plan.functions.filter((node) => members.has(node)), unknown };
}

function asHostRegion({ range, kind, because }: { range: AddressRange<"iova">; kind: RegionKind; because: readonly string[] }): HostRegion[] {
  return kind === "direct-relaxable" ? [] : [{ range: asEmittedByGuest(range), kind, because }];
}

/** Marks the windows that software may move. */
function withMovable(plan: Plan, regions: readonly HostRegion[]): readonly HostRegion[] {
  const windows = (plan.platform.iommus ?? []).flatMap(({ msiWindow }) => (msiWindow?.programmable === true ? (msiWindow.extent?.ranges ?? []) : [])).map(asEmittedByGuest);
  if (windows.length === 0) return regions;
  return regions.map((one) => (one.kind === "software-msi" && windows.some((window) => sameRange(window, one.range)) ? { ...one, isMovable: true } : one));
}

/** The memory windows of a host bridge, and those of the bridges below it that no window of the host bridge holds. */
function windowsBelow(plan: Plan, bridge: HostBridge): HostRegion[] {
  const own = windowRegions(bridge).map((one): HostRegion => ({ range: asEmittedByGuest(one.range), kind: "window", because: [one.because] }));
  const below = plan.functionsOf(bridge).flatMap(windowsOf);
  return [...own, ...below.filter((one) => !own.some((outer) => contains(outer.range, one.range)))];
}

function windowsOf(node: PciNode): HostRegion[] {
  return known(node.function.windows)
    .filter((window) => window.type !== "io")
    .flatMap(({ type, busExtent }) => (busExtent?.ranges ?? []).map((range) => ({ range, type })))
    .map(({ range, type }) => ({ range: asEmittedByGuest(range), kind: "window", because: [`${type} window of ${node.label}: taken for an access to a device below it`] }));
}

/**
 * A root port that does not redirect leaves the request to the root complex, which takes it for any of the host bridge's windows; so does a function
 * with no port above it. A switch port hands it to its siblings: what it takes is in the window of the port above.
 */
function windowsOnPaths(plan: Plan, nodes: readonly PciNode[]): HostRegion[] {
  const found: HostRegion[] = [];
  for (const node of nodes) {
    const path = [...ancestors(node)];
    const leaky = path.filter((port) => !redirectsRequests(plan, port));
    if (path.length === 0 || leaky.some((port) => port.parent === undefined)) found.push(...windowsBelow(plan, node.hostBridge));
    for (const port of leaky) found.push(...[port, ...(port.parent ? [port.parent] : [])].flatMap(windowsOf));
  }
  return found;
}

/** What DMA below a host bridge does not reach: beyond its inbound windows, and the doorbell that the root complex takes itself. */
function beyondBridge(plan: Plan, bridge: HostBridge): HostRegion[] {
  const outside = outsideInbound(bridge).map((one): HostRegion => ({ range: asEmittedByGuest(one.range), kind: "inbound", because: [one.because] }));
  const taken = msiRouting(plan, bridge).routes.filter(({ emitted }) => emitted.kind === "root-complex").flatMap(({ emitted }) => emitted.ranges);
  return [...outside, ...taken.map((range): HostRegion => ({ range: asEmittedByGuest(range), kind: "msi", because: [`the root complex of ${bridge.name} takes MSIs at this address`] }))];
}

/** MSI_IOVA_BASE: in text the kernel's two kinds of MSI region look alike, and this range is the one that it chooses itself (domain.md 1.2). */
const isSoftwareWindow = ({ base, end }: AddressRange<"iova">): boolean => base === 0x800_0000n && end === 0x810_0000n;

function capturedRegions(plan: Plan, isWanted: (devices: readonly string[]) => boolean): HostRegion[] {
  return (plan.platform.captured?.groups ?? []).filter((group) => isWanted(group.devices)).flatMap(({ id, reserved }) =>
    (reserved ?? []).flatMap(({ range, type }) => asHostRegion({ range, kind: type === "msi" && isSoftwareWindow(range) ? "software-msi" : type, because: [`the running machine lists it for group ${id}`] })),
  );
}

function doubtsAbout(bridge: HostBridge, withWindows: boolean): string[] {
  return [
    ...(withWindows && bridge.windows === "unknown" ? [`the windows of ${bridge.name} are unknown`] : []),
    ...(bridge.inbound === "unknown" ? [`the inbound windows of ${bridge.name} are unknown`] : []),
  ];
}

/** Equal ranges of one kind once, with the reasons of all; what a running machine lists as hardware's is not said again where the software window is known. */
function distinct(regions: readonly HostRegion[]): HostRegion[] {
  const found = new Map<string, HostRegion>();
  for (const one of regions) {
    const key = `${one.range.base}-${one.range.end} ${one.kind}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, because: [...new Set([...before.because, ...one.because])] } : one);
  }
  return [...found.values()].filter((one) => one.kind !== "msi" || !isSaidBySoftware(one, found));
}

function isSaidBySoftware({ range, because }: HostRegion, found: ReadonlyMap<string, HostRegion>): boolean {
  const software = found.get(`${range.base}-${range.end} software-msi`);
  return software !== undefined && sameRange(software.range, range) && because.every((reason) => reason.startsWith("the running machine"));
}

