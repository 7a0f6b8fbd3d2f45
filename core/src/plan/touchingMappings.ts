// IOMMU mappings of one host bridge whose ranges of ids share exactly one id, at the edge. Knows nothing of what the id is mapped to.
import type { HostBridge, IommuMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { isMisread } from "./misread";
import type { Plan } from "./plan";

/** The last id of `lower` is the first one of `upper`. */
export interface TouchingMappings {
  readonly bridge: HostBridge;
  readonly lower: IommuMapping;
  readonly upper: IommuMapping;
  readonly id: number;
}

/**
 * Each mapping that is one id too long, with the first one that it touches, in the order of the description. Mappings with a mask are left out: their
 * ranges are not those of the requester ids.
 */
export function touchingMappings(plan: Plan, bridge: HostBridge): TouchingMappings[] {
  if (!Array.isArray(bridge.iommu)) return [];
  const all = bridge.iommu as readonly IommuMapping[];
  const plain = all.filter((one) => plainIds(one) !== undefined && !isMisread(plan, one.anchor));
  const byFirst = new Map<number, IommuMapping>();
  for (const one of plain) if (one.ids && !byFirst.has(one.ids.first)) byFirst.set(one.ids.first, one);
  return plain.flatMap((lower) => {
    const id = lower.ids?.last ?? 0;
    const upper = byFirst.get(id);
    return upper && areTouching(lower, upper) ? [{ bridge, lower, upper, id }] : [];
  });
}

/** True when the two share one id alone, the last of one and the first of the other. */
export function areTouching(one: IommuMapping, other: IommuMapping): boolean {
  const [a, b] = [plainIds(one), plainIds(other)];
  if (!a || !b) return false;
  return (a.first < b.first && a.last === b.first) || (b.first < a.first && b.last === a.first);
}

function plainIds({ ids, devices, mask }: IommuMapping): IdRange | undefined {
  return devices || (mask !== undefined && mask !== 0xffff) ? undefined : ids;
}
