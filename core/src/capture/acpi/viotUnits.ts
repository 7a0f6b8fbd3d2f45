// The VIOT's paravirtual IOMMUs with the functions behind each. Knows nothing of names in a description.
import { printPciAddress } from "../../pciAddress";
import { printAddress } from "../../print";
import type { TableIommu, TableIommus, TableMapping } from "./tableIommus";
import type { Viot, ViotEndpoints, ViotIommu } from "./viot";

/** Registers of a virtio device without PCI: one page (virtio specification 1.3, section 4.2). */
const MMIO_SIZE = 0x200n;
/** More segments than one range ever spans; it bounds what a damaged table can ask for. */
const SEGMENTS_LIMIT = 256;

/**
 * IOMMUs and mappings in the order of the table. Devices without PCI have no name there: each is a note of its IOMMU.
 */
export function viotUnits(viot: Viot): TableIommus {
  return {
    units: viot.iommus.map((iommu) => unitOf(iommu, viot)),
    mappings: viot.endpoints.flatMap(mappingsOf),
    complete: true,
    unread: [],
  };
}

function unitOf(iommu: ViotIommu, viot: Viot): TableIommu {
  return {
    key: keyOf(iommu.at),
    type: "virtio-iommu",
    registers: iommu.kind === "mmio" ? { base: iommu.base, last: iommu.base + MMIO_SIZE - 1n } : undefined,
    at: iommu.kind === "pci" ? addressOf(iommu.segment, iommu.requesterId) : undefined,
    kernelName: undefined,
    interruptRemapping: undefined,
    reserved: [],
    notes: viot.endpoints.flatMap((one) => (one.kind === "mmio" && one.to === iommu.at ? [mmioNote(one)] : [])),
  };
}

function keyOf(at: number): string {
  return `viot${at}`;
}

function mmioNote(endpoint: Extract<ViotEndpoints, { kind: "mmio" }>): string {
  const id = endpoint.endpoint.toString(16);
  return `VIOT: the device at ${printAddress(endpoint.base)} is behind it as endpoint 0x${id}`;
}

/** The endpoints of a range count on over its segments. */
function mappingsOf(one: ViotEndpoints): TableMapping[] {
  if (one.kind === "mmio") return [];
  const segments = Math.min(one.lastSegment - one.firstSegment + 1, SEGMENTS_LIMIT);
  return Array.from({ length: segments }, (_, index) => ({
    segment: one.firstSegment + index,
    scope: { kind: "ids", first: one.firstId, last: one.lastId },
    to: keyOf(one.to),
    stream: one.endpoint + index * 0x1_0000,
  }));
}

function addressOf(segment: number, id: number): string {
  return printPciAddress({ segment, bus: id >> 8, device: (id >> 3) & 31, function: id & 7 });
}
