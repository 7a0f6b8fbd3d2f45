// Reads sys/kernel/iommu_groups: the kernel's groups with their members, default domains and reserved regions.
// Knows nothing of how the kernel makes them.
import type { CaptureFiles } from "./captureFiles";
import type { CapturedRange, Reading, Unread } from "./reading";
import { linesOf, parseHexRange } from "./reading";

/** The kernel's words, domain.md 1.1. */
export type ReservedRegionType = "direct" | "direct-relaxable" | "reserved" | "msi";

export interface CapturedGroup {
  readonly id: number;
  /** `DMA`, `DMA-FQ`, `identity`, … */
  readonly type: string | undefined;
  readonly devices: readonly string[];
  /** I/O virtual addresses, inclusive; undefined when the file is not in the capture. */
  readonly reserved: readonly (CapturedRange & { readonly type: ReservedRegionType })[] | undefined;
}

const FOLDER = "sys/kernel/iommu_groups";
const TYPES: readonly string[] = ["direct", "direct-relaxable", "reserved", "msi"];

/** The groups in the order of their numbers. */
export function readIommuGroups(files: CaptureFiles): Reading<CapturedGroup[]> {
  const unread: Unread[] = [];
  const groups: CapturedGroup[] = [];
  for (const name of files.names(FOLDER)) {
    const folder = `${FOLDER}/${name}`;
    if (!/^\d{1,9}$/.test(name)) unread.push({ where: folder, because: "not the number of a group" });
    else groups.push(readGroup(files, folder, Number(name), unread));
  }
  return { facts: groups, unread };
}

/** Reads a `reserved_regions` file (domain.md 1.2): first and last byte, both inclusive, and the type. */
export function readReservedRegions(text: string, where: string): Reading<NonNullable<CapturedGroup["reserved"]>> {
  const unread: Unread[] = [];
  const regions: (CapturedRange & { type: ReservedRegionType })[] = [];
  linesOf(text).forEach((line, index) => {
    if (line.trim() === "") return;
    const [first, last, type, ...more] = line.trim().split(/\s+/);
    const range = parseHexRange(first, last);
    if (range && type && TYPES.includes(type) && more.length === 0)
      regions.push({ ...range, type: type as ReservedRegionType });
    else
      unread.push({
        where: `${where}:${index + 1}`,
        because: `not a reserved region: ${JSON.stringify(line.slice(0, 80))}`,
      });
  });
  return { facts: regions, unread };
}

function readGroup(files: CaptureFiles, folder: string, id: number, unread: Unread[]): CapturedGroup {
  const text = files.text(`${folder}/reserved_regions`);
  const regions = text === undefined ? undefined : readReservedRegions(text, `${folder}/reserved_regions`);
  unread.push(...(regions?.unread ?? []));
  return {
    id,
    type: files.text(`${folder}/type`)?.trim() || undefined,
    devices: files.names(`${folder}/devices`),
    reserved: regions?.facts,
  };
}
