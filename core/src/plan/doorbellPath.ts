// The way of one function's MSIs, step by step: requester id, map entry, IOMMU, doorbell, and whether the doorbell can
// be mapped. Knows nothing of words, nor of what else is wrong on the way.
import type { AddressRange, Space } from "../address";
import { contains, intersection, sameRange } from "../address";
import type { Doorbell, Iommu, IommuMapping, MsiMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import type { Occupant, Role } from "./addressMap";
import { writtenBytes } from "./doorbells";
import { requesterIdsUsed } from "./groups/streams";
import type { Topology } from "./groups/topology";
import { mappingPage, pagesAround } from "./mappingPage";
import type { MsiRoute } from "./msiRoutes";
import { isTakenUntranslated, msiRouteOf, msiRouting } from "./msiRoutes";
import { entryAnchor } from "./occupants";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import type { IdSegment } from "./requesterIds";
import { divideIds, segmentOf } from "./requesterIds";

/**
 * What happens to the write between the function and the doorbell. `translated`: the IOMMU's page tables lead to the
 * doorbell. `hardware-window`: the IOMMU passes it on as it is, hardware takes its address as an interrupt. `bypassed`:
 * no IOMMU is in front. `root-complex`: taken before any IOMMU.
 */
export type Treatment = "translated" | "hardware-window" | "bypassed" | "root-complex";

/** The entry of a map that a requester id falls into, and what the id becomes there. */
export interface MapEntry {
  /** From 0, as the description lists them; undefined where one word is for the whole host bridge. */
  readonly index: number | undefined;
  readonly ids: IdRange | undefined;
  /** The stream, or the device id. Undefined where the description does not give it. */
  readonly becomes: number | undefined;
}

/** The pages that are mapped for the doorbell, physical, and who else is in them. */
export interface MappedPage {
  readonly size: bigint;
  readonly ranges: readonly AddressRange<"pa">[];
  readonly others: readonly Occupant<"pa">[];
}

/** Why the write cannot arrive. Widths are in bits; `range` is what lies beyond. */
export type MsiObstacle =
  | {
      readonly kind: "beyond-output" | "beyond-input";
      readonly range: AddressRange<Space>;
      readonly bits: number;
      readonly iommu: Iommu;
    }
  | { readonly kind: "beyond-32-bit-msi"; readonly range: AddressRange<"bus"> }
  | { readonly kind: "not-forwarded" };

export interface DoorbellPath {
  readonly node: PciNode;
  /** The function's own requester id, then those that its DMA may carry instead. */
  readonly ids: readonly number[];
  readonly route: MsiRoute;
  readonly msiEntry: MapEntry | undefined;
  readonly iommuEntry: MapEntry | undefined;
  readonly treatment: Treatment;
  /** Undefined where nothing is mapped, or no page size is given. */
  readonly page: MappedPage | undefined;
  readonly obstacles: readonly MsiObstacle[];
}

/** The path, or why there is none, or why it is not known, in clauses. */
export type DoorbellPathAnswer = DoorbellPath | { readonly none: string } | { readonly unknown: readonly string[] };

/**
 * The way of a function's MSIs (domain.md 3.1, 3.2, 4.2, 4.3). Aliases of the topology are told; the map entries are
 * those of its own id.
 */
export function doorbellPath(plan: Plan, topology: Topology, node: PciNode): DoorbellPathAnswer {
  const route = msiRouteOf(plan, node);
  if (!route) return withoutPath(plan, node);
  const { iommu, msi } = node.hostBridge;
  const treatment = treatmentOf(route);
  const iommuEntry =
    route.iommu && Array.isArray(iommu) ? entryOf<IommuMapping>(plan, node, iommu, (one) => one.stream) : undefined;
  return {
    node,
    ids: [...new Set(requesterIdsUsed(topology, node))],
    route,
    msiEntry: Array.isArray(msi) ? entryOf<MsiMapping>(plan, node, msi, (one) => one.deviceIds) : undefined,
    iommuEntry,
    treatment,
    page: treatment === "translated" && route.doorbell ? mappedPages(plan).get(route.doorbell) : undefined,
    obstacles: obstaclesOf(node, route, treatment),
  };
}

function withoutPath(plan: Plan, { hostBridge, label }: PciNode): DoorbellPathAnswer {
  if (hostBridge.msi === "none") return { none: `${hostBridge.name} has no MSIs` };
  const { unknown } = msiRouting(plan, hostBridge);
  if (unknown.length > 0) return { unknown };
  return {
    none:
      hostBridge.msi === undefined
        ? `no doorbell is described for ${hostBridge.name}`
        : `no MSI mapping of ${hostBridge.name} leads ${label} to a doorbell`,
  };
}

function treatmentOf({ doorbell, iommu }: MsiRoute): Treatment {
  if (!doorbell) return "root-complex";
  if (!iommu) return "bypassed";
  return doorbell.type === "local-apic" || isTakenUntranslated(iommu, doorbell) ? "hardware-window" : "translated";
}

type Entry = IommuMapping | MsiMapping;

function entryOf<E extends Entry>(
  plan: Plan,
  node: PciNode,
  entries: readonly E[],
  firstOf: (entry: E) => number | undefined,
): MapEntry | undefined {
  const segments = (divided(plan).get(entries) ?? divideIds(plan, node.hostBridge, entries)) as readonly IdSegment<E>[];
  divided(plan).set(entries, segments);
  const entry = segmentOf(segments, node.requesterId)?.entry;
  if (!entry) return undefined;
  const { ids, mask, anchor } = entry;
  const index = anchor.path.at(-1);
  return {
    index: typeof index === "number" ? index : undefined,
    ids,
    becomes: becomes(node.requesterId, ids, mask, firstOf(entry)),
  };
}

const divided = perPlan(() => new Map<readonly Entry[], readonly IdSegment<Entry>[]>());

/**
 * The mask is applied first, then the range is matched; the first id of the range becomes `first`, the others follow
 * (domain.md 4.3).
 */
function becomes(
  id: number,
  ids: IdRange | undefined,
  mask: number | undefined,
  first: number | undefined,
): number | undefined {
  const masked = mask === undefined ? id : (id & mask) >>> 0;
  if (ids) return masked - ids.first + (first ?? ids.first);
  return first === undefined ? masked : undefined;
}

function obstaclesOf(node: PciNode, { doorbell, iommu, emitted }: MsiRoute, treatment: Treatment): MsiObstacle[] {
  const obstacles: MsiObstacle[] = [];
  if (emitted.forwarded === false) obstacles.push({ kind: "not-forwarded" });
  const low = isLimitedTo32Bits(node) ? beyond(emitted.ranges, 32) : undefined;
  if (low) obstacles.push({ kind: "beyond-32-bit-msi", range: low });
  if (treatment !== "translated" || !iommu || !doorbell) return obstacles;
  const input = iommu.inputBits === undefined ? undefined : beyond(emitted.ranges, iommu.inputBits);
  if (input && iommu.inputBits !== undefined)
    obstacles.push({ kind: "beyond-input", range: input, bits: iommu.inputBits, iommu });
  const output = iommu.outputBits === undefined ? undefined : beyond(writtenBytes(doorbell), iommu.outputBits);
  if (output && iommu.outputBits !== undefined)
    obstacles.push({ kind: "beyond-output", range: output, bits: iommu.outputBits, iommu });
  return obstacles;
}

/** MSI-X always has 64 bits. */
function isLimitedTo32Bits({ function: { msi } }: PciNode): boolean {
  return typeof msi === "object" && msi.address64 === false && msi.msix !== true;
}

function beyond<S extends Space>(ranges: readonly AddressRange<S>[], bits: number): AddressRange<S> | undefined {
  return ranges.find((range) => range.end > 1n << BigInt(bits));
}

/** Things that answer to a write. */
const REGISTERS: ReadonlySet<Role> = new Set<Role>([
  "device",
  "doorbell",
  "iommu",
  "config",
  "window",
  "cxl-registers",
]);

const mappedPages = perPlan((plan): ReadonlyMap<Doorbell, MappedPage> => {
  const pages = new Map<Doorbell, MappedPage>();
  for (const doorbell of plan.platform.doorbells ?? []) {
    const size = mappingPage(plan, doorbell);
    if (size === undefined) continue;
    const written = writtenBytes(doorbell);
    pages.set(doorbell, {
      size,
      ranges: written.map((range) => pagesAround(range, size)),
      others: sharers(plan, doorbell, written, size),
    });
  }
  return pages;
});

/** Who has bytes in the pages beside those that are written. */
function sharers(
  plan: Plan,
  doorbell: Doorbell,
  written: readonly AddressRange<"pa">[],
  size: bigint,
): Occupant<"pa">[] {
  const own = entryAnchor(doorbell).path.join("/");
  const partial = written.filter((range) => !sameRange(pagesAround(range, size), range));
  if (partial.length === 0) return [];
  return plan.physical.occupants.filter(
    (one) =>
      REGISTERS.has(one.role) &&
      one.entry.path.join("/") !== own &&
      partial.some((range) => reachesBeside(one.range, range, size)),
  );
}

function reachesBeside(other: AddressRange<"pa">, written: AddressRange<"pa">, size: bigint): boolean {
  const inPage = intersection(other, pagesAround(written, size));
  return inPage !== undefined && !contains(written, inPage);
}
