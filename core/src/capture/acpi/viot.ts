// Reads the VIOT table: which devices are behind a paravirtual IOMMU, and where that is. Knows nothing of the PCI tree.
import type { Reading, Unread } from "../reading";
import { MIXED_HEAD, readEach, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { attempt, faultAt, hexOffset, TableFault } from "./tableBytes";

/** A virtio-iommu: a PCI function, or registers at a physical address. `at` is its offset in the table. */
export type ViotIommu =
  | { readonly at: number; readonly kind: "pci"; readonly segment: number; readonly requesterId: number }
  | { readonly at: number; readonly kind: "mmio"; readonly base: bigint };

/** PCI functions of several segments, inclusive, or one device with registers; `endpoint` is the id of the first. */
export type ViotEndpoints =
  | {
      readonly kind: "pci";
      readonly endpoint: number;
      readonly firstSegment: number;
      readonly lastSegment: number;
      readonly firstId: number;
      readonly lastId: number;
      /** Offset of the IOMMU. */
      readonly to: number;
    }
  | { readonly kind: "mmio"; readonly endpoint: number; readonly base: bigint; readonly to: number };

export interface Viot {
  readonly iommus: readonly ViotIommu[];
  readonly endpoints: readonly ViotEndpoints[];
}

/** ACPI specification 6.5, section 5.2.34. */
export function readViot(table: AcpiTable): Reading<Viot> {
  const unread: Unread[] = [];
  const nodes = attempt(table.where, unread, () => nodesOf(table, unread)) ?? [];
  const iommus = readEach(table, nodes, unread, readIommu);
  const known = new Set(iommus.map(({ at }) => at));
  const endpoints = readEach(table, nodes, unread, readEndpoints).filter((one) => {
    if (!known.has(one.to))
      unread.push(faultAt(table.where, 38, `endpoints lead to byte ${hexOffset(one.to)}, where no IOMMU is`));
    return known.has(one.to);
  });
  return { facts: { iommus, endpoints }, unread };
}

function nodesOf(table: AcpiTable, unread: Unread[]): Structure[] {
  const [count, from] = [table.bytes.u16(36, "the number of nodes"), table.bytes.u16(38, "the offset of the nodes")];
  if (count === 0) return [];
  table.bytes.part(from, 1, "the first node");
  const nodes = structuresOf(table, table.bytes, from, MIXED_HEAD, unread, count);
  if (nodes.length < count && unread.length === 0)
    unread.push(faultAt(table.where, 36, `the table says that it has ${count} nodes, and ${nodes.length} are there`));
  return nodes;
}

function readIommu({ type, at, bytes }: Structure): ViotIommu | undefined {
  if (type === 3)
    return {
      at,
      kind: "pci",
      segment: bytes.u16(at + 4, "the segment"),
      requesterId: bytes.u16(at + 6, "the requester id"),
    };
  return type === 4 ? { at, kind: "mmio", base: bytes.u64(at + 8, "the base") } : undefined;
}

function readEndpoints({ type, at, bytes }: Structure): ViotEndpoints | undefined {
  if (type !== 1 && type !== 2) return undefined;
  const endpoint = bytes.u32(at + 4, "the endpoint id");
  const to = bytes.u16(at + 16, "the IOMMU's offset");
  if (type === 2) return { kind: "mmio", endpoint, to, base: bytes.u64(at + 8, "the base") };
  const range = {
    firstSegment: bytes.u16(at + 8, "the first segment"),
    lastSegment: bytes.u16(at + 10, "the last segment"),
    firstId: bytes.u16(at + 12, "the first requester id"),
    lastId: bytes.u16(at + 14, "the last requester id"),
  };
  if (range.lastSegment < range.firstSegment || range.lastId < range.firstId)
    throw new TableFault(at + 8, "a range of endpoints ends before it begins");
  return { kind: "pci", endpoint, to, ...range };
}
