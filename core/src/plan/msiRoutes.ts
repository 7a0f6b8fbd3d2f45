// The way of an MSI: which doorbell a function writes to, through which IOMMU, and at which address the write travels on the bus.
// Knows nothing of windows that may be in the way, nor of whether the doorbell can be mapped.
import type { AddressRange } from "../address";
import { address, contains, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { CapturedMsi, Doorbell, HostBridge, InboundWindow, Iommu, MsiMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { nameOfWritten, writtenBytes } from "./doorbells";
import type { InFront } from "./iommuInFront";
import { iommusInFront } from "./iommuInFront";
import { isMisread } from "./misread";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";
import type { Scope } from "./requesterIds";
import { divideIds, requesterIdsOf, segmentOf } from "./requesterIds";

/** The address that devices put on the bus to raise an interrupt. */
export interface EmittedAddress {
  /** Bus addresses. Behind an IOMMU these are I/O virtual: what a device emits travels by the same number. */
  readonly ranges: readonly AddressRange<"bus">[];
  readonly kind: "msi-window" | "doorbell" | "root-complex";
  /** What people call it: "MSI window of smmu0", "doorbell v2m0". */
  readonly name: string;
  /** The value of the description that gives it. */
  readonly at: Anchor;
  /** Whether the host bridge lets the write through: its inbound windows hold the address, and lead from there to the doorbell. */
  readonly forwarded: boolean | "unknown";
}

/** The functions of one host bridge whose MSIs take one way. */
export interface MsiRoute {
  readonly hostBridge: HostBridge;
  /** Absent: the root complex takes the write itself. */
  readonly doorbell: Doorbell | undefined;
  /** The IOMMU in front; absent where nothing is translated, and where the root complex takes the write before the IOMMU sees it. */
  readonly iommu: Iommu | undefined;
  readonly emitted: EmittedAddress;
}

export interface MsiRouting {
  /** Each way once. */
  readonly routes: readonly MsiRoute[];
  /** Why the way of some functions is not known, in clauses. */
  readonly unknown: readonly string[];
}

/** The ways of the MSIs below a host bridge. One that is disabled has none. */
export function msiRouting(plan: Plan, bridge: HostBridge): MsiRouting {
  return routingOf(plan, bridge);
}

/** The way of a function's MSIs, by its requester id; undefined when there is none, or when it is not known. */
export function msiRouteOf(plan: Plan, node: PciNode): MsiRoute | undefined {
  return segmentOf(routingOf(plan, node.hostBridge).segments, node.requesterId)?.route;
}

/** The ways that lead to a doorbell, from all host bridges. */
export function msiRoutesTo(plan: Plan, doorbell: Doorbell): readonly MsiRoute[] {
  return routesByDoorbell(plan).get(doorbell) ?? [];
}

/** True when the IOMMU passes the write on without translating it: hardware takes the doorbell's own address as an interrupt (x86, HiSilicon hip07). */
export function isTakenUntranslated(iommu: Iommu, doorbell: Doorbell): boolean {
  const window = iommu.msiWindow;
  if (!window?.extent || window.programmable === true) return false;
  return writtenBytes(doorbell).every((bytes) => window.extent?.ranges.some((range) => range.base <= bytes.base && bytes.end <= range.end));
}

interface Routing extends MsiRouting {
  readonly segments: readonly (IdRange & { readonly route: MsiRoute | undefined })[];
}

const NO_ROUTES: Routing = { routes: [], unknown: [], segments: [] };

const bridgesSeen = perPlan(() => new Map<HostBridge, Routing>());

const routesByDoorbell = perPlan((plan) => {
  const found = new Map<Doorbell, MsiRoute[]>();
  for (const route of (plan.platform.pci ?? []).flatMap((bridge) => routingOf(plan, bridge).routes)) {
    if (!route.doorbell) continue;
    const routes = found.get(route.doorbell);
    if (routes) routes.push(route);
    else found.set(route.doorbell, [route]);
  }
  return found;
});

const doorbellsByName = perPlan((plan) => new Map((plan.platform.doorbells ?? []).map((doorbell) => [doorbell.name, doorbell])));

function routingOf(plan: Plan, bridge: HostBridge): Routing {
  const known = bridgesSeen(plan).get(bridge) ?? findRouting(plan, bridge);
  bridgesSeen(plan).set(bridge, known);
  return known;
}

function findRouting(plan: Plan, bridge: HostBridge): Routing {
  const { msi } = bridge;
  if (bridge.disabled === true || msi === "none") return NO_ROUTES;
  if (msi === "unknown") return { ...NO_ROUTES, unknown: [`where the MSIs of ${bridge.name} go is unknown`] };
  if (msi === undefined || isMisread(plan, under(bridge.anchor, "msi"))) return NO_ROUTES;
  if (isCaptured(msi) && msi.rootComplex === "unknown") return { ...NO_ROUTES, unknown: [`the address at which ${bridge.name} takes MSIs is unknown`] };
  if (isCaptured(msi)) return wholeBridge(bridge, { hostBridge: bridge, doorbell: undefined, iommu: undefined, emitted: capturedAddress(bridge, msi) });
  return throughIommus(plan, bridge, typeof msi === "string" ? [{ to: msi }] : msi);
}

/** Narrows `msi` to what a root complex takes itself. */
function isCaptured(msi: NonNullable<HostBridge["msi"]>): msi is CapturedMsi {
  return typeof msi === "object" && "rootComplex" in msi;
}

function wholeBridge(bridge: HostBridge, route: MsiRoute): Routing {
  return { routes: [route], unknown: [], segments: [{ ...requesterIdsOf(bridge), route }] };
}

/** The register is one 32-bit word. */
function capturedAddress(bridge: HostBridge, msi: CapturedMsi): EmittedAddress {
  const base = msi.rootComplex;
  const ranges = base === "unknown" ? [] : [{ base, end: address<"bus">(base + 4n) }];
  return { ranges, kind: "root-complex", name: `MSI address of ${bridge.name}`, at: under(msi.anchor, "rootComplex"), forwarded: true };
}

/** A whole host bridge with one doorbell is a mapping without a scope. */
type Mapping = Scope & Pick<MsiMapping, "to" | "incomplete">;

/** Lays the division by MSI mappings over that by IOMMUs: every pair of both that some id has is a way. */
function throughIommus(plan: Plan, bridge: HostBridge, mappings: readonly Mapping[]): Routing {
  const ways = new Map<string, Map<InFront, MsiRoute | undefined>>();
  const unknown = new Set<string>();
  const segments: { first: number; last: number; route: MsiRoute | undefined }[] = [];
  const fronts = iommusInFront(plan, bridge);
  let next = 0;
  for (const one of divideIds(plan, bridge, mappings)) {
    while ((fronts[next]?.last ?? Infinity) < one.first) next++;
    for (let i = next; i < fronts.length && (fronts[i]?.first ?? Infinity) <= one.last; i++) {
      const front = fronts[i] as (typeof fronts)[number];
      const route = one.entry && wayOf(plan, bridge, one.entry, front.inFront, ways, unknown);
      segments.push({ first: Math.max(one.first, front.first), last: Math.min(one.last, front.last), route });
    }
  }
  if (mappings.some((one) => one.incomplete)) unknown.add(`the boot loader fills in the MSI mappings of ${bridge.name}`);
  const routes = [...ways.values()].flatMap((fromMapping) => [...fromMapping.values()]).filter((route) => route !== undefined);
  return { routes, unknown: [...unknown], segments };
}

function wayOf(
  plan: Plan, bridge: HostBridge, mapping: Mapping, front: InFront, ways: Map<string, Map<InFront, MsiRoute | undefined>>, unknown: Set<string>,
): MsiRoute | undefined {
  const known = ways.get(mapping.to) ?? new Map<InFront, MsiRoute | undefined>();
  ways.set(mapping.to, known);
  if (!known.has(front)) known.set(front, makeRoute(plan, bridge, mapping.to, front, unknown));
  return known.get(front);
}

function makeRoute(plan: Plan, bridge: HostBridge, to: string, front: InFront, unknown: Set<string>): MsiRoute | undefined {
  const doorbell = doorbellsByName(plan).get(to);
  if (!doorbell?.extent) return undefined;
  const emitted = emittedAddress(bridge, doorbell, front);
  if ("because" in emitted) unknown.add(emitted.because);
  else return { hostBridge: bridge, doorbell, iommu: front.kind === "iommu" ? front.iommu : undefined, emitted };
  return undefined;
}

/** Behind an IOMMU with an MSI window that is the window, else the doorbell itself (language.md, settled readings). */
function emittedAddress({ inbound, name }: HostBridge, doorbell: Doorbell, front: InFront): EmittedAddress | { readonly because: string } {
  if (front.kind === "unknown") return front;
  const window = front.kind === "iommu" ? windowOf(front.iommu) : undefined;
  if (window && "because" in window) return window;
  const bytes = writtenBytes(doorbell);
  const itself = { kind: "doorbell", name: nameOfWritten(doorbell), at: doorbell.extent?.at ?? doorbell.anchor } as const;
  if (front.kind === "iommu") {
    const emitted = window ?? { ...itself, ranges: bytes.map(sameNumber) };
    return { ...emitted, forwarded: areForwarded(inbound, emitted.ranges) };
  }
  if (inbound === "unknown") return { because: `which bus addresses ${name} forwards to memory is unknown` };
  if (inbound === undefined) return { ...itself, ranges: bytes.map(sameNumber), forwarded: true };
  const images = bytes.map((range) => onBus(inbound, range));
  return { ...itself, ranges: images.map((image, index) => image ?? sameNumber(bytes[index] as AddressRange<"pa">)), forwarded: !images.includes(undefined) };
}

function windowOf(iommu: Iommu): Omit<EmittedAddress, "forwarded"> | { readonly because: string } | undefined {
  const window = iommu.msiWindow;
  if (!window) return undefined;
  if (!window.extent) return { because: `the MSI window of ${iommu.name} has no address` };
  return { ranges: window.extent.ranges.map(sameNumber), kind: "msi-window", name: `MSI window of ${iommu.name}`, at: window.extent.at };
}

/** Absent inbound windows let everything through (language.md). */
function areForwarded(inbound: HostBridge["inbound"], ranges: readonly AddressRange<"bus">[]): boolean | "unknown" {
  if (inbound === undefined) return true;
  if (inbound === "unknown") return "unknown";
  const through = new RangeSet(inbound.flatMap((window) => window.busExtent?.ranges ?? []));
  return ranges.every((range) => through.contains(range));
}

/** Where a physical range is on the bus: its image in an inbound window. What no window leads to has none; drivers write its number nevertheless. */
function onBus(inbound: readonly InboundWindow[], range: AddressRange<"pa">): AddressRange<"bus"> | undefined {
  for (const window of inbound) {
    const [cpu, bus] = [window.cpuExtent?.ranges[0], window.busExtent?.ranges[0]];
    if (!cpu || !bus || !contains(cpu, range)) continue;
    const base = address<"bus">(bus.base + (range.base - cpu.base));
    return { base, end: address<"bus">(base + sizeOf(range)) };
  }
  return undefined;
}

/** Physical and I/O virtual addresses that devices write as they are. */
function sameNumber(range: AddressRange<"pa"> | AddressRange<"iova">): AddressRange<"bus"> {
  return { base: address<"bus">(range.base), end: address<"bus">(range.end) };
}
