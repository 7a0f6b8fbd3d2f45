// Sorts the kernel's resources (/proc/iomem) into what they are: memory, reservations, devices, IOMMU registers, PCI
// windows, ECAM. What is part of something else keeps the tie. Knows nothing of names and of how entries are written.
import type { Resource } from "../iomem";
import type { CapturedRange } from "../reading";
import { addTo, same } from "../reading";
import type { ResourceKind } from "./resourceKinds";
import { bestKind, rootBusOf } from "./resourceKinds";

/** An entry of the physical map. Inclusive. */
export interface Occupant extends CapturedRange {
  readonly kind: "memory" | "reserved" | "device" | "iommu" | "cxl";
  /** What the kernel calls it, outermost first. */
  readonly labels: readonly string[];
  /** The one of them that tells its kind. */
  readonly label: string;
  /** What it lies in, where that has a name of its own in a description. */
  readonly inside: Occupant | HostWindowPlace | undefined;
  /** Parts of a reservation that something else describes. */
  readonly holes: CapturedRange[];
  /** Why the entry is not as the kernel prints it. */
  note?: string;
}

/** A window of a host bridge, by the bus or the device tree node in its name. */
export interface HostWindowPlace extends CapturedRange {
  readonly kind: "window";
  readonly segment: number | undefined;
  readonly bus: number | undefined;
  readonly nodeName: string | undefined;
}

/** Configuration space; the name may tell segment and buses. */
export interface EcamPlace extends CapturedRange {
  readonly label: string;
}

export interface Layout {
  readonly occupants: Occupant[];
  readonly windows: HostWindowPlace[];
  readonly ecams: EcamPlace[];
  /** Ranges that belong to a PCI function. */
  readonly functions: Map<string, CapturedRange[]>;
  /** Resources that are the kernel's own doing, not the machine's. */
  readonly leftOut: Set<string>;
}

/** How a walk knows host bridges. Keys are `0000:40`. */
export interface KnownBridges {
  readonly rootBuses: ReadonlySet<string>;
  readonly nodeNames: ReadonlySet<string>;
}

type Above = { readonly inside: Occupant | HostWindowPlace | undefined };
const PAGE = 4096n;

/**
 * Walks the tree of resources. `known` names root buses and device tree nodes of host bridges; others are found by what
 * they hold.
 */
export function layOut(resources: readonly Resource[], known: KnownBridges): Layout {
  const layout: Layout = { occupants: [], windows: [], ecams: [], functions: new Map(), leftOut: new Set() };
  const nodeNames = new Set([...known.nodeNames, ...resources.filter(holdsPci).map((resource) => resource.name)]);
  for (const resource of resources) walk(resource, { inside: undefined }, layout, { ...known, nodeNames });
  return layout;
}

function walk(outermost: Resource, above: Above, layout: Layout, known: KnownBridges): void {
  const { labels, resource } = collapse(outermost);
  const { kind, label } = bestKind(labels, known.nodeNames);
  const below = enter(kind, label, labels, resource, above, layout, known);
  if (below) for (const child of resource.children) walk(child, below, layout, known);
}

/** Ranges that are equal are one thing with several names. */
function collapse(outermost: Resource): { labels: string[]; resource: Resource } {
  const labels = [outermost.name];
  let resource = outermost;
  for (
    let [only] = resource.children;
    only && resource.children.length === 1 && same(only, resource);
    [only] = resource.children
  ) {
    labels.push(only.name);
    resource = only;
  }
  return { labels, resource };
}

/**
 * Adds what the resource is, and tells what its children lie in; undefined: the children say nothing about the machine.
 */
function enter(
  kind: ResourceKind,
  label: string,
  labels: readonly string[],
  resource: Resource,
  above: Above,
  layout: Layout,
  known: KnownBridges,
): Above | undefined {
  switch (kind) {
    case "kernel":
      layout.leftOut.add(label);
      return undefined;
    case "function":
      addTo(layout.functions, label, resource);
      return undefined;
    case "bus":
      return enterBus(label, resource, above, layout, known);
    case "ecam":
      layout.ecams.push({ base: resource.base, last: resource.last, label });
      cut(above, resource);
      return undefined;
    case "memory":
      addOccupant(kind, label, labels, resource, above, layout);
      return undefined;
    case "cxl":
      addOccupant(kind, label, labels, resource, above, layout);
      return above;
    case "reserved":
      return enterReservation(label, labels, resource, above, layout);
    default:
      return enterDevice(kind, label, labels, resource, above, layout);
  }
}

function enterBus(label: string, resource: Resource, above: Above, layout: Layout, known: KnownBridges): Above {
  const root = rootBusOf(label);
  const secondary = above.inside?.kind === "window" && !known.rootBuses.has(label.replace("PCI Bus ", ""));
  if (secondary) return above;
  const window: HostWindowPlace = {
    kind: "window",
    base: resource.base,
    last: resource.last,
    segment: root?.segment,
    bus: root?.bus,
    nodeName: root ? undefined : label,
  };
  layout.windows.push(window);
  cut(above, resource);
  return { inside: window };
}

/** A page that is reserved for one device alone is that device. */
function enterReservation(
  label: string,
  labels: readonly string[],
  resource: Resource,
  above: Above,
  layout: Layout,
): Above {
  const [only, ...more] = resource.children;
  if (only && more.length === 0 && isPageOf(resource, only) && bestKind([only.name], new Set()).kind === "device")
    return above;
  return { inside: addOccupant("reserved", label, labels, resource, above, layout) };
}

/** A driver that asks for a device's range again adds nothing. */
function enterDevice(
  kind: "device" | "iommu",
  label: string,
  labels: readonly string[],
  resource: Resource,
  above: Above,
  layout: Layout,
): Above | undefined {
  const parent = above.inside;
  if (parent?.kind === kind && parent.labels.some((name) => labels.some((own) => own.split(" ").includes(name))))
    return undefined;
  return { inside: addOccupant(kind, label, labels, resource, above, layout) };
}

function addOccupant(
  kind: Occupant["kind"],
  label: string,
  labels: readonly string[],
  resource: Resource,
  above: Above,
  layout: Layout,
): Occupant {
  const occupant: Occupant = {
    kind,
    label,
    labels,
    base: resource.base,
    last: resource.last,
    inside: above.inside,
    holes: [],
  };
  layout.occupants.push(occupant);
  return occupant;
}

/** Windows and ECAM have no entry that could name what they lie in: the reservation around them gives way. */
function cut(above: Above, range: CapturedRange): void {
  if (above.inside?.kind === "reserved") above.inside.holes.push({ base: range.base, last: range.last });
}

function isPageOf(page: CapturedRange, part: CapturedRange): boolean {
  return page.base === part.base - (part.base % PAGE) && page.last === part.last + (PAGE - 1n - (part.last % PAGE));
}

/** A host bridge of a device tree has no bus in its name, only functions and buses in it. */
function holdsPci(resource: Resource): boolean {
  return (
    bestKind([resource.name], new Set()).kind === "device" &&
    resource.children.some((child) => ["bus", "function"].includes(bestKind([child.name], new Set()).kind))
  );
}
