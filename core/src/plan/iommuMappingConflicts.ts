// Which IOMMU mappings of one host bridge give a same requester id to different IOMMUs or streams.
// A mapping that names functions stands above one by ids, and that above one without a scope: these are no conflicts. Knows nothing of messages.
import type { HostBridge, IommuMapping } from "../platform";
import type { IdRange, PciAddress } from "../pciAddress";
import { printPciAddress, requesterId } from "../pciAddress";
import { isMisread } from "./misread";
import type { Plan } from "./plan";
import { coveredIds, requesterIdsOf } from "./requesterIds";

export interface MappingConflict {
  readonly bridge: HostBridge;
  /** Of the two, the one that stands first in the description: Linux uses that. */
  readonly earlier: IommuMapping;
  readonly later: IommuMapping;
  /** The first requester ids (unmasked) that both cover. */
  readonly shared: IdRange;
}

export interface MappingConflicts {
  /** Each pair once. */
  readonly conflicts: readonly MappingConflict[];
  /** True when so many mappings overlap that the search ended early. */
  readonly truncated: boolean;
}

/** Mappings of which a part could not be read are left out. */
export function mappingConflicts(plan: Plan, bridge: HostBridge): MappingConflicts {
  const all = bridge.iommu === undefined || bridge.iommu === "unknown" ? [] : bridge.iommu;
  if (all.length < 2) return { conflicts: [], truncated: false };
  const mappings = all.filter((mapping) => !isMisread(plan, mapping.anchor));
  const { conflicts, truncated } = conflictsOfIds(plan, bridge, mappings);
  return { conflicts: [...conflicts, ...conflictsOfDevices(bridge, mappings), ...conflictsOfWholes(bridge, mappings)], truncated };
}

/** The stream that a mapping gives to a requester id; undefined when the mapping does not say. */
export function streamOf({ stream, mask, ids }: IommuMapping, id: number): number | undefined {
  return stream === undefined ? undefined : stream + ((id & (mask ?? 0xffff)) - (ids?.first ?? 0));
}

interface Covered extends IdRange {
  readonly index: number;
}

function conflictsOfIds(plan: Plan, bridge: HostBridge, mappings: readonly IommuMapping[]): MappingConflicts {
  const covered = mappings.flatMap((mapping, index) =>
    mapping.devices || !mapping.ids ? [] : coveredIds(plan, bridge, mapping).map((range): Covered => ({ ...range, index })),
  );
  covered.sort((a, b) => a.first - b.first || a.index - b.index);
  const found = new Map<string, MappingConflict>();
  let open: Covered[] = [];
  let pairs = 1000 + 16 * covered.length;
  for (const one of covered) {
    open = open.filter((other) => other.last >= one.first);
    for (const other of open) {
      if (pairs-- === 0) return { conflicts: [...found.values()], truncated: true };
      const [first, second] = one.index < other.index ? [one, other] : [other, one];
      const key = `${first.index} ${second.index}`;
      const [earlier, later] = [mappings[first.index], mappings[second.index]];
      const shared = { first: one.first, last: Math.min(one.last, other.last) };
      if (earlier && later && !found.has(key) && differ(earlier, later, shared.first)) found.set(key, { bridge, earlier, later, shared });
    }
    open.push(one);
  }
  return { conflicts: [...found.values()], truncated: false };
}

function conflictsOfDevices(bridge: HostBridge, mappings: readonly IommuMapping[]): MappingConflict[] {
  const seen = new Map<string, IommuMapping>();
  const conflicts: MappingConflict[] = [];
  for (const later of mappings) {
    for (const at of later.devices ?? []) {
      const key = printPciAddress(at, bridge.segment);
      const earlier = seen.get(key);
      if (!earlier) seen.set(key, later);
      else if (earlier !== later && differForDevice(earlier, later)) conflicts.push({ bridge, earlier, later, shared: only(at) });
    }
  }
  return conflicts;
}

function conflictsOfWholes(bridge: HostBridge, mappings: readonly IommuMapping[]): MappingConflict[] {
  const [earlier, ...others] = mappings.filter((mapping) => !mapping.ids && !mapping.devices && !mapping.streams);
  if (!earlier) return [];
  return others.filter((later) => later.to !== earlier.to).map((later) => ({ bridge, earlier, later, shared: requesterIdsOf(bridge) }));
}

function differ(a: IommuMapping, b: IommuMapping, id: number): boolean {
  const [one, other] = [streamOf(a, id), streamOf(b, id)];
  return a.to !== b.to || (one !== undefined && other !== undefined && one !== other);
}

/** With several functions in one mapping the streams of the single ones are not said. */
function differForDevice(a: IommuMapping, b: IommuMapping): boolean {
  if (a.to !== b.to) return true;
  return a.devices?.length === 1 && b.devices?.length === 1 && a.stream !== undefined && b.stream !== undefined && a.stream !== b.stream;
}

function only(at: PciAddress): IdRange {
  return { first: requesterId(at), last: requesterId(at) };
}
