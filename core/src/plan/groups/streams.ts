// The stream ids under which an SMMU sees the DMA of a function. Knows nothing of groups.
import type { IommuMapping } from "../../platform";
import { perPlan } from "../perPlan";
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Plan } from "../plan";
import type { IdSegment } from "../requesterIds";
import { divideIds, segmentOf } from "../requesterIds";
import type { Topology } from "./topology";

/**
 * The streams of a function's own requester id and of its aliases behind one IOMMU; undefined where the description
 * does not tell them.
 */
export function streamsOf(plan: Plan, topology: Topology, node: PciNode): ReadonlySet<number> | undefined {
  const mappings = divided(plan, node);
  const streams = new Set<number>();
  for (const id of requesterIdsUsed(topology, node)) {
    const mapping = segmentOf(mappings, id)?.entry;
    const stream = mapping && streamOf(mapping, id);
    if (stream !== undefined) streams.add(stream);
  }
  return streams.size === 0 ? undefined : streams;
}

/**
 * Every requester id that the kernel tells the IOMMU of: the function's, its aliases, and those of the bridges above
 * (Linux, pci_for_each_dma_alias).
 */
export function requesterIdsUsed(topology: Topology, node: PciNode): readonly number[] {
  const ids = [node.requesterId, ...topology.aliasIds(node)];
  for (const bridge of ancestors(node)) {
    if (topology.bridgeAlias(bridge) === "translation-root") break;
    const added = topology.idAddedBy(bridge);
    if (added !== undefined) ids.push(added);
  }
  return ids;
}

/** Scopes other than ids give streams only where they are for one function, or leave the id as it is. */
function streamOf({ ids, devices, stream, mask }: IommuMapping, id: number): number | undefined {
  const masked = mask === undefined ? id : (id & mask) >>> 0;
  if (ids) return masked - ids.first + (stream ?? ids.first);
  if (stream === undefined) return masked;
  return devices?.length === 1 ? stream : undefined;
}

const known = perPlan(() => new Map<PciNode["hostBridge"], readonly IdSegment<IommuMapping>[]>());

function divided(plan: Plan, { hostBridge }: PciNode): readonly IdSegment<IommuMapping>[] {
  const found =
    known(plan).get(hostBridge) ??
    divideIds(plan, hostBridge, hostBridge.iommu === "unknown" ? [] : (hostBridge.iommu ?? []));
  known(plan).set(hostBridge, found);
  return found;
}
