// Which IOMMU mappings stand in a description only until the boot loader has written the real ones. Knows nothing of what follows from that.
import type { HostBridge, IommuMapping } from "../platform";

/**
 * True for a mapping that says so itself, and for a host bridge's only mapping when that holds the first requester id and no other: no bridge has one
 * function, and device trees carry such an entry where the boot loader fills it in (domain.md 4.3).
 */
export function isPlaceholder(bridge: HostBridge, mapping: IommuMapping): boolean {
  if (mapping.incomplete === true) return true;
  const { ids, devices, streams, mask } = mapping;
  const firstId = (bridge.buses?.first ?? 0) << 8;
  const isOnly = Array.isArray(bridge.iommu) && bridge.iommu.length === 1;
  return isOnly && ids?.first === firstId && ids.last === firstId && !devices && !streams && mask === undefined;
}
