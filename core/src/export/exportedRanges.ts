// The rows that the tables of an export are made of: what lies in the physical map, and the gaps between. Knows nothing of formats.
import type { AddressRange } from "../address";
import { address, ADDRESS_LIMIT } from "../address";
import type { Occupant } from "../plan/addressMap";
import type { Plan } from "../plan/plan";

/** A row of a table, in physical addresses. */
export interface ExportedRange {
  readonly range: AddressRange<"pa">;
  /** Undefined for a gap. */
  readonly occupant: Occupant<"pa"> | undefined;
}

/** Upward; what holds another comes before it. Gaps are those between two occupants, and up to the end of the physical addresses where their width is known. */
export function exportedRanges(plan: Plan): readonly ExportedRange[] {
  const { occupants } = plan.physical;
  const [first] = occupants;
  if (!first) return [];
  const { physicalAddressBits: bits } = plan.platform;
  const last = occupants.reduce((end, { range }) => (range.end > end ? range.end : end), first.range.end);
  const end = typeof bits === "number" && 1n << BigInt(bits) > last ? address<"pa">(bits === 64 ? ADDRESS_LIMIT : 1n << BigInt(bits)) : last;
  const gaps = plan.physical.gaps({ base: first.range.base, end }).map((range): ExportedRange => ({ range, occupant: undefined }));
  const rows = [...occupants.map((occupant): ExportedRange => ({ range: occupant.range, occupant })), ...gaps];
  return rows.map((row, index) => ({ row, index })).sort((a, b) => compare(a.row.range.base, b.row.range.base) || a.index - b.index).map(({ row }) => row);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
